import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';
import { repeat, type Repetition } from '../../common/repeat';
import { answersRequests } from '../../common/http/answers-requests';
import { OutageLog } from '../../common/outage-log';
import { query } from '../../database/sql';
import { settledWithin, watched, type Run } from '../../database/watched';
import { Writer } from '../../database/writer';
import { PointStore } from '../../points/point-store';
import { lockSource } from '../../sources/source-rows';
import { Deliverer } from '../../webhooks/deliverer';
import type { Downtime } from './downtimes';
import { findEvaluatedSource } from './evaluated-sources';
import { UptimeMonitor } from './uptime-monitor';
import { TransitionRecorder, type EvaluationResult } from './transition-recorder';
import type { LoadedRule } from './alert-notifier';
import { readActiveRules } from './rule-rows';
import { evaluateNoData } from './no-data';
import { adjustToClock, type AlertState } from '../conditions/alert-state';
import { evaluateTime } from '../conditions/state-machine';

const EVERY_MILLIS = 1000;
/** A look is given up once none of its steps has ended for so long. The next one begins at its time. */
const STALL_MILLIS = 15_000;
const MAX_STOP_MILLIS = 5000;
const MAX_SOURCES_PER_READ = 200;
/** Clocks are trimmed by less than this, and several servers' differ by less. */
const JUMP_MILLIS = 2000;
/** So many sources whose rules cannot be judged say that none can. */
const MAX_FAILURES = 10;

const NOT_YET = 'Alert rules could not be judged yet';

const DUE = `SELECT DISTINCT source_id AS "sourceId" FROM alert_rules
  WHERE due_at <= ? AND source_id > ? ORDER BY source_id LIMIT ${MAX_SOURCES_PER_READ}`;
const WAITING = `SELECT DISTINCT source_id AS "sourceId" FROM alert_rules
  WHERE due_at > ? AND source_id > ? ORDER BY source_id LIMIT ${MAX_SOURCES_PER_READ}`;

interface Look {
  readonly now: number;
  /** When `now` was, on the clock that is never set. */
  readonly monotonic: number;
  /** The times that are no silence. */
  readonly downtimes: readonly Downtime[];
}

/** Judges rules that the time alone moves: when a duration or a cooldown is over, and when nothing has come for too long. */
@Injectable()
export class RuleScheduler implements OnApplicationBootstrap, OnApplicationShutdown {
  private repetition: Repetition | undefined;
  private looking = Promise.resolve();
  private stopped = false;
  private lastWall = 0;
  private lastMonotonic = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly store: PointStore,
    private readonly recorder: TransitionRecorder,
    private readonly uptime: UptimeMonitor,
    private readonly deliverer: Deliverer,
    private readonly outages: OutageLog,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    // Instances that start together look, and hold sources, at different times of each second.
    this.repetition = repeat(EVERY_MILLIS, () => this.look(), { spread: true });
    void this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    void this.repetition?.stop();
    await settledWithin(MAX_STOP_MILLIS, this.looking);
    // So that the next start knows to the second how long no instance ran.
    if (this.lastWall === 0) return;
    await settledWithin(MAX_STOP_MILLIS, this.uptime.stop());
  }

  /**
   * Judges what is due by now. A clock that was set back since the last look, or before the start, makes nothing wait longer
   * than it must; what a clock skips that was set forwards is no silence.
   *
   * @param steadyMillis the same moment on a clock that is never set
   */
  look(nowMillis = Date.now(), monotonicMillis = performance.now()): Promise<void> {
    return (this.looking = this.looking.then(async () => {
      const options = { stallMillis: STALL_MILLIS, goesOn: () => !this.stopped };
      try {
        await watched(options, (run) => this.lookAt(run, nowMillis, monotonicMillis));
      } catch (cause) {
        if (!this.stopped) this.outages.background(NOT_YET, cause);
      }
    }));
  }

  private async lookAt(run: Run, nowMillis: number, monotonicMillis: number): Promise<void> {
    const isFirst = this.lastWall === 0;
    const skipped = nowMillis - this.lastWall - (monotonicMillis - this.lastMonotonic);
    const isSetBack = isFirst || skipped < -JUMP_MILLIS;
    if (isSetBack) this.uptime.adjustToClock(nowMillis);
    const isSetForwards = !isFirst && skipped > JUMP_MILLIS;
    const step = isSetForwards ? { since: Math.round(nowMillis - skipped), until: nowMillis } : undefined;
    if (await this.uptime.keep(step)) this.outages.worked();
    if (!run.next()) return;
    if (isSetBack) await this.each(run, WAITING, nowMillis, monotonicMillis);
    if (!run.next()) return;
    this.lastWall = nowMillis;
    this.lastMonotonic = monotonicMillis;
    await this.each(run, DUE, nowMillis, monotonicMillis);
  }

  /** Judges one source after the other: what one of them throws is kept from the others. */
  private async each(run: Run, sql: string, now: number, monotonic: number): Promise<void> {
    let failures = 0;
    for (let last = ''; ;) {
      const rows = await query<{ sourceId: string }>(this.dataSource.manager, sql, [now, last]);
      const downtimes = rows.length > 0 ? await this.uptime.downtimes() : [];
      for (const { sourceId } of rows) {
        if (!run.next()) return;
        last = sourceId;
        try {
          if (
            await this.writer.write((manager) => this.evaluateSource(manager, sourceId, { now, monotonic, downtimes }))
          )
            this.deliverer.wake();
        } catch (cause) {
          if (!run.next() || ++failures === MAX_FAILURES) throw cause;
          this.outages.background(`The rules of source ${sourceId} could not be judged yet`, cause);
        }
      }
      if (rows.length < MAX_SOURCES_PER_READ) return;
    }
  }

  private async evaluateSource(
    manager: EntityManager,
    sourceId: string,
    { now, monotonic, downtimes }: Look,
  ): Promise<boolean> {
    await lockSource(manager, sourceId);
    const source = await findEvaluatedSource(manager, sourceId, now);
    if (!source) return false;
    const at = await this.store.lastArrivalAt(manager, source);
    // Points may have come since the look began. What is yet to come even so was noted before the clock was set back.
    const isYetToCome = at > now + Math.max(0, performance.now() - monotonic) + JUMP_MILLIS;
    // What takes no points is not silent.
    const received = source.isArchived ? now : isYetToCome ? 0 : Math.min(at, now);
    let hasChanges = false;
    for (const row of await readActiveRules(manager, sourceId)) {
      const rule = this.recorder.open(row);
      const before = adjustToClock(rule, row.alertState, now);
      const isNoData = rule.condition.operator === 'no_data';
      const news = isNoData
        ? evaluateNoData(rule, before, { received, now, downtimes })
        : evaluateByTime(rule, before, now);
      if (await this.recorder.note(manager, source, rule, news)) hasChanges = true;
    }
    if (hasChanges) await this.recorder.invalidateRules(manager, sourceId);
    return hasChanges;
  }
}

function evaluateByTime(rule: LoadedRule, before: AlertState, now: number): EvaluationResult {
  const { alertState, transitions } = evaluateTime(rule, before, now);
  return { alertState, transitions: transitions.map((transition) => ({ transition, points: [] })) };
}
