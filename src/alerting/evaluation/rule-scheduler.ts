import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';
import { answersRequests } from '../../common/http/answers-requests';
import { OutageLog } from '../../common/outage-log';
import { query, rowLock } from '../../database/sql';
import { settledWithin, watched, type Run } from '../../database/watched';
import { Writer } from '../../database/writer';
import { Deliverer } from '../../webhooks/deliverer';
import type { Absence } from './absences';
import { findJudgedSource } from './evaluated-sources';
import { Presence } from './presence';
import { RuleBook, type RuleNews } from './transition-recorder';
import type { OpenRule } from './rule-teller';
import { readActiveRules } from './rule-rows';
import { judgeSilence } from './silence';
import { setBack, takeTime, type Memory } from '../conditions/rule-state';

const EVERY_MILLIS = 1000;
/** A look is given up once none of its steps has ended for so long. The next one begins at its time. */
const STALL_MILLIS = 15_000;
const LONGEST_STOP_MILLIS = 5000;
const MOST_AT_ONCE = 200;
/** Clocks are trimmed by less than this, and several servers' differ by less. */
const JUMP_MILLIS = 2000;
/** So many sources whose rules cannot be judged say that none can. */
const MOST_FAILURES = 10;

const NOT_YET = 'Alert rules could not be judged yet';

const DUE = `SELECT DISTINCT source_id AS "sourceId" FROM alert_rules
  WHERE due_at <= ? AND source_id > ? ORDER BY source_id LIMIT ${MOST_AT_ONCE}`;
const WAITING = `SELECT DISTINCT source_id AS "sourceId" FROM alert_rules
  WHERE due_at > ? AND source_id > ? ORDER BY source_id LIMIT ${MOST_AT_ONCE}`;
const HOLD = 'SELECT 1 FROM data_sources WHERE id = ?';
const RECEIVED = 'SELECT ingested_at AS at FROM point_totals WHERE source = ?';

interface Look {
  readonly now: number;
  /** When `now` was, on the clock that is never set. */
  readonly steady: number;
  /** The times that are no silence. */
  readonly absences: readonly Absence[];
}

/** Judges rules that the time alone moves: when a duration or a cooldown is over, and when nothing has come for too long. */
@Injectable()
export class RuleTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  private first: NodeJS.Timeout | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking = Promise.resolve();
  private isLooking = false;
  private stopped = false;
  private lastWall = 0;
  private lastSteady = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly book: RuleBook,
    private readonly presence: Presence,
    private readonly deliverer: Deliverer,
    private readonly outages: OutageLog,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    const repeat = () => {
      if (!this.isLooking) void this.look();
      this.timer ??= setInterval(repeat, EVERY_MILLIS).unref();
    };
    // Instances that start together look, and hold sources, at different times of each second.
    this.first = setTimeout(repeat, EVERY_MILLIS * (1 + Math.random())).unref();
    void this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.first);
    clearInterval(this.timer);
    await settledWithin(LONGEST_STOP_MILLIS, this.looking);
    // So that the next start knows to the second how long no instance ran.
    if (this.lastWall === 0) return;
    await settledWithin(LONGEST_STOP_MILLIS, this.presence.stop());
  }

  /**
   * Judges what is due by now. A clock that was set back since the last look, or before the start, makes nothing wait longer
   * than it must; what a clock skips that was set forwards is no silence.
   *
   * @param steadyMillis the same moment on a clock that is never set
   */
  look(nowMillis = Date.now(), steadyMillis = performance.now()): Promise<void> {
    this.isLooking = true;
    return (this.looking = this.looking.then(async () => {
      const watching = { stallMillis: STALL_MILLIS, goesOn: () => !this.stopped };
      try {
        await watched(watching, (run) => this.lookAt(run, nowMillis, steadyMillis));
      } catch (cause) {
        if (!this.stopped) this.outages.background(NOT_YET, cause);
      } finally {
        this.isLooking = false;
      }
    }));
  }

  private async lookAt(run: Run, nowMillis: number, steadyMillis: number): Promise<void> {
    const isFirst = this.lastWall === 0;
    const skipped = nowMillis - this.lastWall - (steadyMillis - this.lastSteady);
    const isSetBack = isFirst || skipped < -JUMP_MILLIS;
    if (isSetBack) this.presence.setBack(nowMillis);
    const isSetForwards = !isFirst && skipped > JUMP_MILLIS;
    const step = isSetForwards ? { since: Math.round(nowMillis - skipped), until: nowMillis } : undefined;
    if (await this.presence.keep(step)) this.outages.worked();
    if (!run.next()) return;
    if (isSetBack) await this.each(run, WAITING, nowMillis, steadyMillis);
    if (!run.next()) return;
    this.lastWall = nowMillis;
    this.lastSteady = steadyMillis;
    await this.each(run, DUE, nowMillis, steadyMillis);
  }

  /** Judges one source after the other: what one of them throws is kept from the others. */
  private async each(run: Run, sql: string, now: number, steady: number): Promise<void> {
    let failures = 0;
    for (let last = ''; ;) {
      const rows = await query<{ sourceId: string }>(this.dataSource.manager, sql, [now, last]);
      const absences = rows.length > 0 ? await this.presence.absences() : [];
      for (const { sourceId } of rows) {
        if (!run.next()) return;
        last = sourceId;
        try {
          if (await this.writer.write((manager) => this.judgeSource(manager, sourceId, { now, steady, absences })))
            this.deliverer.wake();
        } catch (cause) {
          if (!run.next() || ++failures === MOST_FAILURES) throw cause;
          this.outages.background(`The rules of source ${sourceId} could not be judged yet`, cause);
        }
      }
      if (rows.length < MOST_AT_ONCE) return;
    }
  }

  private async judgeSource(
    manager: EntityManager,
    sourceId: string,
    { now, steady, absences }: Look,
  ): Promise<boolean> {
    const lock = rowLock(manager, 'UPDATE');
    if (lock) await query(manager, HOLD + lock, [sourceId]);
    const source = await findJudgedSource(manager, sourceId, now);
    if (!source) return false;
    const [total] = await query<{ at: number | string }>(manager, RECEIVED, [source.number]);
    const at = Number(total?.at ?? 0);
    // Points may have come since the look began. What is yet to come even so was noted before the clock was set back.
    const isYetToCome = at > now + Math.max(0, performance.now() - steady) + JUMP_MILLIS;
    // What takes no points is not silent.
    const received = source.isArchived ? now : isYetToCome ? 0 : Math.min(at, now);
    let hasNews = false;
    for (const row of await readActiveRules(manager, sourceId)) {
      const rule = this.book.open(row);
      const before = setBack(rule, row.memory, now);
      const isOfSilence = rule.condition.operator === 'no_data';
      const news = isOfSilence ? judgeSilence(rule, before, { received, now, absences }) : judgeTime(rule, before, now);
      if (await this.book.note(manager, source, rule, news)) hasNews = true;
    }
    if (hasNews) await this.book.bump(manager, sourceId);
    return hasNews;
  }
}

function judgeTime(rule: OpenRule, before: Memory, now: number): RuleNews {
  const { memory, notifications } = takeTime(rule, before, now);
  return { memory, notifications: notifications.map((notification) => ({ notification, points: [] })) };
}
