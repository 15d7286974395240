import type { QuotaCount } from '../../auth/key-meter';
import { LruMap } from '../../common/lru-map';
import type { Quota } from '../../common/rate-limit';
import { dayOf, daysFrom, periodOf } from './days';

/** How long a count may miss requests of other instances, besides the time until those are written. */
const FRESH_MILLIS = 60_000;

/** The maximum number of rotation lines whose counts of one period are cached. */
export const MAX_QUOTA_COUNTS = 100_000;

interface KeptCount extends QuotaCount {
  used: number;
  readonly readAt: number;
}

/** Reads how many requests of a rotation line all instances accepted on these days. */
export type ReadRequests = (lineId: string, days: readonly number[]) => Promise<number>;

/**
 * How much of their quotas rotation lines have used. A count is read from the database when it is first needed and then every minute,
 * and each request adds to it. Keys of one line may have quotas with different periods, which are counted separately.
 */
export class QuotaCounts {
  private readonly counts = {
    day: new LruMap<string, KeptCount>(MAX_QUOTA_COUNTS),
    month: new LruMap<string, KeptCount>(MAX_QUOTA_COUNTS),
  };
  private readonly loading = new Map<string, Promise<QuotaCount>>();

  constructor(private readonly readRequests: ReadRequests) {}

  get(lineId: string, { per }: Quota, nowMillis: number): QuotaCount | Promise<QuotaCount> {
    const kept = this.counts[per].get(lineId);
    const fresh = kept && nowMillis < kept.resetsAt && nowMillis - kept.readAt < FRESH_MILLIS;
    return fresh ? kept : this.loadOnce(lineId, per, nowMillis);
  }

  /** Counts a request. */
  raise(lineId: string): void {
    const { day, month } = this.counts;
    if (day.size > 0) raise(day.get(lineId));
    if (month.size > 0) raise(month.get(lineId));
  }

  /** Removes the counts of past periods. */
  tidy(nowMillis: number): void {
    for (const counts of Object.values(this.counts))
      for (const [lineId, { resetsAt }] of counts) if (resetsAt <= nowMillis) counts.delete(lineId);
  }

  get size(): number {
    return this.counts.day.size + this.counts.month.size;
  }

  private loadOnce(lineId: string, per: Quota['per'], nowMillis: number): Promise<QuotaCount> {
    const name = `${per} ${lineId}`;
    let load = this.loading.get(name);
    if (!load) {
      load = this.load(lineId, per, nowMillis).finally(() => this.loading.delete(name));
      this.loading.set(name, load);
    }
    return load;
  }

  private async load(lineId: string, per: Quota['per'], nowMillis: number): Promise<QuotaCount> {
    const { firstDay, endsAt: resetsAt } = periodOf(per, nowMillis);
    const requests = await this.readRequests(lineId, daysFrom(firstDay, dayOf(nowMillis)));
    const before = this.counts[per].get(lineId);
    const known = before?.resetsAt === resetsAt ? before.used : 0;
    const count = { used: Math.max(requests, known), resetsAt, readAt: nowMillis };
    this.counts[per].set(lineId, count);
    return count;
  }
}

function raise(kept: KeptCount | undefined): void {
  if (kept) kept.used += 1;
}
