import type { QuotaCount } from '../access/key-meter';
import type { Quota } from '../common/rate-limit';
import { dayOf, daysFrom, periodOf } from './days';

/** How long other instances' requests may go unseen, beside the time until they write them down. */
const FRESH_MILLIS = 60_000;

interface KeptCount extends QuotaCount {
  used: number;
  readonly per: Quota['per'];
  readonly readAt: number;
}

/** Reads how many requests of a key were let in on these days, by any instance. */
export type ReadRequests = (keyId: string, days: readonly number[]) => Promise<number>;

/** What keys have used of their quotas: read when it is first asked for, raised by each request, and read anew now and then. */
export class QuotaCounts {
  private readonly counts = new Map<string, KeptCount>();
  private readonly loading = new Map<string, Promise<QuotaCount>>();

  constructor(private readonly readRequests: ReadRequests) {}

  get(keyId: string, { per }: Quota, nowMillis: number): QuotaCount | Promise<QuotaCount> {
    const kept = this.counts.get(keyId);
    const fresh = kept?.per === per && nowMillis < kept.resetsAt && nowMillis - kept.readAt < FRESH_MILLIS;
    return fresh ? kept : this.loadOnce(keyId, per, nowMillis);
  }

  /** Counts a request. */
  raise(keyId: string): void {
    if (this.counts.size === 0) return;
    const kept = this.counts.get(keyId);
    if (kept) kept.used += 1;
  }

  /** Forgets the counts of periods that are over. */
  tidy(nowMillis: number): void {
    for (const [keyId, { resetsAt }] of this.counts) if (resetsAt <= nowMillis) this.counts.delete(keyId);
  }

  get size(): number {
    return this.counts.size;
  }

  private loadOnce(keyId: string, per: Quota['per'], nowMillis: number): Promise<QuotaCount> {
    const name = `${per} ${keyId}`;
    let load = this.loading.get(name);
    if (!load) {
      load = this.load(keyId, per, nowMillis).finally(() => this.loading.delete(name));
      this.loading.set(name, load);
    }
    return load;
  }

  private async load(keyId: string, per: Quota['per'], nowMillis: number): Promise<QuotaCount> {
    const { firstDay, endsAt: resetsAt } = periodOf(per, nowMillis);
    const requests = await this.readRequests(keyId, daysFrom(firstDay, dayOf(nowMillis)));
    const before = this.counts.get(keyId);
    const known = before?.per === per && before.resetsAt === resetsAt ? before.used : 0;
    const count = { per, used: Math.max(requests, known), resetsAt, readAt: nowMillis };
    this.counts.set(keyId, count);
    return count;
  }
}
