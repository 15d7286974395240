import type { ChartSeries } from './series';

type Columns = Pick<ChartSeries, 'times' | 'values' | 'low' | 'high'>;

/**
 * At most this many points of a series: where it has more, each stands for several, with their mean and with their least and greatest value
 * as its band. A screen has no more columns, and averages alone would hide spikes. A gap that is longer than a point stays one.
 */
export function thinned<S extends Columns>(series: S, mostPoints: number): S {
  const { times } = series;
  if (times.length <= mostPoints) return series;
  const perPoint = Math.ceil(times.length / mostPoints);
  const starts = Array.from({ length: Math.ceil(times.length / perPoint) }, (_, index) => index * perPoint);
  const points = starts.map((start) => summary(series, start, Math.min(start + perPoint, times.length)));
  return {
    ...series,
    times: points.map(({ time }) => time),
    values: points.map(({ mean }) => mean),
    low: points.map(({ low }) => low),
    high: points.map(({ high }) => high),
  };
}

function summary({ times, values, low = values, high = values }: Columns, start: number, end: number) {
  let [sum, count, least, most] = [0, 0, Infinity, -Infinity];
  for (let index = start; index < end; index++) {
    const value = values[index];
    if (value === null || value === undefined) continue;
    sum += value;
    count += 1;
    least = Math.min(least, low[index] ?? value);
    most = Math.max(most, high[index] ?? value);
  }
  const time = times[Math.floor((start + end - 1) / 2)] ?? 0;
  return count === 0
    ? { time, mean: null, low: null, high: null }
    : { time, mean: sum / count, low: least, high: most };
}
