// npm test runs this on PostgreSQL too: each database stores and changes points with SQL of its own.
import { Retention } from '../../src/retention/retention';
import { PointRemoval } from '../../src/points/point-removal';
import { makeBucket, makeKey, makeOrganization, makeSource } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let server: TestApp;
let admin: string;
let bucketId: string;
let sourceId: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  admin = await makeOrganization(server);
  bucketId = await makeBucket(server, 'Greenhouse', admin);
  sourceId = await makeSource({ ...server, adminKey: admin }, bucketId);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, key = admin) => server.call(method, path, { key, body });
const runQuery = async (body: object = {}) => (await call('POST', '/api/data/query', { bucketId, ...body })).body;
const keep = (retentionDays: number | null) => call('PATCH', `/api/buckets/${bucketId}`, { retentionDays });
const send = (ages: readonly number[], query = '', dataSourceId = sourceId) => {
  const now = Date.now();
  const dataPoints = ages.map((age, index) => ({ dataSourceId, timestamp: now - age, values: { t: index } }));
  return call('POST', `/api/data/batch${query}`, { bucketId, dataPoints });
};
const statsOf = async (path: string) => {
  const { body } = await call('GET', path);
  return (body.bucket ?? body.dataSource).stats;
};
const sourcePath = () => `/api/buckets/${bucketId}/sources/${sourceId}`;

/** The number of points according to each endpoint. */
async function counts(): Promise<Record<string, number>> {
  const range = { startTime: '1990-01-01T00:00:00Z', endTime: new Date(Date.now() + HOUR).toISOString() };
  const sum = (rows: readonly { readonly count: number }[]) => rows.reduce((all, { count }) => all + count, 0);
  const hourly = await runQuery({ aggregation: 'count', groupBy: 'hour' });
  const given = await runQuery({ filters: range, aggregation: ['sum', 'p95'], groupBy: 'day' });
  const filled = await runQuery({ aggregation: 'count', groupBy: 'day', fill: 'null' });
  const csv = await server.call('POST', '/api/data/query', {
    key: admin,
    body: { bucketId },
    headers: { Accept: 'text/csv' },
  });
  const { analytics } = (await call('GET', `/api/analytics/buckets/${bucketId}?period=90d`)).body;
  const preview = { bucketId, dataSourceId: sourceId, condition: 't > 1000', ...range };
  return {
    raw: (await runQuery({ downsampling: false })).data.length,
    rawFromStart: (await runQuery({ filters: range, downsampling: false })).data.length,
    csv: (csv.body as string).trim().split('\n').length - 1,
    hourly: sum(hourly.data),
    given: sum(given.data),
    filled: sum(filled.data),
    bucket: (await statsOf(`/api/buckets/${bucketId}`)).dataPointCount,
    source: (await statsOf(sourcePath())).dataPointCount,
    analytics: analytics.summary.totalDataPoints,
    analyticsOfSource: analytics.dataSourceStats[0].dataPointCount,
    overview: (await call('GET', '/api/analytics/overview')).body.overview.totals.dataPoints,
    preview: (await call('POST', '/api/alerts/preview', preview)).body.dataPoints,
  };
}
const all = (of: Record<string, number>) => [...new Set(Object.values(of))];

describe('a shorter retention', () => {
  // The 7 days begin within a rollup window: two of its points are older, and one is not.
  const AGES = [30 * DAY, 8 * DAY, 7 * DAY + MINUTE, 7 * DAY + 1000, 7 * DAY - 30_000, 6 * DAY, HOUR, 0];

  it('hides older points when the request returns, and a longer one shows them again', async () => {
    await send(AGES);
    expect(all(await counts())).toEqual([8]);
    expect((await keep(7)).status).toBe(200);
    const hidden = await counts();
    expect([all(hidden), hidden]).toEqual([[4], hidden]);
    expect(await runQuery({ aggregation: ['first', 'min', 'count'] })).toMatchObject({
      data: [{ values: { t: { first: 4, min: 4, count: 4 } } }],
    });
    await keep(null);
    expect(all(await counts())).toEqual([8]);
  });

  it('hides all points of a source without newer ones', async () => {
    await send([40 * DAY, 30 * DAY]);
    await keep(7);
    const { raw, bucket, source, overview } = await counts();
    expect([raw, bucket, source, overview]).toEqual([0, 0, 0, 0]);
    const nothing = { dataPointCount: 0, firstDataAt: null, lastDataAt: null, averageIntervalMs: null };
    expect(await statsOf(sourcePath())).toEqual(nothing);
    for (const more of ['', '&mode=fields'])
      expect((await call('GET', `/api/data/latest?bucketId=${bucketId}${more}`)).body.data).toEqual([]);
    const { analytics } = (await call('GET', `/api/analytics/buckets/${bucketId}`)).body;
    expect(analytics.dataSourceStats[0].lastDataPoint).toBeNull();
    expect((await call('DELETE', sourcePath())).body.deletedResources.dataPoints).toBe(0);
  });

  it('returns correct counts with years of hidden and visible points in several sources', async () => {
    const other = await makeSource({ ...server, adminKey: admin }, bucketId, 'Another');
    const years = [...Array(40).keys()].map((index) => index * 100 * DAY + 1);
    await send(years);
    await send([4000 * DAY, 5 * DAY], '', other);
    for (const days of [2000, 1000, 150, 1]) {
      await keep(days);
      const own = Math.ceil((days * DAY) / (100 * DAY));
      const { bucket, overview, analytics } = await counts();
      const expected = own + (days > 5 ? 1 : 0);
      expect([days, bucket, overview, analytics]).toEqual([days, expected, expected, expected]);
    }
    const { body } = await call('DELETE', `/api/buckets/${bucketId}`);
    expect(body.deletedResources).toMatchObject({ dataSources: 2, dataPoints: 1 });
  });

  it('erases hidden points after 24 hours, and not earlier', async () => {
    await send(AGES);
    await keep(7);
    const retention = server.app.get(Retention);
    await retention.sweep(Date.now() + DAY - MINUTE);
    await keep(null);
    expect(all(await counts())).toEqual([8]);
    await keep(7);
    const changed = Date.now();
    await retention.sweep(changed + DAY + MINUTE);
    await keep(null);
    // A day later, another two are older than 7 days.
    expect((await counts()).raw).toBe(2);
  });

  it('erases points that expire by age at the next sweep', async () => {
    await keep(7);
    await send([6 * DAY, HOUR]);
    await server.app.get(Retention).sweep(Date.now() + 2 * DAY);
    await keep(null);
    expect(all(await counts())).toEqual([1]);
  });

  it('stops a sweep once a longer retention shows the points again', async () => {
    await keep(7);
    await send([6 * DAY, 6 * DAY - HOUR, HOUR]);
    const removal = server.app.get(PointRemoval);
    const remove = removal.remove.bind(removal);
    const spy = jest.spyOn(removal, 'remove').mockImplementation(async (...args) => {
      await keep(30);
      return remove(...args);
    });
    await server.app.get(Retention).sweep(Date.now() + 2 * DAY);
    expect(spy).toHaveBeenCalled();
    expect(all(await counts())).toEqual([3]);
  });

  it('lets a deletion remove hidden points, and count only visible ones', async () => {
    await send(AGES);
    await keep(7);
    const range = { startTime: '2000-01-01T00:00:00Z', endTime: new Date(Date.now() - 3 * DAY).toISOString() };
    expect((await call('DELETE', '/api/data', { bucketId, ...range })).body.deletedCount).toBe(2);
    await keep(null);
    expect(all(await counts())).toEqual([2]);
  });

  it('does not let a Write key delete a source with hidden points that can be restored', async () => {
    await send([30 * DAY]);
    await keep(7);
    const { key } = await makeKey({ ...server, adminKey: admin }, bucketId, 'write');
    expect((await call('DELETE', sourcePath(), undefined, key)).status).toBe(403);
    const removed = await call('PATCH', sourcePath(), { schema: { t: null, u: 'number' } });
    expect(seen(removed)).toEqual(refused(409, 'Conflict', expect.stringContaining('cannot be removed') as never));
  });

  it('hides points from alert messages', async () => {
    const schema = { t: 'number', humidity: 'number' };
    await call('PATCH', sourcePath(), { schema });
    const point = (age: number, values: object) =>
      call('POST', '/api/data', { bucketId, dataSourceId: sourceId, timestamp: Date.now() - age, values });
    await point(3 * DAY, { humidity: 99 });
    await keep(1);
    const condition = 't > 10 or humidity > 200';
    const webhookUrl = 'https://example.com/hook';
    const rule = { bucketId, dataSourceId: sourceId, name: 'Hot', condition, webhookUrl };
    const { body } = await call('POST', '/api/alerts', rule);
    expect(body).toMatchObject({ alertRule: {} });
    const { alertRule } = body;
    expect((await point(0, { t: 20 })).status).toBe(201);
    const { history } = (await call('GET', `/api/alerts/${alertRule._id}/history`)).body;
    expect(history).toMatchObject([{ currentValue: [20, null], dataPoint: { values: { t: 20 } } }]);
    expect(Object.keys(history[0].dataPoint.values)).toEqual(['t']);
  });

  it('excludes hidden points when a rule evaluates late points', async () => {
    const webhookUrl = 'https://example.com/hook';
    const rule = { bucketId, dataSourceId: sourceId, name: 'Hot', condition: 't > 10 for 30 minutes', webhookUrl };
    const { alertRule } = (await call('POST', '/api/alerts', rule)).body;
    const now = Date.now();
    const point = async (minutes: number, t: number) => {
      const timestamp = now - DAY + minutes * MINUTE;
      const sent = { bucketId, dataSourceId: sourceId, timestamp, values: { t } };
      expect((await call('POST', '/api/data', sent)).status).toBe(201);
    };
    const events = async () =>
      (await call('GET', `/api/alerts/${alertRule._id}/history`)).body.pagination.total as number;
    await point(-10, 20);
    await keep(1);
    await point(50, 1);
    await point(1440, 1);
    const before = await events();
    // Hot for 25 minutes; with the hidden points it would be an hour.
    await point(25, 20);
    expect(await events()).toBe(before);
  });
});
