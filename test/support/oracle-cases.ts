import fc from 'fast-check';
import { type ModelValue } from './point-model';

/** The schema of both data sources. */
export const SCHEMA = { temperature: 'number', humidity: 'number', door: 'boolean', note: 'string' };
const AGGREGATIONS = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'median', 'p95', 'p99', 'stddev'];
const GROUPS = [
  ...['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year', '90s', '15m', '45m'],
  ...['2h', '5h', '6h', '7h', '12h', '24h', '1d', '7d'],
];
const ZONES = [
  ...['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe', 'America/Havana'],
];
/** Two days around each clock change in Berlin, New York, Havana and on Lord Howe Island, and a day without one. */
const DAYS = [
  ...[Date.UTC(2024, 2, 30, 20), Date.UTC(2024, 9, 26, 20), Date.UTC(2024, 0, 15)],
  ...[Date.UTC(2024, 2, 9, 20), Date.UTC(2024, 10, 2, 20), Date.UTC(2024, 3, 6, 8), Date.UTC(2024, 9, 5, 8)],
];
export const HOUR = 3_600_000;

/** Few distinct times, so that points are repeated, late and simultaneous. */
const time = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...DAYS), fc.nat(12)).map(([day, step]) => day + step * 40 * 60_000),
  },
  fc.tuple(fc.constantFrom(...DAYS), fc.nat(40 * HOUR)).map(([day, offset]) => day + offset),
);
const eighths = fc.integer({ min: -4000, max: 4000 }).map((value) => value / 8 + 0);
const point = fc.record({
  source: fc.constantFrom(0, 1),
  at: time,
  metadata: fc.constantFrom<Record<string, ModelValue> | null>(null, {}, { device: 'a' }, { device: 'b', floor: 1 }),
  values: fc
    .record(
      { temperature: eighths, humidity: eighths, door: fc.boolean(), note: fc.constantFrom('a', 'b', '') },
      { requiredKeys: [] },
    )
    .filter((values) => Object.keys(values).length > 0),
});
const range = fc
  .tuple(time, time)
  .filter(([one, other]) => one !== other)
  .map(([one, other]): [number, number] => (one < other ? [one, other] : [other, one]));
/** A batch of points, or a deletion. */
export const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ingest' as const),
      points: fc.array(point, { minLength: 1, maxLength: 40 }),
    }),
  },
  fc.record({ kind: fc.constant('remove' as const), range, source: fc.constantFrom(0, undefined) }),
);
/** A question for every kind of query. */
export const queryCase = fc.record({
  range: fc.oneof(range, fc.constant<[number, number]>([DAYS[2] ?? 0, (DAYS[1] ?? 0) + 40 * HOUR])),
  sources: fc.constantFrom([0], [1], [0, 1]),
  metadata: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    fc.constantFrom<Record<string, ModelValue>>({ device: 'a' }, { floor: 1 }),
  ),
  fields: fc.constantFrom(undefined, undefined, ['temperature'], ['humidity', 'temperature']),
  groupBy: fc.constantFrom(...GROUPS),
  zone: fc.constantFrom(...ZONES),
  // Only quantiles read every point. Other aggregates use rollups.
  aggregations: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.subarray(
        AGGREGATIONS.filter((one) => !/median|p9/.test(one)),
        { minLength: 1 },
      ),
    },
    fc.subarray(AGGREGATIONS, { minLength: 1 }),
  ),
  fill: fc.constantFrom('null' as const, 'previous' as const, 'linear' as const),
  period: fc.constantFrom('24h' as const, '7d' as const, '30d' as const, '90d' as const),
  sort: fc.constantFrom('asc' as const, 'desc' as const),
  limit: fc.integer({ min: 1, max: 30 }),
});

export type Ask = (method: string, path: string, body?: object) => Promise<{ status: number; body: any }>;
export type QueryCase = typeof queryCase extends fc.Arbitrary<infer T> ? T : never;

export function filtersOf(ids: readonly string[], { range: [from, to], sources, metadata }: QueryCase) {
  return {
    dataSourceIds: sources.map((source) => ids[source]),
    startTime: new Date(from).toISOString(),
    endTime: new Date(to).toISOString(),
    ...(metadata && { metadata }),
  };
}

/** Sums in another order may differ in the last digits. */
export function near(aggregation: string, value: ModelValue | null): unknown {
  return typeof value === 'number' && ['stddev', 'p95', 'p99', 'median'].includes(aggregation)
    ? expect.closeTo(value, 9)
    : value;
}
