import { hasValue, type Cell } from './cells';

export const FILLS = ['none', 'null', 'previous', 'linear'] as const;
export type Fill = (typeof FILLS)[number];

/**
 * Fills the gaps of one series, its undefined cells, in place. `previous` repeats the value before a gap. `linear` interpolates
 * between the values before and after it, for numbers only. A gap that lacks such a value stays.
 *
 * @param starts the start of each group
 */
export function fillHoles(series: Cell[], starts: readonly number[], fill: Fill): void {
  if (fill === 'none' || fill === 'null') return;
  let before = -1;
  for (const [index, value] of series.entries()) {
    if (!hasValue(value)) {
      if (fill === 'previous' && value === undefined && before >= 0) series[index] = series[before];
      continue;
    }
    if (fill === 'linear' && before >= 0) drawLine(series, starts, [before, index]);
    before = index;
  }
}

function drawLine(series: Cell[], starts: readonly number[], [from, to]: readonly [number, number]): void {
  const [first, last] = [series[from], series[to]];
  if (typeof first !== 'number' || typeof last !== 'number') return;
  const [begin = 0, end = 0] = [starts[from], starts[to]];
  for (let index = from + 1; index < to; index++)
    if (series[index] === undefined)
      series[index] = between(first, last, ((starts[index] ?? 0) - begin) / (end - begin));
}

/** Interpolates between two numbers, also if their difference is outside the range of a double. */
export function between(from: number, to: number, share: number): number {
  const distance = to - from;
  return Number.isFinite(distance) ? from + distance * share : from * (1 - share) + to * share;
}
