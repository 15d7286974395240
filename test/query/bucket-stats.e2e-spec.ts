import { DataSource } from 'typeorm';
import { Writer } from '../../src/database/writer';
import { DailyRates } from '../../src/retention/daily-rates';
import { Source } from '../../src/sources/source.entity';
import { makeBucket, makeOrganization, makeSource } from '../support/make';
import { seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const DAY = 86_400_000;
const SCHEMA = { temperature: 'number' };

let server: TestApp;
let key: string;
beforeAll(async () => {
  server = await startApp();
  key = await makeOrganization(server, 'Stats of buckets');
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const call = (method: string, path: string, body?: object, as = key) => server.call(method, path, { key: as, body });
async function store(bucketId: string, dataPoints: readonly object[]): Promise<void> {
  expect((await call('POST', '/api/data/batch', { bucketId, dataPoints })).status).toBe(201);
}

describe('DailyRates', () => {
  it('reuses a rate only as long as its sum was slow, at most for a minute', async () => {
    const bucketId = await makeBucket(server, 'Rated', key);
    const sourceId = await makeSource({ ...server, adminKey: key }, bucketId, 'Rated', SCHEMA);
    const { manager } = server.app.get(DataSource);
    const { number } = await manager.findOneByOrFail(Source, { id: sourceId });
    const rates = new DailyRates();
    const addPoints = (index: number) =>
      store(
        bucketId,
        Array.from({ length: 70 }, (_, minute) => ({
          dataSourceId: sourceId,
          timestamp: Date.now() - (index * 100 + minute) * 1000,
          values: { temperature: 1 },
        })),
      );
    const bucket = { id: bucketId, retentionDays: null, visibleFrom: 0, latestTimes: new Map([[number, Date.now()]]) };
    let now = 1_000_000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    const rateAfter = (cost: number) =>
      rates.of(manager, bucket, Date.now(), async () => {
        now += cost;
        return Promise.resolve();
      });
    await addPoints(0);
    expect(await rateAfter(4)).toBe(10);
    await addPoints(1);
    expect(await rateAfter(100)).toBe(20);
    await addPoints(2);
    expect(await rateAfter(0)).toBe(20);
    now += 1999;
    expect(await rateAfter(0)).toBe(20);
    now += 2;
    expect(await rateAfter(10_000)).toBe(30);
    await addPoints(3);
    now += 60_001;
    expect(await rateAfter(10_000)).toBe(40);
    expect(await rates.of(manager, { ...bucket, retentionDays: 2 }, Date.now(), async () => Promise.resolve())).toBe(
      140,
    );
  });
});

describe('dataPointsPerDay', () => {
  it('is estimated from 250 of many active data sources, and leaves out those without recent points', async () => {
    server.app.get(Writer).liftDeadlines();
    const bucketId = await makeBucket(server, 'Many', key);
    const create = async (count: number, name: string) => {
      const sources = Array.from({ length: count }, (_, index) => ({
        name: `${name} ${index}`,
        schema: { t: 'number' },
      }));
      const { body } = await call('POST', `/api/buckets/${bucketId}/sources/bulk`, { sources });
      return (body.dataSources as { _id: string }[]).map(({ _id }) => _id);
    };
    const active = await create(500, 'Active');
    const idle = await create(100, 'Idle');
    const now = Date.now();
    const storeIn = async (ids: readonly string[], timestamp: number) => {
      await store(
        bucketId,
        ids.map((dataSourceId) => ({ dataSourceId, timestamp, values: { t: 1 } })),
      );
    };
    for (let hour = 0; hour < 7; hour++) await storeIn(active, now - hour * 3_600_000);
    await storeIn(idle, now - 8 * DAY);
    const { body } = await call('GET', '/api/buckets?include=stats&q=many');
    expect(body.buckets[0].stats).toMatchObject({ dataSourceCount: 600, dataPointCount: 3600, dataPointsPerDay: 500 });
  });
});

describe('GET /api/buckets', () => {
  it('tells what each bucket has with include=stats', async () => {
    const own = await makeOrganization(server, 'Stats');
    const full = await makeBucket(server, 'Full', own);
    await makeBucket(server, 'Empty', own);
    const now = Date.now();
    const asOwn = { ...server, adminKey: own };
    const [one, two] = [await makeSource(asOwn, full, 'One', SCHEMA), await makeSource(asOwn, full, 'Two', SCHEMA)];
    const points = Array.from({ length: 70 }, (_, index) => ({
      dataSourceId: index % 2 === 0 ? one : two,
      timestamp: now - 1000 - index * 3_600_000,
      values: { temperature: index },
    }));
    const older = { dataSourceId: one, timestamp: now - 8 * DAY, values: { temperature: 1 } };
    await call('POST', '/api/data/batch', { bucketId: full, dataPoints: [...points, older] }, own);
    const { body } = await call('GET', '/api/buckets?include=stats', undefined, own);
    const [first, second] = body.buckets as { stats: { storageBytes: number } }[];
    expect(first?.stats).toEqual({
      dataSourceCount: 2,
      dataPointCount: 71,
      storageBytes: expect.any(Number),
      lastDataAt: new Date(now - 1000).toISOString(),
      dataPointsPerDay: 10,
    });
    expect(first?.stats.storageBytes).toBeGreaterThan(0);
    expect(second?.stats).toEqual({
      ...{ dataSourceCount: 0, dataPointCount: 0, storageBytes: 0, lastDataAt: null, dataPointsPerDay: 0 },
    });
    expect((await call('GET', '/api/buckets', undefined, own)).body.buckets[0]).not.toHaveProperty('stats');
  });

  it('searches, filters and sorts', async () => {
    const own = await makeOrganization(server, 'Search');
    const made: string[] = [];
    for (const name of ['Haus 10', 'haus 2', 'Übrige']) made.push(await makeBucket(server, name, own));
    await call('PATCH', `/api/buckets/${made[1] ?? ''}`, { status: 'archived' }, own);
    const listed = async (query: string) => {
      const { body } = await call('GET', `/api/buckets?${query}`, undefined, own);
      return (body.buckets as { name: string }[]).map(({ name }) => name);
    };
    expect(await listed('q=HAUS')).toEqual(['Haus 10', 'haus 2']);
    expect(await listed(`q=${encodeURIComponent('ÜBR')}`)).toEqual(['Übrige']);
    expect(await listed('status=archived')).toEqual(['haus 2']);
    expect(await listed('sort=name')).toEqual(['haus 2', 'Haus 10', 'Übrige']);
    expect(await listed('sort=desc')).toEqual(['Übrige', 'haus 2', 'Haus 10']);
    expect(await listed(`sort=name&after=${made[1] ?? ''}&limit=1`)).toEqual(['Haus 10']);
    const refusedSort = await call('GET', '/api/buckets?sort=lastUsedAt', undefined, own);
    expect(seen(refusedSort).body).toMatchObject({ message: "sort must be 'asc', 'desc', 'name' or '-name'" });
  });
});
