import type uPlot from 'uplot';
import { faded, type ChartColors } from './colors';
import { scaleKeyOf, type ChartModel } from './model';
import { colorIndexOf } from './series';

const INTERVAL_OPACITY = 0.14;
/** A shorter one would not be seen. */
const LEAST_INTERVAL_PIXELS = 2;
/** Of the piece of a line above its axis. */
const LINE_PIXELS = 14;

/** Shades intervals below the lines. */
export function drawIntervals(plot: uPlot, { intervals, range }: ChartModel, colors: ChartColors): void {
  const { ctx, bbox } = plot;
  ctx.save();
  clipToPlot(plot);
  ctx.fillStyle = faded(colors.interval, INTERVAL_OPACITY);
  for (const { from, to } of intervals) {
    const left = plot.valToPos(Math.max(from, range.from), 'x', true);
    const right = plot.valToPos(Math.min(to ?? range.to, range.to), 'x', true);
    if (right >= left) ctx.fillRect(left, bbox.top, Math.max(LEAST_INTERVAL_PIXELS, right - left), bbox.height);
  }
  ctx.restore();
}

/** Draws the threshold above the lines. */
export function drawThreshold(plot: uPlot, model: ChartModel, colors: ChartColors): void {
  const { threshold } = model;
  if (!threshold) return;
  const { ctx, bbox } = plot;
  const pxRatio = devicePixelRatio;
  const y = Math.round(plot.valToPos(threshold.value, scaleKeyOf(model, threshold.seriesId), true));
  ctx.save();
  clipToPlot(plot);
  ctx.strokeStyle = colors.threshold;
  ctx.lineWidth = pxRatio;
  ctx.setLineDash([5 * pxRatio, 4 * pxRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** Writes the unit of each axis above it, with a piece of the line that the axis is for where it is for one alone. */
export function drawUnits(plot: uPlot, { scales, series }: ChartModel, colors: ChartColors): void {
  const { ctx, bbox } = plot;
  const pxRatio = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * pxRatio}px system-ui, sans-serif`;
  ctx.fillStyle = colors.text;
  ctx.textBaseline = 'bottom';
  const top = bbox.top - 12 * pxRatio;
  const lineOf = (ids: readonly string[]) => {
    const own = series.flatMap((one, index) => (ids.includes(one.id) && !one.isDimmed ? [{ one, index }] : []));
    const [first] = own;
    return scales.length > 1 && own.length === 1 && first
      ? colors.series[colorIndexOf(first.one, first.index)]
      : undefined;
  };
  // Like the axes: the first on the left, the others from the plot outwards on the right.
  let right = bbox.left + bbox.width;
  scales.forEach(({ unit, seriesIds }, index) => {
    if (plot.axes[index + 1]?.show === false) return;
    const size = axisPixels(plot, index + 1);
    ctx.textAlign = index === 0 ? 'right' : 'left';
    const left = index === 0 ? bbox.left - 6 * pxRatio : right + 6 * pxRatio;
    if (index > 0) right += size * pxRatio;
    ctx.fillText(unit, left, top);
    const line = lineOf(seriesIds);
    if (line === undefined) return;
    ctx.fillStyle = line;
    const length = LINE_PIXELS * pxRatio;
    ctx.fillRect(index === 0 ? left - length : left, top - 18 * pxRatio, length, 2 * pxRatio);
    ctx.fillStyle = colors.text;
  });
  ctx.restore();
}

/** The width of an axis, which the plot keeps under a name that its types do not list. */
function axisPixels(plot: uPlot, index: number): number {
  return (plot.axes[index] as { _size?: number } | undefined)?._size ?? 0;
}

function clipToPlot({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}
