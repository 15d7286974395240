import fc from 'fast-check';
import { makeBucket, makeKey } from '../support/make';
import {
  aggregate,
  filledSeries,
  groupStart,
  PointModel,
  type ModelPoint,
  type ModelValue,
} from '../support/point-model';
import { repetitions } from '../support/repetitions';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const SCHEMA = { temperature: 'number', humidity: 'number', door: 'boolean', note: 'string' };
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
const HOUR = 3_600_000;

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

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
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('ingest' as const),
      points: fc.array(point, { minLength: 1, maxLength: 40 }),
    }),
  },
  fc.record({ kind: fc.constant('remove' as const), range, source: fc.constantFrom(0, undefined) }),
);
const queryCase = fc.record({
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

it('every response equals that of a plain list of points, after late, repeated, replaced and deleted points', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 6 }),
    fc.array(queryCase, { minLength: 1, maxLength: 4 }),
    async (steps, queries) => {
      const bucketId = await makeBucket(server);
      const { key } = await makeKey(server, bucketId, 'write');
      const call = (method: string, path: string, body?: object, asKey = key) =>
        server.call(method, path, { key: asKey, body });
      const ids: string[] = [];
      for (const name of ['one', 'two']) {
        const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name, schema: SCHEMA });
        ids.push(body.dataSource._id as string);
      }
      const model = new PointModel();
      for (const one of steps) {
        if (one.kind === 'remove') {
          const [from, to] = one.range;
          const { body } = await call(
            'DELETE',
            '/api/data',
            {
              bucketId,
              ...(one.source !== undefined && { dataSourceId: ids[one.source] }),
              startTime: new Date(from).toISOString(),
              endTime: new Date(to).toISOString(),
            },
            server.adminKey,
          );
          expect(body.deletedCount).toBe(model.remove(one.source, one.range));
          continue;
        }
        const dataPoints = one.points.map(({ source, at, metadata, values }) => ({
          dataSourceId: ids[source],
          timestamp: new Date(at).toISOString(),
          metadata,
          values,
        }));
        const { status, body } = await call('POST', '/api/data/batch', { dataPoints });
        expect([status, body]).toEqual([
          201,
          { message: 'Batch ingested successfully', ...model.ingest(inOrderOfSources(one.points)), rejected: 0 },
        ]);
      }
      for (const one of queries) {
        await askGrouped(call, model, ids, one);
        await askFilled(call, model, ids, one);
        await askAnalytics(call, model, bucketId, ids, one);
        await askRaw(call, model, ids, one);
      }
      await askLatest(call, model, ids);
    },
  );
  await fc.assert(property, { numRuns: ON_POSTGRES ? repetitions(15, 60) : 60, endOnFailure: true });
}, 180_000);

/** The server returns the rows source by source. */
function inOrderOfSources(points: readonly ModelPoint[]): ModelPoint[] {
  return [...points].sort((one, other) => one.source - other.source);
}

type Ask = (method: string, path: string, body?: object) => Promise<{ status: number; body: any }>;
type QueryCase = typeof queryCase extends fc.Arbitrary<infer T> ? T : never;

function filtersOf(ids: readonly string[], { range: [from, to], sources, metadata }: QueryCase) {
  return {
    dataSourceIds: sources.map((source) => ids[source]),
    startTime: new Date(from).toISOString(),
    endTime: new Date(to).toISOString(),
    ...(metadata && { metadata }),
  };
}

async function askGrouped(call: Ask, model: PointModel, ids: readonly string[], asked: QueryCase): Promise<void> {
  const { range, sources, metadata, groupBy, zone, aggregations, fields } = asked;
  const { status, body } = await call('POST', '/api/data/query', {
    filters: { ...filtersOf(ids, asked), limit: 10_000, ...(fields && { fields }) },
    aggregation: aggregations,
    groupBy,
    timezone: zone,
  });
  if (groupBy === '90s' || groupBy === 'minute') {
    // So small a step over half a year exceeds the limit of one query.
    if ((range[1] - range[0]) / 60_000 > 40_000) return;
  }
  expect([status, body.error]).toEqual([200, undefined]);
  const groups = new Map<string, { at: number; source: number; points: ModelPoint[] }>();
  for (const point of model.raw(sources, range, metadata)) {
    if (fields && !fields.some((name) => name in point.values)) continue;
    const at = groupStart(point.at, groupBy, zone);
    const name = `${String(at).padStart(14, '0')} ${point.source}`;
    const group = groups.get(name) ?? { at, source: point.source, points: [] };
    group.points.push(point);
    groups.set(name, group);
  }
  const expected = [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { at, source, points }]) => ({
      timestamp: new Date(at).toISOString(),
      dataSourceId: ids[source],
      values: valuesOf(points, aggregations, fields),
      count: points.length,
    }));
  expect(body.data).toEqual(expected);
}

function valuesOf(
  points: readonly ModelPoint[],
  aggregations: readonly string[],
  fields: readonly string[] = Object.keys(SCHEMA),
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [field, type] of Object.entries(SCHEMA)) {
    if (!fields.includes(field)) continue;
    const fitting = aggregations.filter((one) => type === 'number' || ['count', 'first', 'last'].includes(one));
    const given = points.flatMap((point) => point.values[field] ?? []);
    if (fitting.length === 0 || given.length === 0) continue;
    const results = fitting.map((one): [string, unknown] => [one, near(one, aggregate(one, given))]);
    values[field] = aggregations.length === 1 ? results[0]?.[1] : Object.fromEntries(results);
  }
  return values;
}

/** Sums in another order may differ in the last digits. */
function near(aggregation: string, value: ModelValue | null): unknown {
  return typeof value === 'number' && ['stddev', 'p95', 'p99', 'median'].includes(aggregation)
    ? expect.closeTo(value, 9)
    : value;
}

const FILLED_BY = ['6h', '7h', 'day', 'week'];
const ROLLUP_WINDOW = 900_000;

async function askFilled(call: Ask, model: PointModel, ids: readonly string[], asked: QueryCase): Promise<void> {
  const { range, sources, metadata, zone, fill } = asked;
  const [from, to] = range;
  // The model would be slow over half a year.
  if (to - from > 60 * 24 * HOUR) return;
  for (const groupBy of FILLED_BY) {
    const { body } = await call('POST', '/api/data/query', {
      filters: { ...filtersOf(ids, asked), limit: 10_000 },
      aggregation: 'avg',
      groupBy,
      timezone: zone,
      fill,
    });
    const starts = new Set<number>();
    // In all time zones, days and their parts begin on a 15-minute boundary.
    for (let at = from; at < to; at = (Math.floor(at / ROLLUP_WINDOW) + 1) * ROLLUP_WINDOW)
      starts.add(groupStart(at, groupBy, zone));
    const rows = sources.flatMap((source) => {
      const points = model.raw([source], range, metadata);
      const groups = [...starts].map((at) => points.filter((one) => groupStart(one.at, groupBy, zone) === at));
      const series = Object.entries(SCHEMA).flatMap(([field, type]): [string, unknown[]][] => {
        if (type !== 'number') return [];
        const earlier = model
          .raw([source], [0, from], metadata)
          .filter(({ values }) => field in values)
          .map((one) => ({ ...one, start: groupStart(one.at, groupBy, zone) }));
        const before = earlier.filter(({ start }) => start === earlier.at(-1)?.start);
        const lastBefore =
          before.length === 0
            ? null
            : aggregate(
                'avg',
                before.flatMap(({ values }) => values[field] ?? []),
              );
        const holes = groups.map((group) => {
          const given = group.flatMap(({ values }) => values[field] ?? []);
          return given.length === 0 ? undefined : aggregate('avg', given);
        });
        return [
          [
            field,
            filledSeries(holes, [...starts], fill, lastBefore).map((value) =>
              fill === 'linear' ? near('stddev', value) : value,
            ),
          ],
        ];
      });
      return [...starts].map((at, index) => ({
        timestamp: new Date(at).toISOString(),
        dataSourceId: ids[source],
        values: Object.fromEntries(series.map(([field, values]) => [field, values[index]])),
        count: groups[index]?.length,
      }));
    });
    expect(body.data).toEqual(
      [...rows].sort((one, other) => (one.timestamp < other.timestamp ? -1 : one.timestamp > other.timestamp ? 1 : 0)),
    );
  }
}

async function askAnalytics(
  call: Ask,
  model: PointModel,
  bucketId: string,
  ids: readonly string[],
  { range: [, now], period }: QueryCase,
): Promise<void> {
  jest.spyOn(Date, 'now').mockReturnValue(now);
  const { status, body } = await call('GET', `/api/analytics/buckets/${bucketId}?period=${period}`);
  jest.restoreAllMocks();
  const days = Number.parseInt(period === '24h' ? '1' : period, 10);
  const from = now - days * 24 * HOUR;
  const within = model.raw([0, 1], [from, now]);
  const hours: object[] = [];
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < now; hour += HOUR)
    hours.push({
      hour: new Date(hour).toISOString(),
      count: within.filter(({ at }) => Math.floor(at / HOUR) * HOUR === hour).length,
    });
  expect([status, body]).toEqual([
    200,
    {
      analytics: {
        bucket: { _id: bucketId, name: 'Greenhouse' },
        period,
        summary: {
          totalDataPoints: model.raw([0, 1], [0, Infinity]).length,
          dataPointsInPeriod: within.length,
          avgDataPointsPerDay: Math.round(within.length / days),
          dataSources: 2,
          activeAlerts: 0,
        },
        dataSourceStats: [0, 1].map((source) => {
          const points = within.filter((one) => one.source === source);
          const last = model.raw([source], [0, Infinity]).at(-1);
          const each = (aggregation: string) =>
            Object.fromEntries(
              Object.entries(SCHEMA).flatMap(([field, type]) => {
                const given = points.flatMap(({ values }) => values[field] ?? []);
                return type === 'number' && given.length > 0 ? [[field, aggregate(aggregation, given)]] : [];
              }),
            );
          return {
            _id: ids[source],
            name: ['one', 'two'][source],
            dataPointCount: points.length,
            lastDataPoint: last ? new Date(last.at).toISOString() : null,
            avgValues: each('avg'),
            minValues: each('min'),
            maxValues: each('max'),
          };
        }),
        ingestionRate: { dataPointsPerHour: hours },
        alertActivity: { totalTriggered: 0, byRule: [] },
      },
    },
  ]);
}

async function askRaw(call: Ask, model: PointModel, ids: readonly string[], asked: QueryCase): Promise<void> {
  const { range, sources, metadata, sort, limit } = asked;
  const all = model.raw(sources, range, metadata);
  if (sort === 'desc') all.reverse();
  const rows = [];
  let cursor: string | undefined;
  do {
    const { body } = await call('POST', '/api/data/query', {
      filters: { ...filtersOf(ids, asked), sort, limit, ...(cursor && { cursor }) },
      downsampling: false,
    });
    rows.push(...(body.data as object[]));
    cursor = body.metadata.nextCursor as string | undefined;
    expect([body.metadata.hasMore, body.metadata.count <= limit]).toEqual([cursor !== undefined, true]);
  } while (cursor !== undefined);
  const expected = all.map(({ source, at, metadata: given, values }) => ({
    _id: expect.stringMatching(/^[0-9a-f]{24}$/),
    dataSourceId: ids[source],
    timestamp: new Date(at).toISOString(),
    values,
    metadata: given && Object.keys(given).length > 0 ? given : null,
  }));
  expect(rows).toEqual(expected);
  expect(new Set(rows.map((row) => (row as { _id: string })._id)).size).toBe(rows.length);
  const { body } = await call('POST', '/api/data/query', {
    filters: { ...filtersOf(ids, asked), sort, limit, offset: 3 },
    downsampling: false,
  });
  expect(body.data).toEqual(expected.slice(3, 3 + limit));
}

async function askLatest(call: Ask, model: PointModel, ids: readonly string[]): Promise<void> {
  const { body } = await call('GET', '/api/data/latest');
  const latest = [0, 1].flatMap((source) => model.raw([source], [0, Infinity]).slice(-1));
  expect(
    body.data.map(({ dataSourceId, timestamp, values }: Record<string, unknown>) => ({
      dataSourceId,
      timestamp,
      values,
    })),
  ).toEqual(
    latest.map(({ source, at, values }) => ({
      dataSourceId: ids[source],
      timestamp: new Date(at).toISOString(),
      values,
    })),
  );
}
