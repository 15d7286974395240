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
  /** Which of the six colors, from 0. By default its place in the list. */
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

export function colorIndexOf(series: Pick<ChartSeries, 'color'>, index: number): number {
  return (series.color ?? index) % COLOR_COUNT;
}

/** The dashes of a color, in pixels; none for a line without gaps. */
export function dashOf(colorIndex: number): number[] {
  return [...(DASHES[colorIndex - FIRST_DASHED] ?? [])];
}
