import type { ChartInterval } from '../../chart/model';
import type { TimeRange } from '../../chart/series';

/** When a condition was met or not, newest first, for a strip. */
export function metTimes(intervals: readonly ChartInterval[], range: TimeRange): { times: number[]; values: string[] } {
  const changes = [{ at: range.from, value: 'not met' }];
  for (const { from, to } of intervals) {
    changes.push({ at: Math.max(from, range.from), value: 'met' });
    if (to !== null) changes.push({ at: Math.max(to, range.from), value: 'not met' });
  }
  const shown = changes.filter(({ at }) => at < range.to).reverse();
  return { times: shown.map(({ at }) => at), values: shown.map(({ value }) => value) };
}
