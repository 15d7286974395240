import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { repeat, type Repetition } from '../../common/repeat';
import { KeyMeter, type QuotaCount, type RequestOrigin } from '../../auth/key-meter';
import { OutageLog } from '../../common/outage-log';
import type { Quota } from '../../common/rate-limit';
import { watched, type Run } from '../../database/watched';
import { Writer } from '../../database/writer';
import { dayOf, daysFrom, periodOf } from './days';
import { QuotaCounts } from './quota-counts';
import { sortedSlices } from './sorted-slices';
import { removeWritten, UsageCounters, type DayCounters } from './usage-counters';
import { KeyLock } from './key-lock';
import { lastUseOf, LONGEST_USER_AGENT, UsageTable, type DayCounts, type LastUse } from './usage-table';

/** Twice a minute, so that what a list shows is within a minute of the truth even when a flush takes its time. */
const FLUSH_EVERY_MILLIS = 30_000;
/** A slice is given up when the database has not answered for so long. It is kept, and written with the next flush. */
const PATIENCE = { stallMillis: 15_000 };
const SLICES_PER_CHECKPOINT = 16;
/** Days for which the use of keys is kept. */
export const KEPT_DAYS = 90;

/** What a key did on each of some days, oldest first, and when it was last used. */
export interface KeyUse extends LastUse {
  readonly days: readonly DayCounts[];
}

/** How much each key is used: counted in memory, so that a request writes nothing, and written down twice a minute. */
@Injectable()
export class Usage extends KeyMeter implements OnModuleInit, OnApplicationShutdown {
  private readonly counters = new UsageCounters();
  private readonly keyLock = new KeyLock();
  private readonly table: UsageTable;
  private readonly quotas = new QuotaCounts((lineId, days) => this.requestsOn(lineId, days));
  private repetition: Repetition | undefined;
  private flushed = Promise.resolve();
  private tidiedOn = 0;

  constructor(
    writer: Writer,
    dataSource: DataSource,
    private readonly outages: OutageLog,
  ) {
    super();
    this.table = new UsageTable(writer, dataSource);
  }

  onModuleInit(): void {
    this.repetition = repeat(FLUSH_EVERY_MILLIS, () => this.flush());
  }

  /** After the last request, and before the database closes. */
  async onApplicationShutdown(): Promise<void> {
    await this.repetition?.stop();
    await this.flush();
  }

  override countRequest(
    keyId: string,
    { address, userAgent, lineId = keyId }: RequestOrigin,
    nowMillis = Date.now(),
  ): void {
    const counter = this.counters.of(keyId, nowMillis);
    counter.requests += 1;
    counter.lastUsedAt = nowMillis;
    counter.lastAddress = address;
    counter.lastUserAgent = shortened(userAgent);
    if (lineId !== keyId) {
      counter.lineId = lineId;
      this.counters.raiseLine(lineId);
    }
    this.quotas.raise(lineId);
  }

  override countRefusal(keyId: string, nowMillis = Date.now()): void {
    this.counters.of(keyId, nowMillis).refusals += 1;
  }

  override countPoints(keyId: string, points: number, nowMillis = Date.now()): void {
    this.counters.of(keyId, nowMillis).points += points;
  }

  override quotaCount(lineId: string, quota: Quota, nowMillis = Date.now()): QuotaCount | Promise<QuotaCount> {
    return this.quotas.get(lineId, quota, nowMillis);
  }

  /** The use of a key in the last so many days, today included: what is stored, and what is counted here since. */
  use(keyId: string, days: number, nowMillis = Date.now()): Promise<KeyUse> {
    const today = dayOf(nowMillis);
    const range = daysFrom(today - days + 1, today);
    return this.keyLock.read(keyId, async () => {
      const [stored, lastUse] = await Promise.all([this.table.read(keyId, range), this.table.readLastUse(keyId)]);
      const unwritten = this.counters.ofKey(keyId);
      const counts = [...stored, ...unwritten.map(({ day, counter }) => ({ ...counter, day }))];
      const uses = [...(lastUse ? [lastUse] : []), ...unwritten.map(({ counter }) => lastUseOf(counter))];
      return { days: range.map((day) => sumOf(day, counts)), ...latestOf(uses) };
    });
  }

  /** The requests of an organization's keys since the month began in UTC, as far as they are written down. */
  async requestsThisMonth(
    organizationId: string,
    yieldTurn: () => Promise<void>,
    nowMillis = Date.now(),
  ): Promise<number> {
    const { firstDay } = periodOf('month', nowMillis);
    let requests = 0;
    for (const day of daysFrom(firstDay, dayOf(nowMillis)))
      requests += await this.table.requestsOf(organizationId, day, yieldTurn);
    return requests;
  }

  /** Writes down what was counted until now. What cannot be written is kept for the next time. */
  flush(nowMillis = Date.now()): Promise<void> {
    return (this.flushed = this.flushed.then(() => this.writeDown(nowMillis)));
  }

  private async writeDown(nowMillis: number): Promise<void> {
    for (const counters of this.counters.collect()) await this.writeDay(counters);
    const today = dayOf(nowMillis);
    if (this.tidiedOn === today) return;
    this.quotas.tidy(nowMillis);
    const what = 'The usage of keys of long ago could not be removed yet';
    try {
      const removeOld = (run: Run) => this.table.removeBefore(today - KEPT_DAYS, () => run.next());
      await watched(PATIENCE, removeOld);
      this.tidiedOn = today;
    } catch (cause) {
      this.outages.background(what, cause);
    }
  }

  private async writeDay(counters: DayCounters): Promise<void> {
    let slices = 0;
    let failures = 0;
    for await (const keyIds of sortedSlices([...counters.byKey.keys()], this.table.keysPerSlice)) {
      const what = `The usage of ${keyIds.length} keys could not be written yet`;
      try {
        await this.keyLock.write(withLines(counters, keyIds), () => this.writeSlice(counters, keyIds));
        if (++slices % SLICES_PER_CHECKPOINT === 0) await watched(PATIENCE, () => this.table.checkpoint());
      } catch (cause) {
        this.outages.background(what, cause);
        // One slice may have something in it that the database refuses. A second one means that it cannot be used now.
        if (++failures === 2) return;
      }
    }
  }

  private async writeSlice(counters: DayCounters, keyIds: readonly string[]): Promise<void> {
    const { day, byKey } = counters;
    const entries = keyIds.flatMap((keyId) => {
      const counter = byKey.get(keyId);
      return counter ? [[keyId, counter] as const] : [];
    });
    await watched(PATIENCE, () => this.table.add(day, entries));
    removeWritten(counters, keyIds);
  }

  private requestsOn(lineId: string, days: readonly number[]): Promise<number> {
    return this.keyLock.read(lineId, async () => {
      const stored = await this.table.requestsOfLine(lineId, days);
      const ofFirst = this.counters.ofKey(lineId).filter(({ day }) => days.includes(day));
      return stored + this.counters.requestsOfLine(lineId, days) + sum(ofFirst.map(({ counter }) => counter.requests));
    });
  }
}

/** What must not be read while these keys are written down: they themselves, and their lines. */
function withLines({ byKey }: DayCounters, keyIds: readonly string[]): string[] {
  return keyIds.flatMap((keyId) => {
    const lineId = byKey.get(keyId)?.lineId;
    return lineId === undefined ? [keyId] : [keyId, lineId];
  });
}

/**
 * A header may have 16 KB, and a plain slice would keep the whole of it in memory. What is stored is shorter still: keys are
 * redacted first, and must not be cut before.
 */
function shortened(text: string | undefined): string | undefined {
  const longest = 3 * LONGEST_USER_AGENT;
  if (text === undefined || text.length <= longest) return text;
  return Buffer.from(text.slice(0, longest), 'latin1').toString('latin1');
}

function sumOf(day: number, counts: readonly DayCounts[]): DayCounts {
  const ofDay = counts.filter((one) => one.day === day);
  return {
    day,
    requests: sum(ofDay.map(({ requests }) => requests)),
    refusals: sum(ofDay.map(({ refusals }) => refusals)),
    points: sum(ofDay.map(({ points }) => points)),
  };
}

function latestOf(uses: readonly LastUse[]): LastUse {
  const none: LastUse = { lastUsedAt: null, lastAddress: null, lastUserAgent: null };
  return uses.reduce((latest, use) => ((use.lastUsedAt ?? 0) > (latest.lastUsedAt ?? 0) ? use : latest), none);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
