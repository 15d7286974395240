import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { repeat, type Repetition } from '../../common/repeat';
import { KeyMeter, type QuotaCount, type RequestOrigin } from '../../auth/key-meter';
import type { YieldTurn } from '../../common/http/yield';
import { OutageLog } from '../../common/outage-log';
import type { Quota } from '../../common/rate-limit';
import { watched, type Run } from '../../database/watched';
import { Writer } from '../../database/writer';
import { sumByDay } from './day-sums';
import { dayOf, daysFrom, periodOf } from './days';
import { QuotaCounts } from './quota-counts';
import { sortedSlices } from './sorted-slices';
import { removeWritten, UsageCounters, type DayCounters } from './usage-counters';
import { KeyLock } from './key-lock';
import { lastUseOf, LONGEST_USER_AGENT, UsageTable, type DayCounts, type LastUse } from './usage-table';

/** Twice a minute, so that lists are accurate to a minute even when a flush is slow. */
const FLUSH_EVERY_MILLIS = 30_000;
/** The time limit of a slice. A slice that fails is written with the next flush. */
const PATIENCE = { stallMillis: 15_000 };
/** Keys times days of a statement, which reads them in one or two milliseconds. */
const DAYS_READ_AT_ONCE = 1000;
/** A flush twice a minute takes milliseconds: another one during the second attempt is unlikely. */
const MAX_ATTEMPTS = 3;
/** The number of days for which usage is kept. */
export const KEPT_DAYS = 90;

/** The usage of a key on each of several days, oldest first, and its last use. */
export interface KeyUse extends LastUse {
  readonly days: readonly DayCounts[];
}

/** The usage of keys. It is counted in memory, so that requests write nothing, and written twice a minute. */
@Injectable()
export class Usage extends KeyMeter implements OnModuleInit, OnApplicationShutdown {
  private readonly counters = new UsageCounters();
  private readonly keyLock = new KeyLock();
  private readonly table: UsageTable;
  private readonly quotas = new QuotaCounts((lineId, days) => this.requestsOn(lineId, days));
  private repetition: Repetition | undefined;
  private flushed = Promise.resolve();
  private flushes = 0;
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

  /** Runs after the last request and before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.repetition?.stop();
    await this.flush();
  }

  override countRequest(
    keyId: string,
    { address, userAgent, lineId = keyId, organizationId }: RequestOrigin,
    nowMillis = Date.now(),
  ): void {
    const counter = this.counters.of(keyId, nowMillis);
    counter.requests += 1;
    counter.lastUsedAt = nowMillis;
    counter.lastAddress = address;
    counter.lastUserAgent = shortened(userAgent);
    counter.organizationId = organizationId;
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

  /** The usage of a key in the last days, including today: what is stored, and what this instance has counted since. */
  use(keyId: string, days: number, nowMillis = Date.now()): Promise<KeyUse> {
    const today = dayOf(nowMillis);
    const range = daysFrom(today - days + 1, today);
    return this.keyLock.read([keyId], async () => {
      const [stored, lastUse] = await Promise.all([this.table.read(keyId, range), this.table.readLastUse(keyId)]);
      const unwritten = this.counters.ofKey(keyId).map(({ counter }) => lastUseOf(counter));
      const uses = [...(lastUse ? [lastUse] : []), ...unwritten];
      return { days: sumByDay(range, [...stored, ...this.unwrittenOf(keyId)]), ...latestOf(uses) };
    });
  }

  /** The usage of several keys on each of the last days, oldest first and including today, as `use` returns it. */
  async daysOf(
    keyIds: readonly string[],
    days: number,
    yieldTurn: YieldTurn,
    nowMillis = Date.now(),
  ): Promise<Map<string, DayCounts[]>> {
    const today = dayOf(nowMillis);
    const range = daysFrom(today - days + 1, today);
    const found = new Map<string, DayCounts[]>();
    const keysAtOnce = Math.max(1, Math.floor(DAYS_READ_AT_ONCE / days));
    for (let start = 0; start < keyIds.length; start += keysAtOnce) {
      const some = keyIds.slice(start, start + keysAtOnce);
      await this.keyLock.read(some, async () => {
        const counts = new Map(some.map((keyId): [string, DayCounts[]] => [keyId, this.unwrittenOf(keyId)]));
        for (const stored of await this.table.readMany(some, range)) counts.get(stored.keyId)?.push(stored);
        for (const [keyId, ofKey] of counts) found.set(keyId, sumByDay(range, ofKey));
      });
      await yieldTurn();
    }
    return found;
  }

  /** The requests of an organization's keys in this month (UTC): what is stored, and what this instance has counted since. */
  async requestsThisMonth(organizationId: string, yieldTurn: YieldTurn, nowMillis = Date.now()): Promise<number> {
    const { firstDay } = periodOf('month', nowMillis);
    for (let attempt = 1; ; attempt++) {
      await this.flushed;
      const { flushes } = this;
      let requests = this.counters.requestsOf(organizationId, firstDay);
      for (const day of daysFrom(firstDay, dayOf(nowMillis)))
        requests += await this.table.requestsOf(organizationId, day, yieldTurn);
      // A flush in the meantime has moved counts to the database, so that some may be counted twice.
      if (this.flushes === flushes || attempt === MAX_ATTEMPTS) return requests;
    }
  }

  /** Writes the usage that was counted until now. What cannot be written is kept for the next flush. */
  flush(nowMillis = Date.now()): Promise<void> {
    return (this.flushed = this.flushed.then(() => this.write(nowMillis)));
  }

  private unwrittenOf(keyId: string): DayCounts[] {
    return this.counters.ofKey(keyId).map(({ day, counter }) => ({ ...counter, day }));
  }

  private async write(nowMillis: number): Promise<void> {
    this.flushes += 1;
    for (const counters of this.counters.collect()) await this.writeDay(counters);
    const today = dayOf(nowMillis);
    if (this.tidiedOn === today) return;
    this.quotas.tidy(nowMillis);
    const what = 'Old usage of keys could not be removed yet';
    try {
      const removeOld = (run: Run) => this.table.removeBefore(today - KEPT_DAYS, () => run.next());
      await watched(PATIENCE, removeOld);
      this.tidiedOn = today;
    } catch (cause) {
      this.outages.background(what, cause);
    }
  }

  private async writeDay(counters: DayCounters): Promise<void> {
    let failures = 0;
    for await (const keyIds of sortedSlices([...counters.byKey.keys()], this.table.keysPerSlice)) {
      const what = `The usage of ${keyIds.length} keys could not be written yet`;
      try {
        await this.keyLock.write(withLines(counters, keyIds), () => this.writeSlice(counters, keyIds));
      } catch (cause) {
        this.outages.background(what, cause);
        // One slice may contain something that the database refuses. A second failure means that the database is unavailable.
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
    return this.keyLock.read([lineId], async () => {
      const stored = await this.table.requestsOfLine(lineId, days);
      const ofFirst = this.counters.ofKey(lineId).filter(({ day }) => days.includes(day));
      return stored + this.counters.requestsOfLine(lineId, days) + sum(ofFirst.map(({ counter }) => counter.requests));
    });
  }
}

/** What must not be read while these keys are written: the keys and their rotation lines. */
function withLines({ byKey }: DayCounters, keyIds: readonly string[]): string[] {
  return keyIds.flatMap((keyId) => {
    const lineId = byKey.get(keyId)?.lineId;
    return lineId === undefined ? [keyId] : [keyId, lineId];
  });
}

/**
 * Copies the start of a long text. A header may have 16 KB, and a slice would keep all of it in memory. It stays longer than what is
 * stored, because keys are redacted before it is shortened.
 */
function shortened(text: string | undefined): string | undefined {
  const longest = 3 * LONGEST_USER_AGENT;
  if (text === undefined || text.length <= longest) return text;
  return Buffer.from(text.slice(0, longest), 'latin1').toString('latin1');
}

function latestOf(uses: readonly LastUse[]): LastUse {
  const none: LastUse = { lastUsedAt: null, lastAddress: null, lastUserAgent: null };
  return uses.reduce((latest, use) => ((use.lastUsedAt ?? 0) > (latest.lastUsedAt ?? 0) ? use : latest), none);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
