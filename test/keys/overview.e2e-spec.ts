import { Usage } from '../../src/api-keys/usage/usage.service';
import { makeBucket, makeKey, makeOrganization, makeSource } from '../support/make';
import { refused, seen } from '../support/refusals';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

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
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, key = keys.write) =>
  server.call(method, path, { key, body });
const at = (millis: number) => jest.spyOn(Date, 'now').mockReturnValue(millis);

describe('GET /api/analytics/overview', () => {
  const overview = (key: string, query = '') => call('GET', `/api/analytics/overview${query}`, undefined, key);
  const lastDays = (...counts: readonly number[]) =>
    Array.from({ length: 7 }, (_, index) => ({
      day: new Date(Date.now() - (6 - index) * DAY).toISOString().slice(0, 10),
      dataPoints: counts[counts.length - 7 + index] ?? 0,
    }));

  it('counts what the organization has and does, and excludes other organizations', async () => {
    const key = await makeOrganization(server, 'Own');
    expect((await overview(key)).body.overview).toEqual({
      organization: { _id: expect.stringMatching(/^[0-9a-f]{24}$/), name: 'Own' },
      totals: { buckets: 0, dataSources: 0, dataPoints: 0, alertRules: 0, apiKeys: 1 },
      usage: {
        apiCallsThisMonth: expect.any(Number),
        storageUsedBytes: expect.any(Number),
        storageUsedFormatted: expect.stringMatching(/^[\d.]+ (B|KB|MB|GB)$/),
      },
      recentActivity: {
        lastDataIngestion: null,
        lastAlertTriggered: null,
        dataPointsLast24h: 0,
        alertsTriggeredLast24h: 0,
        silentDataSources: 0,
      },
      webhooks: { failing: 0, switchedOff: 0, deliveriesFailedLast24h: 0 },
    });

    const bucket = (await server.call('POST', '/api/buckets', { key, body: { name: 'B' } })).body.bucket._id as string;
    const { body } = await server.call('POST', `/api/buckets/${bucket}/sources`, {
      key,
      body: { name: 'S', schema: { temperature: 'number' } },
    });
    const now = Date.now();
    const dataPoints = [now - 3 * DAY, now - DAY + 60_000, now - HOUR, now - 60_000].map((timestamp) => ({
      dataSourceId: body.dataSource._id,
      timestamp,
      values: { temperature: 1 },
    }));
    await server.call('POST', '/api/data/batch', { key, body: { bucketId: bucket, dataPoints } });
    const before = await overview(key);
    await server.app.get(Usage).flush();
    const { totals, usage, recentActivity } = (await overview(key)).body.overview;
    expect(totals).toEqual({ buckets: 1, dataSources: 1, dataPoints: 4, alertRules: 0, apiKeys: 1 });
    expect(recentActivity.dataPointsLast24h).toBe(3);
    expect(Date.parse(recentActivity.lastDataIngestion as string)).toBeGreaterThanOrEqual(now);
    expect(before.body.overview.totals).toEqual(totals);
    // The bucket, the source, the batch, and three overviews, of which the last one is not written yet.
    expect(usage.apiCallsThisMonth).toBe(6);
  });

  it('counts the points of each day, and the data sources that fell silent', async () => {
    const key = await makeOrganization(server, 'Days');
    const made = await server.call('POST', '/api/buckets', { key, body: { name: 'B' } });
    const own = made.body.bucket._id as string;
    const start = NOW - 4 * DAY;
    at(start);
    const send = async (name: string, ages: readonly number[]) => {
      const path = `/api/buckets/${own}/sources`;
      const { body } = await server.call('POST', path, { key, body: { name, schema: { t: 'number' } } });
      const dataSourceId = body.dataSource._id as string;
      const dataPoints = ages.map((age) => ({ dataSourceId, values: { t: 1 }, timestamp: Date.now() - age }));
      if (ages.length > 0) await server.call('POST', '/api/data/batch', { key, body: { bucketId: own, dataPoints } });
      return dataSourceId;
    };
    await send('Quiet', [0, HOUR, 2 * DAY, 40 * DAY]);
    await send('Never', []);
    const archived = await send('Archived', [0]);
    await server.call('PATCH', `/api/buckets/${own}/sources/${archived}`, { key, body: { status: 'archived' } });
    at(NOW);
    await send('Lively', [60_000, 11 * HOUR]);
    expect((await overview(key, '?include=weeks')).body.message).toBe("include must be 'days'");
    const { recentActivity } = (await overview(key, '?include=days')).body.overview;
    expect(recentActivity).toMatchObject({ silentDataSources: 1, dataPointsLast24h: 2 });
    expect(recentActivity.dataPointsPerDay).toEqual(lastDays(1, 0, 3, 0, 0, 1, 1));
    const daysOf = async (query: string) => (await overview(key, query)).body.overview.recentActivity.dataPointsPerDay;
    expect(await daysOf('?include=days&days=2')).toEqual(lastDays(1, 0, 3, 0, 0, 1, 1).slice(-2));
    const most = await daysOf('?include=days&days=90');
    expect([most.length, most.reduce((sum: number, day: { dataPoints: number }) => sum + day.dataPoints, 0)]).toEqual([
      90, 7,
    ]);
    expect(await daysOf('?days=30')).toBeUndefined();
    expect((await overview(key, '?include=days&days=91')).body.message).toBe(
      'days must be a whole number from 1 to 90',
    );
  });

  it('counts from the first day of the month in UTC', async () => {
    const key = await makeOrganization(server, 'Months');
    const getOverview = async (millis: number) => {
      at(millis);
      const calls = (await overview(key)).body.overview.usage.apiCallsThisMonth as number;
      jest.restoreAllMocks();
      await server.app.get(Usage).flush(millis);
      return calls;
    };
    const first = Date.UTC(2040, 1, 1);
    // Each overview counts itself.
    expect(await getOverview(first - 1)).toBe(1);
    expect(await getOverview(first - 1)).toBe(2);
    expect(await getOverview(first)).toBe(1);
    expect(await getOverview(first + 5 * DAY)).toBe(2);
    expect(await getOverview(first + 20 * DAY)).toBe(3);
  });

  it('divides the size of the database by the points of each organization', async () => {
    const body = { dataSourceId: await makeSource(server, bucketId), values: { t: 1 } };
    expect((await call('POST', '/api/data', body)).status).toBe(201);
    const bytes = (await overview(server.adminKey)).body.overview.usage.storageUsedBytes as number;
    const empty = await makeOrganization(server, 'Empty');
    expect((await overview(empty)).body.overview.usage.storageUsedBytes).toBe(0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(ON_POSTGRES ? 50_000_000 : 10_000_000);
  });

  it('requires an Admin key', async () => {
    expect(seen(await overview(keys.read))).toEqual(
      refused(403, 'Forbidden', 'Only Admin keys can access organization analytics'),
    );
  });
});
