/** Values over time. */
export interface ChartSeries {
  readonly id: string;
  readonly label: string;
  readonly unit?: string | undefined;
  /** Milliseconds since 1970, ascending. */
  readonly times: readonly number[];
  /** One value for each time. Null is a gap in the line. */
  readonly values: readonly (number | null)[];
  /** The least and greatest value around each time: the band behind the line, so that an average hides no spike. */
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  /** Its place, from 0, which gives its color of the six and its dashes. By default that in the list. */
  readonly color?: number;
  /** What it is compared with: drawn thin and pale. */
  readonly isDimmed?: boolean;
}

/** A range of time, from included, to excluded, in milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const COLOR_COUNT = 6;
/** From the fourth color on lines are dashed too, for those who cannot tell the colors apart. */
const FIRST_DASHED = 3;
const DASHES: readonly (readonly number[])[] = [
  [6, 3],
  [2, 3],
  [8, 3, 2, 3],
];

/** Those of further rounds through the colors: the seventh line has the color of the first, and other dashes. */
const ROUND_DASHES: readonly (readonly number[])[] = [
  [12, 4],
  [3, 5],
  [12, 3, 2, 3, 2, 3],
];

export function colorIndexOf(series: Pick<ChartSeries, 'color'>, index: number): number {
  return (series.color ?? index) % COLOR_COUNT;
}

/** The dashes of a series by its place, in pixels; none for a line without gaps. */
export function dashOf(place: number): number[] {
  const round = Math.floor(place / COLOR_COUNT);
  const dashes = round === 0 ? DASHES[place - FIRST_DASHED] : ROUND_DASHES[(round - 1) % ROUND_DASHES.length];
  return [...(dashes ?? [])];
}
