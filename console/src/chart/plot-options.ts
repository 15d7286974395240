import type uPlot from 'uplot';
import { formatTick } from '../lib/numbers';
import { faded, type ChartColors } from './colors';
import { scaleKeyOf, type ChartModel } from './model';
import { colorIndexOf, dashOf } from './series';
import { timeTicks } from './ticks';

const AXIS_FONT = '12px system-ui, sans-serif';
const LINE_WIDTH = 1.5;
const BAND_OPACITY = 0.16;
/** The edges of a band are thin and pale: one that is a single point wide would not be seen by its filling alone. */
const EDGE_WIDTH = 0.75;
const EDGE_OPACITY = 0.4;
const DIMMED_OPACITY = 0.55;
/** Above and below a constant, as a share of it. */
const CONSTANT_AIR = 0.05;
const CHARACTER_PIXELS = 7;
const AXIS_GAP = 12;
/** Room above the plot for the units of the axes. */
const TOP_PADDING = 34;
/** Half of a date below the last tick, where no axis has room for it. */
const LAST_TICK_PADDING = 22;

export interface SeriesParts {
  readonly series: uPlot.Series[];
  readonly bands: uPlot.Band[];
  readonly data: uPlot.AlignedData;
}

/** The lines of a plot and their data: for each series its line, and the two pale ones between which its band is filled. */
export function seriesParts(model: ChartModel, colors: ChartColors): SeriesParts {
  const { data } = model;
  const parts = { series: [{}] as uPlot.Series[], bands: [] as uPlot.Band[] };
  const columns: unknown[] = [data.times];
  model.series.forEach((one, index) => {
    const { values = [], low, high } = data.columns[index] ?? {};
    const colorIndex = colorIndexOf(one, index);
    const color = colors.series[colorIndex] ?? colors.text;
    const scale = scaleKeyOf(model, one.id);
    const show = !model.hidden.has(one.id);
    if (low && high && !one.isDimmed) {
      const stroke = faded(color, EDGE_OPACITY);
      const edge: uPlot.Series = { scale, show, width: EDGE_WIDTH, stroke, points: { show: false } };
      parts.bands.push({ series: [parts.series.length, parts.series.length + 1], fill: faded(color, BAND_OPACITY) });
      parts.series.push(edge, edge);
      columns.push(high, low);
    }
    parts.series.push({
      scale,
      show,
      label: one.label,
      stroke: one.isDimmed ? faded(color, DIMMED_OPACITY) : color,
      width: one.isDimmed ? 1 : LINE_WIDTH,
      dash: dashOf(one.color ?? index),
      points: { show: true, size: 4, fill: color, width: 0, filter: lonePoints },
    });
    columns.push(values);
  });
  return { ...parts, data: columns as uPlot.AlignedData };
}

/** Whether a line is the edge of a band. */
export function isEdge(series: uPlot.Series | undefined): boolean {
  return series?.width === EDGE_WIDTH;
}

/** The points that no line leads to or from: without a dot they would not be seen. */
function lonePoints(plot: uPlot, seriesIndex: number): number[] {
  const column = [...(plot.data[seriesIndex] ?? [])] as (number | null | undefined)[];
  const known = column.flatMap((value, index) => (value === undefined ? [] : [index]));
  return known.filter((index, place) => {
    const isGap = (neighbor: number | undefined) => neighbor === undefined || column[neighbor] === null;
    return column[index] !== null && isGap(known[place - 1]) && isGap(known[place + 1]);
  });
}

/** The room around the axes. */
export function paddingOf({ scales }: ChartModel): uPlot.Padding {
  return [TOP_PADDING, scales.length > 1 ? 12 : LAST_TICK_PADDING, 0, 8];
}

/** The time axis, and axes for the first scales: the first on the left, the others on the right. */
export function axesOf({ scales, zone }: ChartModel, colors: ChartColors, count: number): uPlot.Axis[] {
  const common = { stroke: colors.text, font: AXIS_FONT, ticks: { show: false } };
  const time: uPlot.Axis = {
    ...common,
    grid: { stroke: colors.grid, width: 1 },
    values: (_plot, splits, _axis, _space, step) => timeTicks(splits, step, zone),
    space: 80,
    size: 40,
    gap: 6,
  };
  const values = scales.map(({ key }, index): uPlot.Axis => ({
    ...common,
    scale: key,
    show: index < count,
    side: index === 0 ? 3 : 1,
    grid: { show: index === 0, stroke: colors.grid, width: 1 },
    values: (_plot, splits, _axis, _space, step) => splits.map((value) => formatTick(value, step)),
    size: (_plot, texts) => widthOf(texts),
    space: 36,
    gap: 6,
  }));
  return [time, ...values];
}

function widthOf(texts: readonly string[] | null): number {
  const longest = Math.max(2, ...(texts ?? []).map((text) => String(text).length));
  return longest * CHARACTER_PIXELS + AXIS_GAP;
}

/**
 * The ranges of the axes: of time as it is set, of values with some air, and with the threshold in sight.
 *
 * @param current the model that the plot shows when it asks
 */
export function scaleOptions(current: () => ChartModel, rangeNum: typeof uPlot.rangeNum): uPlot.Scales {
  const options = current().scales.map(({ key, seriesIds }): [string, uPlot.Scale] => {
    const range = (_plot: uPlot, least: number | null, most: number | null): uPlot.Range.MinMax => {
      const { threshold } = current();
      const line = threshold && seriesIds.includes(threshold.seriesId) ? threshold.value : undefined;
      const low = Math.min(least ?? line ?? 0, line ?? Infinity);
      const high = Math.max(most ?? line ?? 1, line ?? -Infinity);
      // A constant has its own surroundings, rather than all from zero to twice its value.
      const air = low === high ? Math.abs(low) * CONSTANT_AIR || 1 : 0;
      return rangeNum(low - air, high + air, 0.1, true);
    };
    return [key, { auto: true, range }];
  });
  return { x: { time: true, auto: false }, ...Object.fromEntries(options) };
}
