import type { Condition, SimpleCondition } from '../../conditions/condition';
import { comparisonsOf } from '../../conditions/matching';
import type { Value } from '../../../points/values';

/** The most intervals that a preview lists. */
export const MAX_INTERVALS = 1000;

/** The extreme value of each comparison in the direction of its operator, null where it has none; for `no_data`, seconds. */
export type Peak = number | null | (number | null)[];

/** A time in which the condition was met. */
export interface Interval {
  readonly from: number;
  /** Null if it is still met at the end of the range. */
  readonly to: number | null;
  readonly peak: Peak;
  /** The notifications that report it: the firing and its reminders. */
  readonly firings: number;
}

/** All intervals of a range together, also those that are not listed. */
export interface IntervalSummary {
  readonly intervals: number;
  /** The intervals that would have sent a notification. */
  readonly alerts: number;
  readonly totalMillis: number;
  readonly longestMillis: number;
  readonly peak: Peak;
}

type Values = Readonly<Record<string, Value | undefined>>;

/** The extreme values of the comparisons of a condition. */
class Extremes {
  private readonly extremes: (number | null)[];

  constructor(private readonly comparisons: readonly SimpleCondition[]) {
    this.extremes = comparisons.map(() => null);
  }

  /** Adds the value of each field that has one. */
  add(values: Values): void {
    for (let index = 0; index < this.comparisons.length; index++) {
      const comparison = this.comparisons[index] as SimpleCondition;
      const value = values[comparison.field];
      if (typeof value === 'number') this.offer(index, comparison, value);
    }
  }

  /** Adds all extremes of others of the same condition. */
  merge(others: Extremes): void {
    for (const [index, comparison] of this.comparisons.entries()) {
      const value = others.extremes[index] ?? null;
      if (value !== null) this.offer(index, comparison, value);
    }
  }

  get peak(): Peak {
    return this.extremes.length === 1 ? (this.extremes[0] ?? null) : [...this.extremes];
  }

  private offer(index: number, { operator }: SimpleCondition, value: number): void {
    const before = this.extremes[index] ?? null;
    if (operator === 'gt' || operator === 'gte') this.extremes[index] = Math.max(before ?? value, value);
    if (operator === 'lt' || operator === 'lte') this.extremes[index] = Math.min(before ?? value, value);
  }
}

interface OpenInterval {
  readonly from: number;
  readonly extremes: Extremes;
  firings: number;
}

/** Collects when a condition was met. */
export class Intervals {
  readonly listed: Interval[] = [];
  private readonly comparisons: readonly SimpleCondition[];
  private readonly overall: Extremes;
  private open: OpenInterval | undefined;
  private longestSilence: number | null = null;
  private readonly counts = { intervals: 0, alerts: 0, totalMillis: 0, longestMillis: 0 };

  constructor(private readonly condition: Condition) {
    this.comparisons = condition.operator === 'no_data' ? [] : comparisonsOf(condition);
    this.overall = new Extremes(this.comparisons);
  }

  get isOpen(): boolean {
    return this.open !== undefined;
  }

  /** Begins an interval, unless one is open. The values are those that stand at its start. */
  begin(from: number, values: Values): void {
    if (this.open) return;
    this.open = { from, extremes: new Extremes(this.comparisons), firings: 0 };
    this.add(values);
  }

  /** Adds values to the open interval. */
  add(values: Values): void {
    this.open?.extremes.add(values);
  }

  /** Counts notifications of the open interval. */
  fired(times = 1): void {
    if (this.open) this.open.firings += times;
  }

  /**
   * Ends the open interval.
   *
   * @param to null if the condition is still met at the end of the range
   * @param end `to`, or the end of the range
   * @param silentSince for `no_data`: since when data is missing
   */
  finish(to: number | null, end: number, silentSince: number | null): void {
    const { open, counts } = this;
    if (!open) return;
    this.open = undefined;
    const millis = end - open.from;
    counts.intervals += 1;
    counts.alerts += Number(open.firings > 0);
    counts.totalMillis += millis;
    counts.longestMillis = Math.max(counts.longestMillis, millis);
    this.overall.merge(open.extremes);
    const silence = silentSince === null ? null : Math.round((end - silentSince) / 1000);
    if (silence !== null) this.longestSilence = Math.max(this.longestSilence ?? 0, silence);
    if (this.listed.length === MAX_INTERVALS) return;
    const peak = this.condition.operator === 'no_data' ? silence : open.extremes.peak;
    this.listed.push({ from: open.from, to, peak, firings: open.firings });
  }

  get summary(): IntervalSummary {
    const peak = this.condition.operator === 'no_data' ? this.longestSilence : this.overall.peak;
    return { ...this.counts, peak };
  }
}
