import { aligned, type AlignedSeries } from './align';
import { scalesOf, type AxisChoice, type ChartScale } from './scales';
import type { ChartSeries, TimeRange } from './series';

/** A stretch of time to shade: while a condition was met, or while nothing came. */
export interface ChartInterval {
  readonly from: number;
  /** Null: it lasts. */
  readonly to: number | null;
  readonly label?: string;
}

/** A horizontal line, on the axis of a series. */
export interface ChartThreshold {
  readonly value: number;
  readonly seriesId: string;
  /** What it is, for a screen reader: `Threshold of temperature`. */
  readonly label: string;
  /** It can be dragged, and moved by arrow keys. */
  readonly onChange?: (value: number) => void;
}

/** All that a chart draws. */
export interface ChartModel {
  readonly series: readonly ChartSeries[];
  readonly data: AlignedSeries;
  readonly scales: readonly ChartScale[];
  readonly range: TimeRange;
  readonly zone: string | undefined;
  readonly intervals: readonly ChartInterval[];
  readonly threshold: ChartThreshold | undefined;
  readonly hidden: ReadonlySet<string>;
  readonly height: number;
}

export interface ModelInput extends Omit<ChartModel, 'data' | 'scales'> {
  readonly axes: AxisChoice;
}

export function modelOf({ axes, ...input }: ModelInput): ChartModel {
  return { ...input, data: aligned(input.series), scales: scalesOf(input.series, axes) };
}

/** The scale of a series. */
export function scaleKeyOf({ scales }: Pick<ChartModel, 'scales'>, seriesId: string): string {
  return scales.find(({ seriesIds }) => seriesIds.includes(seriesId))?.key ?? 'y';
}

/** What a plot is built from. Where two models have the same text, the plot takes the second one without being built again. */
export function structureOf({ series, data, scales, zone, threshold, height }: ChartModel): string {
  const lines = series.map(({ id, color, isDimmed }, index) => [
    id,
    color,
    isDimmed,
    data.columns[index]?.low !== undefined,
  ]);
  return JSON.stringify([lines, scales, zone, threshold?.seriesId, height]);
}
