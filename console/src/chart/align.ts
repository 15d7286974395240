import type { ChartSeries } from './series';
import { thinned } from './thin';

/** Points in a chart, of all series together. */
const MAX_POINTS = 2000;
/** Fewer make a line that is coarse to the eye. */
const LEAST_POINTS = 250;

/** Undefined: this series has nothing to say at this time, and its line runs through. Null: its line has a gap. */
export type ChartColumn = readonly (number | null | undefined)[];

/** Series on one common list of times. */
export interface AlignedSeries {
  readonly times: readonly number[];
  readonly columns: readonly {
    readonly values: ChartColumn;
    readonly low: ChartColumn | undefined;
    readonly high: ChartColumn | undefined;
  }[];
}

/** Puts series on one list of times, each with no more points than can be seen. */
export function aligned(series: readonly ChartSeries[]): AlignedSeries {
  const most = Math.max(LEAST_POINTS, Math.floor(MAX_POINTS / Math.max(1, series.length)));
  const thin = series.map((one) => thinned(one, most));
  const times = unionOf(thin.map((one) => one.times));
  const columns = thin.map((one) => {
    const places = times === one.times ? undefined : new Map(one.times.map((time, index) => [time, index]));
    const placed = (column: ChartColumn) => (places ? times.map((time) => column[places.get(time) ?? -1]) : column);
    return { values: placed(one.values), low: one.low && placed(one.low), high: one.high && placed(one.high) };
  });
  return { times, columns };
}

/** The times of all lists, ascending. Lists that are all alike are the union themselves. */
function unionOf(lists: readonly (readonly number[])[]): readonly number[] {
  const [first = [], ...others] = lists;
  const areAlike = others.every((list) => list.length === first.length && list.every((time, i) => time === first[i]));
  return areAlike ? first : [...new Set(lists.flat())].sort((one, other) => one - other);
}

/** The last value at or before a place, for what is shown without a cursor. */
export function lastKnown(column: ChartColumn): number | null {
  for (let index = column.length - 1; index >= 0; index--) {
    const value = column[index];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** The value of a series at a place of the common times: its own, or the one that its line runs through from. Null in a gap. */
export function valueAt(column: ChartColumn, index: number): number | null {
  for (let place = index; place >= 0; place--) if (column[place] !== undefined) return column[place] ?? null;
  return null;
}
