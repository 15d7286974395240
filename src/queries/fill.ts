import type { Value } from '../points/values';

export const FILLS = ['none', 'null', 'previous', 'linear'] as const;
export type Fill = (typeof FILLS)[number];

/**
 * Fills the holes of one series in place. `previous` repeats what was there before a hole, `linear` draws a line across it;
 * what has nothing before it, or on one side, stays null. Texts, booleans and counts are not drawn lines between.
 *
 * @param starts where the group of each value begins
 */
export function fillHoles(series: (Value | null)[], starts: readonly number[], fill: Fill): void {
  if (fill === 'none' || fill === 'null') return;
  let before = -1;
  for (const [index, value] of series.entries()) {
    if (value === null) continue;
    if (fill === 'linear' && before >= 0) drawLine(series, starts, [before, index]);
    if (fill === 'previous' && before >= 0) series.fill(series[before] ?? null, before + 1, index);
    before = index;
  }
  if (fill === 'previous' && before >= 0) series.fill(series[before] ?? null, before + 1);
}

function drawLine(series: (Value | null)[], starts: readonly number[], [from, to]: readonly [number, number]): void {
  const [first, last] = [series[from], series[to]];
  if (typeof first !== 'number' || typeof last !== 'number') return;
  const [begin = 0, end = 0] = [starts[from], starts[to]];
  for (let index = from + 1; index < to; index++)
    series[index] = first + ((last - first) * ((starts[index] ?? 0) - begin)) / (end - begin);
}
