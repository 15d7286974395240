import type { YieldTurn } from '../common/http/yield';
import type { Field } from '../sources/schema';
import { Summary, type Place } from '../points/summary';
import type { Value } from '../points/values';
import type { Cell } from './cells';
import { between } from './fill';
import { sortInSlices } from './sort-in-slices';

export const AGGREGATIONS = [
  ...['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'median', 'p95', 'p99', 'stddev'],
] as readonly Aggregation[];
export type Aggregation =
  'avg' | 'min' | 'max' | 'sum' | 'count' | 'first' | 'last' | 'median' | 'p95' | 'p99' | 'stddev';

const QUANTILES: Partial<Record<Aggregation, number>> = { median: 0.5, p95: 0.95, p99: 0.99 };
const SUMMED: readonly Aggregation[] = ['avg', 'min', 'max', 'sum', 'count'];
const FOR_ALL_TYPES: readonly Aggregation[] = ['count', 'first', 'last'];

/** Whether the type of a field supports an aggregation. */
export function fits({ type }: Field, aggregation: Aggregation): boolean {
  return type === 'number' || FOR_ALL_TYPES.includes(aggregation);
}

/** Whether an aggregation needs every value: it cannot be computed from rollups. */
export function needsEach(aggregation: Aggregation): boolean {
  return QUANTILES[aggregation] !== undefined;
}

/** Whether an aggregation can be computed from counts, sums, minima and maxima of parts. */
export function isSummed(aggregation: Aggregation): boolean {
  return SUMMED.includes(aggregation);
}

/** The ranks that the quantiles among these aggregations need, among `count` values. */
export function ranksOf(count: number, aggregations: readonly Aggregation[]): number[] {
  return aggregations.flatMap((one) => {
    const share = QUANTILES[one];
    const at = share === undefined ? undefined : (count - 1) * share;
    return at === undefined ? [] : [Math.floor(at), Math.ceil(at)];
  });
}

/** The values of one field in one group. */
export class FieldGroup {
  readonly summary = new Summary();
  private each: number[] | undefined;
  private sorted: Float64Array | undefined;
  private valueAt: ((rank: number) => number | undefined) | undefined;

  constructor(keepsEach: boolean) {
    if (keepsEach) this.each = [];
  }

  add(place: Place, value: Value): void {
    this.summary.add(place, value);
    if (typeof value === 'number') this.each?.push(value);
  }

  /** Every value that was added, in no order, if they are kept and not sorted yet. */
  get values(): readonly number[] {
    return this.each ?? [];
  }

  /** The number of values that must be sorted before a quantile can be computed. */
  get unsorted(): number {
    return this.each?.length ?? 0;
  }

  /** Sorts the values, for quantiles. */
  async sort(yieldTurn: YieldTurn): Promise<void> {
    if (this.each) this.sorted ??= await sortInSlices(this.each, yieldTurn);
    this.each = undefined;
  }

  /** Sets where quantiles look up the value of a rank, for groups with too many values to keep in memory. */
  findRanksWith(valueAt: (rank: number) => number | undefined): void {
    this.valueAt = valueAt;
  }

  /** A number outside the range of a double is infinite. */
  result(aggregation: Aggregation): Cell {
    const { n, m2, min, max, first, last } = this.summary;
    if (n === 0) return undefined;
    switch (aggregation) {
      case 'avg':
        return this.summary.mean;
      case 'min':
        return min;
      case 'max':
        return max;
      case 'sum':
        return this.summary.total;
      case 'count':
        return n;
      case 'first':
        return first;
      case 'last':
        return last;
      case 'stddev':
        return n < 2 ? null : Math.sqrt(m2 / (n - 1));
      default:
        return this.quantile(QUANTILES[aggregation] ?? 0.5);
    }
  }

  /** Interpolates linearly between the two nearest ranks. */
  private quantile(share: number): number | null {
    if (!this.valueAt) {
      const sorted = (this.sorted ??= Float64Array.from(this.each ?? []).sort());
      this.each = undefined;
      this.valueAt = (rank) => sorted[rank];
    }
    const at = (this.summary.n - 1) * share;
    const low = this.valueAt(Math.floor(at));
    const high = this.valueAt(Math.ceil(at));
    return low === undefined || high === undefined ? null : between(low, high, at - Math.floor(at));
  }
}
