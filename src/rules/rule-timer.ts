import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';
import { answersRequests } from '../common/http/answers-requests';
import { query, rowLock } from '../database/sql';
import { Writer } from '../database/writer';
import { Deliverer } from '../webhooks/deliverer';
import { findJudgedSource } from './judged-sources';
import { RuleBook } from './rule-book';
import type { OpenRule } from './rule-teller';
import { readActiveRules } from './rule-rows';
import { setBack, takeTime, type Memory } from '../conditions/rule-state';

const EVERY_MILLIS = 1000;
const MOST_AT_ONCE = 200;
/** Clocks are trimmed by less than this, and several servers' differ by less. */
const JUMP_MILLIS = 2000;
/** So many sources whose rules cannot be judged say that none can. */
const MOST_FAILURES = 10;

const DUE = `SELECT DISTINCT source_id AS "sourceId" FROM alert_rules
  WHERE due_at <= ? AND source_id > ? ORDER BY source_id LIMIT ${MOST_AT_ONCE}`;
const WAITING = `SELECT DISTINCT source_id AS "sourceId" FROM alert_rules
  WHERE due_at > ? AND source_id > ? ORDER BY source_id LIMIT ${MOST_AT_ONCE}`;
const HOLD = 'SELECT 1 FROM data_sources WHERE id = ?';
const RECEIVED = 'SELECT ingested_at AS at FROM point_totals WHERE source = ?';

/** Judges rules that the time alone moves: when a duration or a cooldown is over, and when nothing has come for too long. */
@Injectable()
export class RuleTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Alerts');
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
    private readonly deliverer: Deliverer,
    private readonly host: HttpAdapterHost,
  ) {}

  onApplicationBootstrap(): void {
    if (!answersRequests(this.host)) return;
    this.timer = setInterval(() => {
      if (!this.isLooking) void this.look();
    }, EVERY_MILLIS).unref();
    void this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.looking;
  }

  /**
   * Judges what is due by now. A clock that was set back since the last look, or before the start, makes nothing wait longer
   * than it must.
   */
  look(nowMillis = Date.now(), steadyMillis = performance.now()): Promise<void> {
    this.isLooking = true;
    return (this.looking = this.looking.then(async () => {
      try {
        const passed = steadyMillis - this.lastSteady;
        const isSetBack = this.lastWall === 0 || nowMillis < this.lastWall + passed - JUMP_MILLIS;
        if (isSetBack) await this.each(WAITING, nowMillis, steadyMillis);
        this.lastWall = nowMillis;
        this.lastSteady = steadyMillis;
        await this.each(DUE, nowMillis, steadyMillis);
      } catch (cause) {
        if (!this.stopped) this.logger.warn(`Alert rules could not be judged yet: ${(cause as Error).message}`);
      } finally {
        this.isLooking = false;
      }
    }));
  }

  /** Judges one source after the other: what one of them throws is kept from the others. */
  private async each(sql: string, now: number, steady: number): Promise<void> {
    let failures = 0;
    for (let last = ''; ;) {
      const rows = await query<{ sourceId: string }>(this.dataSource.manager, sql, [now, last]);
      for (const { sourceId } of rows) {
        if (this.stopped) return;
        last = sourceId;
        try {
          if (await this.writer.write((manager) => this.judgeSource(manager, sourceId, now, steady)))
            this.deliverer.wake();
        } catch (cause) {
          if (this.stopped || ++failures === MOST_FAILURES) throw cause;
          this.logger.warn(`The rules of source ${sourceId} could not be judged yet: ${(cause as Error).message}`);
        }
      }
      if (rows.length < MOST_AT_ONCE) return;
    }
  }

  /** @param steady when `now` was, on the clock that is never set */
  private async judgeSource(manager: EntityManager, sourceId: string, now: number, steady: number): Promise<boolean> {
    const lock = rowLock(manager, 'UPDATE');
    if (lock) await query(manager, HOLD + lock, [sourceId]);
    const source = await findJudgedSource(manager, sourceId, now);
    if (!source) return false;
    const [total] = await query<{ at: number | string }>(manager, RECEIVED, [source.number]);
    const at = Number(total?.at ?? 0);
    // Points may have come since the look began. What is yet to come even so was noted before the clock was set back.
    const isYetToCome = at > now + (performance.now() - steady) + JUMP_MILLIS;
    // What takes no points is not silent.
    const received = source.isArchived ? now : isYetToCome ? 0 : Math.min(at, now);
    let hasNews = false;
    for (const row of await readActiveRules(manager, sourceId)) {
      const rule = this.book.open(row);
      const known = knowing(rule, setBack(rule, row.memory, now), received);
      const step = takeTime(rule, known, now);
      const silentSince = known.since[0] ?? undefined;
      const rung = step.bells.map((bell) => ({ bell, points: [], silentSince }));
      if (await this.book.note(manager, source, rule, { memory: step.memory, rung })) hasNews = true;
    }
    if (hasNews) await this.book.bump(manager, sourceId);
    return hasNews;
  }
}

/** A rule of silence is not told of each point: it learns of the latest when it asks. */
function knowing({ condition }: OpenRule, memory: Memory, received: number): Memory {
  if (condition.operator !== 'no_data') return memory;
  return { ...memory, since: [Math.max(memory.since[0] ?? 0, received)] };
}
