const SHARE = 0.42;
const LEAST = 240;
const MOST = 900;
/** What is above and below it on a page. */
const AROUND = 560;
/** What a chart has above and below its plot. */
const FRAME = 72;

/** How high the plot is, in pixels: a share of the window, so that a large screen shows a large chart. */
export function chartHeight(): number {
  return Math.round(Math.min(MOST, Math.max(LEAST, innerHeight * SHARE, innerHeight - AROUND)));
}

/** The room that a chart with a plot of this height takes, for what stands in its place meanwhile. */
export function chartRoom(height: number): number {
  return height + FRAME;
}
