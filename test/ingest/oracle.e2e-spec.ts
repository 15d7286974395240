// npm test leaves this out: random histories, repeated.
import fc from 'fast-check';
import { makeBucket, makeKey } from '../support/make';
import { aggregate, PointModel, type ModelPoint } from '../support/point-model';
import { repetitions } from '../support/repetitions';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';
import { type Ask, HOUR, type QueryCase, SCHEMA, filtersOf, queryCase, step } from '../support/oracle-cases';
import { askFilled, askGrouped } from '../support/oracle-groups';

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

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
  await fc.assert(property, { numRuns: ON_POSTGRES ? 15 : repetitions(30, 50), endOnFailure: true });
}, 300_000);

/** The server returns the rows source by source. */
function inOrderOfSources(points: readonly ModelPoint[]): ModelPoint[] {
  return [...points].sort((one, other) => one.source - other.source);
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
