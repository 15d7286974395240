import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';
import { answersRequests } from '../../common/http/answers-requests';
import { repeat, type Repetition } from '../../common/repeat';
import { OutageLog } from '../../common/outage-log';
import { query } from '../../database/sql';
import { settledWithin, watched, type Run } from '../../database/watched';
import { Writer } from '../../database/writer';
import { PointStore } from '../../points/point-store';
import { lockSource } from '../../sources/source-rows';
import { Deliverer } from '../../webhooks/deliverer';
import { adjustToClock, type AlertState } from '../conditions/alert-state';
import { evaluateTime } from '../conditions/state-machine';
import type { Downtime } from './downtimes';
import { findEvaluatedSource } from './evaluated-sources';
import { readActiveRules, type LoadedRule } from './loaded-rules';
import { evaluateNoData } from './no-data';
import { NotificationBacklog } from './notification-backlog';
import { TransitionRecorder, type EvaluationResult } from './transition-recorder';
import { UptimeMonitor } from './uptime-monitor';

const EVERY_MILLIS = 1000;
/** A run is given up if none of its steps ends for this long. The next run starts on time. */
const STALL_MILLIS = 15_000;
/** More rules would hold up other requests. */
export const RULES_PER_TRANSACTION = 100;
const MAX_STOP_MILLIS = 5000;
const MAX_SOURCES_PER_READ = 200;
/** More than clocks are slewed by, and than the clocks of several servers differ by. */
const JUMP_MILLIS = 2000;
/** After this many failed sources, the run fails as a whole. */
const MAX_FAILURES = 10;

const FAILED = 'Alert rules could not be evaluated yet';

const DUE = `SELECT DISTINCT source_id AS "sourceId" FROM alert_rules
  WHERE due_at <= ? AND source_id > ? ORDER BY source_id LIMIT ${MAX_SOURCES_PER_READ}`;
const WAITING = `SELECT DISTINCT source_id AS "sourceId" FROM alert_rules
  WHERE due_at > ? AND source_id > ? ORDER BY source_id LIMIT ${MAX_SOURCES_PER_READ}`;

interface Evaluated {
  /** The id of the last rule, if there are more. */
  readonly last?: string | undefined;
  readonly hasChanges?: boolean;
  readonly isPostponed?: boolean;
}

interface Clock {
  readonly now: number;
  /** The same moment on the monotonic clock, which is never set. */
  readonly monotonic: number;
}

/** Evaluates rules that only time changes, once a second: ends of durations and cooldowns, and missing data. */
@Injectable()
export class RuleScheduler implements OnApplicationBootstrap, OnApplicationShutdown {
  private repetition: Repetition | undefined;
  private running = Promise.resolve();
  private isStopped = false;
  private last: Clock | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly store: PointStore,
    private readonly recorder: TransitionRecorder,
    private readonly backlog: NotificationBacklog,
    private readonly uptime: UptimeMonitor,
    private readonly deliverer: Deliverer,
    private readonly outages: OutageLog,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    // Instances that start together then lock sources at different times of each second.
    this.repetition = repeat(EVERY_MILLIS, () => this.evaluateDue(), { spread: true });
    void this.evaluateDue();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    void this.repetition?.stop();
    await settledWithin(MAX_STOP_MILLIS, this.running);
    // The next start then knows to the second when the last instance stopped.
    if (this.last) await settledWithin(MAX_STOP_MILLIS, this.uptime.stop());
  }

  /**
   * Evaluates the rules that are due. If the clock was set back, nothing waits longer for it; time that a clock skips when it is
   * set forward does not count as missing data.
   *
   * @param monotonic the same moment on the monotonic clock
   */
  evaluateDue(now = Date.now(), monotonic = performance.now()): Promise<void> {
    return (this.running = this.running.then(async () => {
      const options = { stallMillis: STALL_MILLIS, goesOn: () => !this.isStopped };
      try {
        await watched(options, (run) => this.run(run, { now, monotonic }));
      } catch (cause) {
        if (!this.isStopped) this.outages.background(FAILED, cause);
      }
    }));
  }

  private async run(run: Run, clock: Clock): Promise<void> {
    const { last } = this;
    const { now } = clock;
    const skipped = last ? now - last.now - (clock.monotonic - last.monotonic) : 0;
    const isSetBack = skipped < -JUMP_MILLIS;
    if (isSetBack) this.uptime.adjustToClock(now);
    const skip = skipped > JUMP_MILLIS ? { since: Math.round(now - skipped), until: now } : undefined;
    if (await this.uptime.keepAlive({ skip, isSetBack })) this.outages.worked();
    if (!run.next()) return;
    // The clock may also have been set back before this instance started.
    if (!last || isSetBack) await this.evaluateSources(run, WAITING, clock);
    if (!run.next()) return;
    this.last = clock;
    await this.evaluateSources(run, DUE, clock);
  }

  /** Evaluates one source after the other. A source that fails does not stop the others. */
  private async evaluateSources(run: Run, sql: string, clock: Clock): Promise<void> {
    let failures = 0;
    for (let last = ''; ;) {
      const rows = await query<{ sourceId: string }>(this.dataSource.manager, sql, [clock.now, last]);
      const downtimes = rows.length > 0 ? await this.uptime.downtimes() : [];
      for (const { sourceId } of rows) {
        if (!run.next()) return;
        last = sourceId;
        try {
          for (let after: string | undefined = ''; after !== undefined && run.next();)
            after = await this.evaluatePage({ sourceId, after }, clock, downtimes);
        } catch (cause) {
          if (!run.next() || ++failures === MAX_FAILURES) throw cause;
          this.outages.background(`The alert rules of data source ${sourceId} could not be evaluated yet`, cause);
        }
      }
      if (rows.length < MAX_SOURCES_PER_READ) return;
    }
  }

  /** Evaluates some rules of a source in one transaction. @returns the id of the last one; undefined if there are no more */
  private async evaluatePage(
    page: { readonly sourceId: string; readonly after: string },
    clock: Clock,
    downtimes: readonly Downtime[],
  ): Promise<string | undefined> {
    const evaluated = await this.writer.write((manager) => this.evaluateRules(manager, page, clock, downtimes));
    if (evaluated.isPostponed) await this.backlog.writeOut(page.sourceId);
    else if (evaluated.hasChanges) this.deliverer.wake();
    return evaluated.last;
  }

  private async evaluateRules(
    manager: EntityManager,
    { sourceId, after }: { readonly sourceId: string; readonly after: string },
    { now, monotonic }: Clock,
    downtimes: readonly Downtime[],
  ): Promise<Evaluated> {
    await lockSource(manager, sourceId);
    const source = await findEvaluatedSource(manager, sourceId, now);
    if (!source) return {};
    const arrivedAt = await this.store.lastArrivalAt(manager, source);
    // Points may arrive while the run lasts. A time after that was recorded before the clock was set back.
    const isFuture = arrivedAt > now + Math.max(0, performance.now() - monotonic) + JUMP_MILLIS;
    const arrived = isFuture ? 0 : Math.min(arrivedAt, now);
    // An archived source accepts no points, so none are missing.
    const input = { received: source.isArchived ? now : arrived, now, downtimes };
    const rules = await readActiveRules(manager, sourceId, { after, limit: RULES_PER_TRANSACTION });
    const results = rules.map((rule) => {
      const before = adjustToClock(rule, rule.row.alertState, now);
      const isNoData = rule.condition.operator === 'no_data';
      return { rule, ...(isNoData ? evaluateNoData(rule, before, input) : evaluateTimers(rule, before, now)) };
    });
    const last = rules.length === RULES_PER_TRANSACTION ? rules.at(-1)?.row.id : undefined;
    const changes = await this.recorder.changesOf(manager, source, results);
    if (changes.states.length === 0) return { last };
    const isPostponed = await this.recorder.record(manager, sourceId, changes);
    await this.recorder.invalidateRules(manager, sourceId);
    return { last, hasChanges: true, isPostponed };
  }
}

function evaluateTimers(rule: LoadedRule, before: AlertState, now: number): EvaluationResult {
  const { alertState, transitions } = evaluateTime(rule, before, now);
  return { alertState, transitions: transitions.map((transition) => ({ transition, points: [] })) };
}
