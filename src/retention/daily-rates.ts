import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { LruMap } from '../common/lru-map';
import { countInWindowsOf } from '../points/recent-points';

/** The number of buckets whose rate is kept. */
export const MAX_RATES = 1000;
/** A rate is reused for this many times the time that it took, but not for longer than a minute, and not at all if it took little. */
const REUSE = 20;
const LONGEST_REUSE_MILLIS = 60_000;
const LITTLE_MILLIS = 5;
const DAY_MILLIS = 86_400_000;
/** The days of an average. */
const DAYS = 7;
/** Of a bucket with more data sources that have recent points, this many are summed, and the sum is scaled up. */
export const MAX_SUMMED_SOURCES = 250;

interface Rate {
  readonly perDay: number;
  readonly retentionDays: number | null;
  /** By the monotonic clock, in milliseconds. */
  readonly reusedUntil: number;
}

/** A bucket, and the time of the latest point of each of its sources, by number. */
interface Rated {
  readonly id: string;
  readonly retentionDays: number | null;
  readonly visibleFrom: number;
  readonly latestTimes: ReadonlyMap<number, number>;
}

/**
 * The points per day of buckets. A week has 672 rollup windows for each source: the sources that are summed are bounded, and the sum
 * is reused for a time that depends on what it took.
 */
export class DailyRates {
  private readonly rates = new LruMap<string, Rate>(MAX_RATES);

  /** The average of the last seven days, or of the days of a shorter retention, to the nearest whole number. */
  async of(manager: EntityManager, bucket: Rated, nowMillis: number, yieldTurn: YieldTurn): Promise<number> {
    const { id, retentionDays, visibleFrom, latestTimes } = bucket;
    const startedAt = performance.now();
    const known = this.rates.get(id);
    if (known?.retentionDays === retentionDays && startedAt < known.reusedUntil) return known.perDay;
    const from = Math.max(nowMillis - DAYS * DAY_MILLIS, visibleFrom);
    const active = [...latestTimes].flatMap(([number, at]) => (at >= from ? [number] : []));
    const summed = spread(active, MAX_SUMMED_SOURCES);
    const count = await countInWindowsOf(manager, summed, [from, nowMillis], yieldTurn);
    const scale = summed.length === 0 ? 0 : active.length / summed.length;
    const perDay = Math.round((count * scale) / Math.min(DAYS, retentionDays ?? DAYS));
    const endedAt = performance.now();
    this.rates.set(id, { perDay, retentionDays, reusedUntil: endedAt + reuseAfter(endedAt - startedAt) });
    return perDay;
  }
}

/** Up to this many of the numbers, spread evenly over them. */
function spread(numbers: readonly number[], most: number): readonly number[] {
  if (numbers.length <= most) return numbers;
  return Array.from({ length: most }, (_, index) => numbers[Math.floor((index * numbers.length) / most)] ?? -1);
}

function reuseAfter(millis: number): number {
  return millis < LITTLE_MILLIS ? 0 : Math.min(LONGEST_REUSE_MILLIS, REUSE * millis);
}
