import { DataSource } from 'typeorm';
import { Writer } from '../../src/database/writer';
import { DailyRates } from '../../src/retention/daily-rates';
import { Source } from '../../src/sources/source.entity';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const DAY = 86_400_000;
const BUCKET_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this bucket');

let server: TestApp;
let key: string;
let hall: string;
let yard: string;
let ids: Record<string, string>;
beforeAll(async () => {
  server = await startApp();
  key = await makeOrganization(server, 'Sources');
  hall = await makeBucket(server, 'Hall', key);
  yard = await makeBucket(server, 'Yard', key);
  const foreign = await makeBucket(server, 'Foreign');
  await makeSource(foreign, 'Sensor of others', 'sensor', server.adminKey);
  const gone = await makeBucket(server, 'Gone', key);
  await makeSource(gone, 'Sensor of a deleted bucket');
  await call('DELETE', `/api/buckets/${gone}`);
  ids = {};
  for (const [name, bucketId, type] of SOURCES) ids[name] = await makeSource(bucketId(), name, type);
  await call('PATCH', `/api/buckets/${yard}/sources/${ids['Tür'] ?? ''}`, { status: 'archived' });
  const deleted = await makeSource(hall, 'Sensor 3');
  await call('DELETE', `/api/buckets/${hall}/sources/${deleted}`);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const SOURCES = [
  ['Sensor 10', () => hall, 'sensor'],
  ['sensor 2', () => yard, 'sensor'],
  ['Tür', () => yard, 'contact'],
  ['100% meter_1', () => hall, 'meter'],
] as const;
const ALL = SOURCES.map(([name]) => name);

const call = (method: string, path: string, body?: object, as = key) => server.call(method, path, { key: as, body });
async function makeSource(bucketId: string, name: string, type = 'sensor', as = key): Promise<string> {
  const schema = { temperature: 'number', mode: 'string' };
  const { status, body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name, type, schema }, as);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.dataSource._id as string;
}
async function store(bucketId: string, dataSourceId: string, points: readonly (readonly [number, object])[]) {
  const dataPoints = points.map(([timestamp, values]) => ({ dataSourceId, timestamp, values }));
  const { status, body } = await call('POST', '/api/data/batch', { bucketId, dataPoints });
  if (status !== 201) throw new Error(JSON.stringify(body));
}
async function names(path: string, as = key): Promise<string[]> {
  const { status, body } = await call('GET', path, undefined, as);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return (body.dataSources as { name: string }[]).map(({ name }) => name);
}

describe('GET /api/sources', () => {
  it('lists the data sources of all buckets, oldest first', async () => {
    const { body } = await call('GET', '/api/sources');
    expect(body.dataSources).toMatchObject(SOURCES.map(([name, bucketId]) => ({ name, bucketId: bucketId() })));
    expect(body.pagination).toEqual({ limit: 100, offset: 0, total: 4, hasMore: false });
  });

  it.each([
    ['sort=desc', ALL.toReversed()],
    ['sort=name', ['100% meter_1', 'sensor 2', 'Sensor 10', 'Tür']],
    ['sort=-name', ['Tür', 'Sensor 10', 'sensor 2', '100% meter_1']],
    ['q=SENSOR', ['Sensor 10', 'sensor 2']],
    [`q=${encodeURIComponent('TÜ')}`, ['Tür']],
    [`q=${encodeURIComponent('tu\u0308r')}`, ['Tür']],
    ['q=%25', ['100% meter_1']],
    ['q=_', ['100% meter_1']],
    ['q=', ALL],
    ['type=sensor', ['Sensor 10', 'sensor 2']],
    ['type=none', []],
    ['status=archived', ['Tür']],
    ['status=active&q=r&sort=desc', ['100% meter_1', 'sensor 2', 'Sensor 10']],
    ['limit=2&offset=1', ['sensor 2', 'Tür']],
    ['limit=2&offset=1&q=r', ['sensor 2', 'Tür']],
  ])('%s', async (query, expected) => {
    expect(await names(`/api/sources?${query}`)).toEqual(expected);
  });

  it('lists those of one bucket with bucketId, like the list of the bucket', async () => {
    for (const query of ['', '&q=R', '&sort=-name', '&type=contact', '&status=active&limit=1']) {
      const found = await names(`/api/sources?bucketId=${yard}${query}`);
      expect(found).toEqual(await names(`/api/buckets/${yard}/sources?${query}`));
    }
    expect(await names(`/api/buckets/${yard}/sources?sort=-name`)).toEqual(['Tür', 'sensor 2']);
    for (const id of [ABSENT_ID, await makeBucket(server)])
      expect(seen(await call('GET', `/api/sources?bucketId=${id}`))).toEqual(BUCKET_NOT_FOUND);
  });

  it('lists only the bucket of a Read or Write key, and only the data source that a key is bound to', async () => {
    const own = { ...server, adminKey: key };
    for (const type of ['read', 'write'] as const) {
      const { key: text } = await makeKey(own, yard, type);
      expect(await names('/api/sources', text)).toEqual(['sensor 2', 'Tür']);
      expect(await names('/api/sources?q=1', text)).toEqual([]);
      expect(seen(await call('GET', `/api/sources?bucketId=${hall}`, undefined, text))).toEqual(BUCKET_NOT_YOURS);
      const bound = (await makeKey(own, yard, type, { dataSourceId: ids['Tür'] })).key;
      for (const query of ['', '?sort=name', '?q=', '?include=stats'])
        expect(await names(`/api/sources${query}`, bound)).toEqual(['Tür']);
      const { body } = await call('GET', '/api/sources?sort=name', undefined, bound);
      expect(body.pagination.total).toBe(1);
    }
    const { key: writeOnly } = await makeKey(own, yard, 'write', { writeOnly: true });
    expect(seen(await call('GET', '/api/sources', undefined, writeOnly))).toEqual(
      refused(403, 'Forbidden', 'Write-only keys cannot read data'),
    );
  });

  it.each(['', 'sort=desc', 'sort=name', 'q=r', 'q=r&sort=-name'])(
    'continues after a row, and after one that was deleted, with "%s"',
    async (query) => {
      const all = await names(`/api/sources?${query}`);
      const idOf = (name: string) => ids[name] ?? '';
      for (const [index, name] of all.entries()) {
        const { body } = await call('GET', `/api/sources?${query}&limit=1&after=${idOf(name)}`);
        expect(body.dataSources).toMatchObject(all.slice(index + 1, index + 2).map((next) => ({ name: next })));
        const hasMore = index + 2 < all.length;
        expect(body.pagination).toEqual({ limit: 1, offset: 0, total: all.length, hasMore });
      }
      const extra = await makeSource(hall, 'Router');
      const more = await names(`/api/sources?${query}`);
      await call('DELETE', `/api/buckets/${hall}/sources/${extra}`);
      const behind = more.slice(more.indexOf('Router') + 1);
      expect(await names(`/api/sources?${query}&after=${extra}`)).toEqual(behind);
    },
  );

  it.each([
    ['sort=up', "sort must be 'asc', 'desc', 'name' or '-name'"],
    ['status=off', "status must be 'active' or 'archived'"],
    ['include=points', "include must be 'stats'"],
    ['bucketId=1', 'Invalid bucket ID format'],
    ['state=ok', 'Unknown query parameter: state'],
    [`q=${'x'.repeat(101)}`, 'q must be a string of up to 100 characters'],
    [
      `sort=name&after=${ABSENT_ID}`,
      'after must be the _id of an entry of this list, or of one that was deleted from it',
    ],
  ])('refuses %s', async (query, message) => {
    expect(await call('GET', `/api/sources?${query}`)).toMatchObject({ status: 400, body: { message } });
  });
});

describe('?include=stats of data sources', () => {
  it('tells the number of points, the first and the last one, and its values', async () => {
    const now = Date.now();
    const source = await makeSource(hall, 'Counted');
    await store(hall, source, [
      [now - 2 * DAY, { temperature: 1, mode: 'a' }],
      [now - 1000, { temperature: 3 }],
      [now - DAY, { temperature: 2 }],
    ]);
    const { body } = await call('GET', `/api/sources?bucketId=${hall}&include=stats&sort=desc&limit=2`);
    const [counted, empty] = body.dataSources as { name: string; stats: object }[];
    const time = (millis: number) => new Date(millis).toISOString();
    expect([counted?.name, counted?.stats]).toEqual([
      'Counted',
      {
        dataPointCount: 3,
        firstDataAt: time(now - 2 * DAY),
        lastDataAt: time(now - 1000),
        latest: { timestamp: time(now - 1000), values: { temperature: 3 } },
      },
    ]);
    expect(empty?.stats).toEqual({ dataPointCount: 0, firstDataAt: null, lastDataAt: null, latest: null });
    const [without] = (await call('GET', `/api/buckets/${hall}/sources?sort=desc`)).body.dataSources as object[];
    expect(without).not.toHaveProperty('stats');
    await call('DELETE', `/api/buckets/${hall}/sources/${source}`);
  });

  it('counts only visible points, for sources of buckets with different retention', async () => {
    const now = Date.now();
    const points = [0, 1, 2, 3, 10, 20].map((days) => [now - days * DAY - 60_000, { temperature: days }] as const);
    const expected: (readonly [string, number, number])[] = [];
    for (const [days, visible, oldest] of [
      [null, 6, 20],
      [15, 5, 10],
      [2, 2, 1],
    ] as const) {
      const bucketId = await makeBucket(server, `Kept ${days}`, key);
      for (const name of ['one', 'two'].map((one) => `Kept ${days} ${one}`)) {
        await store(bucketId, await makeSource(bucketId, name), points);
        expected.push([name, visible, oldest]);
      }
      await call('PATCH', `/api/buckets/${bucketId}`, { retentionDays: days });
    }
    const { body } = await call('GET', '/api/sources?include=stats&q=kept');
    const found = body.dataSources as { name: string; stats: { dataPointCount: number; firstDataAt: string } }[];
    const daysAgo = (time: string) => Math.floor((now - Date.parse(time)) / DAY);
    expect(found.map(({ name, stats }) => [name, stats.dataPointCount, daysAgo(stats.firstDataAt)])).toEqual(expected);

    const listed = (await call('GET', '/api/buckets?include=stats&q=kept')).body.buckets as { stats: object }[];
    // Two sources with 4 points in the last 7 days, or 2 in the last 2 days.
    expect(listed.map(({ stats }) => stats)).toMatchObject([
      { dataSourceCount: 2, dataPointCount: 12, dataPointsPerDay: 1 },
      { dataSourceCount: 2, dataPointCount: 10, dataPointsPerDay: 1 },
      { dataSourceCount: 2, dataPointCount: 4, dataPointsPerDay: 2 },
    ]);
  });
});

describe('DailyRates', () => {
  it('reuses a rate only as long as its sum was slow, at most for a minute', async () => {
    const bucketId = await makeBucket(server, 'Rated', key);
    const sourceId = await makeSource(bucketId, 'Rated');
    const { manager } = server.app.get(DataSource);
    const { number } = await manager.findOneByOrFail(Source, { id: sourceId });
    const rates = new DailyRates();
    const addPoints = (index: number) =>
      store(
        bucketId,
        sourceId,
        Array.from({ length: 70 }, (_, minute) => [Date.now() - (index * 100 + minute) * 1000, { temperature: 1 }]),
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
      const dataPoints = ids.map((dataSourceId) => ({ dataSourceId, timestamp, values: { t: 1 } }));
      expect((await call('POST', '/api/data/batch', { bucketId, dataPoints })).status).toBe(201);
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
    const [one, two] = [await makeSource(full, 'One', 'x', own), await makeSource(full, 'Two', 'x', own)];
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
