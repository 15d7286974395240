// npm test runs this on PostgreSQL too: each database reads points and rollups with SQL of its own.
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
