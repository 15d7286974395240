import type { LivePoint } from '../../api/stream/live-point';
import type { ChartSeries } from '../../chart/series';

interface Fields {
  readonly [name: string]: { readonly type: string; readonly unit?: string | undefined };
}

/** Points that were read and points that came since, in the order of their times. The later of two at the same time stays. */
export function merged(read: readonly LivePoint[], fresh: readonly LivePoint[]): LivePoint[] {
  const byTime = new Map([...read, ...fresh].map((point) => [point._id ?? point.timestamp, point]));
  return [...byTime.values()].sort((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp));
}

/** A series for each field that is a number, from a time on. */
export function recentSeries(points: readonly LivePoint[], schema: Fields, from: number): ChartSeries[] {
  const timed = points.map(({ timestamp, values }) => ({ at: Date.parse(timestamp), values }));
  const shown = timed.filter(({ at }) => at >= from);
  return Object.entries(schema)
    .filter(([, { type }]) => type === 'number')
    .map(([field, { unit }]) => {
      const known = shown.filter(({ values }) => typeof values[field] === 'number');
      return {
        id: field,
        label: field,
        unit,
        times: known.map(({ at }) => at),
        values: known.map(({ values }) => values[field] as number),
      };
    })
    .filter(({ times }) => times.length > 0);
}
