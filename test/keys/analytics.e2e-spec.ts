import { makeBucket, makeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2024, 0, 15, 10, 20);

let server: TestApp;
let bucketId: string;
let keys: { write: string; read: string };
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  keys = { write: (await makeKey(server, bucketId, 'write')).key, read: (await makeKey(server, bucketId, 'read')).key };
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, key = keys.write) =>
  server.call(method, path, { key, body });
async function makeSource(schema: object = { temperature: 'number', door: 'boolean' }): Promise<string> {
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name: 'Climate', schema });
  return body.dataSource._id as string;
}
const store = (dataSourceId: string, ...points: readonly (readonly [number, object])[]) =>
  call('POST', '/api/data/batch', {
    dataPoints: points.map(([timestamp, values]) => ({ dataSourceId, timestamp, values })),
  });
const at = (millis: number) => jest.spyOn(Date, 'now').mockReturnValue(millis);
const analytics = (query = '', key = keys.read) =>
  call('GET', `/api/analytics/buckets/${bucketId}${query}`, undefined, key);

describe('GET /api/analytics/buckets/:bucketId', () => {
  it('aggregates the points of the last seven days', async () => {
    const one = await makeSource();
    const two = await makeSource();
    await store(
      one,
      [NOW - 8 * DAY, { temperature: 99 }],
      [NOW - 7 * DAY, { temperature: 10, door: true }],
      [NOW - 7 * DAY + HOUR, { temperature: 20 }],
      [NOW - 1, { door: false }],
      [NOW, { temperature: 99 }],
    );
    at(NOW);
    const { status, body } = await analytics();
    const { dataPointsPerHour } = body.analytics.ingestionRate;
    expect([status, body]).toEqual([
      200,
      {
        analytics: {
          bucket: { _id: bucketId, name: 'Greenhouse' },
          period: '7d',
          summary: {
            totalDataPoints: 5,
            dataPointsInPeriod: 3,
            avgDataPointsPerDay: 0,
            dataSources: 2,
            activeAlerts: 0,
          },
          dataSourceStats: [
            {
              _id: one,
              name: 'Climate',
              dataPointCount: 3,
              lastDataPoint: '2024-01-15T10:20:00.000Z',
              avgValues: { temperature: 15 },
              minValues: { temperature: 10 },
              maxValues: { temperature: 20 },
            },
            {
              _id: two,
              name: 'Climate',
              dataPointCount: 0,
              lastDataPoint: null,
              avgValues: {},
              minValues: {},
              maxValues: {},
            },
          ],
          ingestionRate: { dataPointsPerHour },
          alertActivity: { totalTriggered: 0, byRule: [] },
        },
      },
    ]);
    expect(dataPointsPerHour).toHaveLength(7 * 24 + 1);
    expect(dataPointsPerHour.slice(0, 3)).toEqual([
      { hour: '2024-01-08T10:00:00.000Z', count: 1 },
      { hour: '2024-01-08T11:00:00.000Z', count: 1 },
      { hour: '2024-01-08T12:00:00.000Z', count: 0 },
    ]);
    expect(dataPointsPerHour.at(-1)).toEqual({ hour: '2024-01-15T10:00:00.000Z', count: 1 });
  });

  it.each([
    ['24h', 1, 25],
    ['7d', 7, 169],
    ['30d', 30, 721],
    ['90d', 90, 2161],
  ])('takes the period %s', async (period, days, hours) => {
    const source = await makeSource();
    const points = Array.from({ length: 100 }, (_, index) => [NOW - (index + 0.5) * DAY, { temperature: 1 }] as const);
    await store(source, ...points);
    at(NOW);
    const { body } = await analytics(`?period=${period}`);
    const { summary, ingestionRate } = body.analytics;
    expect([summary.dataPointsInPeriod, summary.avgDataPointsPerDay]).toEqual([days, 1]);
    expect(ingestionRate.dataPointsPerHour).toHaveLength(hours);
  });

  it('gives the same aggregates for many fields over many hours as for few', async () => {
    const names = ['temperature', ...Array.from({ length: 29 }, (_, index) => `field_${index}`)];
    const few = await makeSource();
    const many = await makeSource(Object.fromEntries(names.map((name) => [name, 'number'])));
    const points = Array.from({ length: 50 }, (_, index) => [NOW - index * 2 * DAY - 1, index] as const);
    await store(few, ...points.map(([time, temperature]) => [time, { temperature }] as const));
    await store(many, ...points.map(([time, temperature]) => [time, { temperature, field_28: -temperature }] as const));
    at(NOW);
    const [one, other] = (await analytics('?period=90d')).body.analytics.dataSourceStats;
    expect(one).toMatchObject({ dataPointCount: 45, minValues: { temperature: 0 }, maxValues: { temperature: 44 } });
    expect(other).toEqual({
      ...one,
      _id: many,
      avgValues: { temperature: 22, field_28: -22 },
      minValues: { temperature: 0, field_28: -44 },
      maxValues: { temperature: 44, field_28: 0 },
    });
  });

  it('excludes points older than the retention of the bucket', async () => {
    const source = await makeSource();
    await store(source, [NOW - 5 * DAY, { temperature: 1 }], [NOW - HOUR, { temperature: 2 }]);
    await call('PATCH', `/api/buckets/${bucketId}`, { retentionDays: 2 }, server.adminKey);
    at(NOW);
    const { analytics: report } = (await analytics()).body;
    expect(report.summary.dataPointsInPeriod).toBe(1);
    expect(report.dataSourceStats[0].avgValues).toEqual({ temperature: 2 });
    expect(report.ingestionRate.dataPointsPerHour).toHaveLength(49);
  });

  it('shows a source-bound key only its own source', async () => {
    const [own, other] = [await makeSource(), await makeSource()];
    await store(own, [NOW - HOUR, { temperature: 1 }]);
    await store(other, [NOW - HOUR, { temperature: 1 }]);
    const { key } = await makeKey(server, bucketId, 'read', { dataSourceId: own });
    at(NOW);
    const { summary, dataSourceStats } = (await analytics('', key)).body.analytics;
    expect([summary.totalDataPoints, summary.dataSources]).toEqual([1, 1]);
    expect(dataSourceStats.map((stats: { _id: string }) => stats._id)).toEqual([own]);
  });

  it('refuses a write-only key', async () => {
    const { key } = await makeKey(server, bucketId, 'write', { writeOnly: true });
    expect(seen(await analytics('', key))).toEqual(refused(403, 'Forbidden', 'Write-only keys cannot read data'));
  });

  it('refuses an unknown period', async () => {
    expect(seen(await analytics('?period=1y'))).toEqual(
      refused(400, 'Validation Error', 'period must be one of 24h, 7d, 30d, 90d'),
    );
  });
});
