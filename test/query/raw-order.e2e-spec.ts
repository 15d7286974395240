import { PointStore } from '../../src/points/point-store';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const START = Date.UTC(2024, 0, 15);
const START_TIME = '2024-01-15T00:00:00Z';

let server: TestApp;
let bucketId: string;
let read: string;
let sources: string[];
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  read = (await makeKey(server, bucketId, 'read')).key;
  sources = [await makeSource(server, bucketId, 'Cellar'), await makeSource(server, bucketId, '=Attic')];
  const dataPoints = Array.from({ length: 600 }, (_, index) => ({
    dataSourceId: sources[index % 2],
    // Three points share each time, so that pages end between them.
    timestamp: START + Math.floor(index / 3) * 1000,
    values: { t: index },
    metadata: { n: index },
  }));
  const { status } = await server.call('POST', '/api/data/batch', {
    key: server.adminKey,
    body: { bucketId, dataPoints },
  });
  expect(status).toBe(201);
});
afterAll(() => server.stop());

const ask = async (body: object) =>
  server.call('POST', '/api/data/query', { key: read, body: { downsampling: false, ...body } });
interface Row {
  readonly values: { readonly t: number };
  readonly timestamp: string;
}
const times = (rows: readonly Row[]) => rows.map(({ timestamp }) => timestamp);

/** All rows, page by page, with the same filters. */
async function pages(filters: object, limit = 70): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
    const { body } = await ask({ filters: { ...filters, limit, ...(cursor && { cursor }) } });
    rows.push(...(body.data as Row[]));
    cursor = body.metadata.nextCursor as string | undefined;
  }
  return rows;
}

describe('raw rows', () => {
  it.each([
    ['newest first without startTime', {}, true],
    ['newest first with endTime alone', { endTime: '2024-02-01T00:00:00Z' }, true],
    ['oldest first with startTime', { startTime: START_TIME }, false],
    ['in the order that sort names', { sort: 'asc' }, false],
    ['in the order that sort names, whatever startTime says', { startTime: START_TIME, sort: 'desc' }, true],
  ])('are sorted %s, on every page', async (_, filters, isNewestFirst) => {
    const rows = await pages(filters);
    expect(new Set(rows.map(({ values }) => values.t)).size).toBe(600);
    expect(rows).toHaveLength(600);
    const ascending = times(isNewestFirst ? [...rows].reverse() : rows);
    expect(ascending).toEqual([...ascending].sort());
    const one = await ask({ filters: { ...filters, limit: 600 } });
    expect(one.body.data).toEqual(rows);
  });

  it('continue in the direction of the page of the cursor, with any other filters', async () => {
    const { body } = await ask({ filters: { limit: 10 } });
    const cursor = body.metadata.nextCursor as string;
    const same = await ask({ filters: { limit: 5, cursor } });
    const withStart = await ask({ filters: { limit: 5, cursor, startTime: START_TIME } });
    expect(withStart.body.data).toEqual(same.body.data);
    const ascending = await ask({ filters: { limit: 10, startTime: START_TIME } });
    const onward = await ask({ filters: { limit: 5, cursor: ascending.body.metadata.nextCursor as string } });
    expect(onward.body.data[0].values.t).toBeGreaterThan(ascending.body.data.at(-1).values.t - 3);
  });

  it('accept a cursor of an older version, which is ascending', async () => {
    const { body } = await ask({ filters: { limit: 10, sort: 'asc' } });
    const old = (body.metadata.nextCursor as string).replace(/\.a$/, '');
    const [next, known] = await Promise.all(
      [old, body.metadata.nextCursor as string].map((cursor) => ask({ filters: { cursor, limit: 10 } })),
    );
    expect(next?.body.data).toEqual(known?.body.data);
  });

  it('do not shift if points arrive after the first page', async () => {
    const first = await ask({ filters: { limit: 10 } });
    const before = await ask({ filters: { limit: 10, cursor: first.body.metadata.nextCursor as string } });
    const point = { bucketId, dataSourceId: sources[0], timestamp: START + 1e7, values: { t: 1000 } };
    expect((await server.call('POST', '/api/data', { key: server.adminKey, body: point })).status).toBe(201);
    const after = await ask({ filters: { limit: 10, cursor: first.body.metadata.nextCursor as string } });
    expect(after.body.data).toEqual(before.body.data);
    const range = { bucketId, startTime: new Date(START + 1e7), endTime: new Date(START + 1e7 + 1) };
    await server.call('DELETE', '/api/data', { key: server.adminKey, body: range });
  });

  it('are grouped oldest first', async () => {
    const { body } = await ask({ downsampling: true });
    expect(body.metadata).toMatchObject({ downsamplingApplied: true, groupBy: 'minute' });
    expect(times(body.data)).toEqual(times(body.data).sort());
  });
});

describe('include: ["names"]', () => {
  it.each([
    ['raw rows', {}],
    ['groups', { aggregation: 'avg', groupBy: 'minute' }],
  ])('adds the name of the data source to %s', async (_, wish) => {
    const { body: plain } = await ask({ ...wish, filters: { limit: 20 } });
    const { body: named } = await ask({ ...wish, filters: { limit: 20 }, include: ['names'] });
    const nameOf = (id: string) => (id === sources[0] ? 'Cellar' : '=Attic');
    expect(named).toEqual({
      ...plain,
      data: plain.data.map((row: { dataSourceId: string }) => ({ ...row, dataSource: nameOf(row.dataSourceId) })),
    });
    expect(named.data).toHaveLength(named.metadata.count as number);
    expect(new Set(named.data.map((row: { dataSource: string }) => row.dataSource))).toEqual(
      new Set(['Cellar', '=Attic']),
    );
  });

  it.each([
    ['', {}, '_id,timestamp,dataSourceId,dataSource,t,metadata', '=Attic'],
    ['?excel=1', { aggregation: 'avg' }, 'timestamp,dataSourceId,dataSource,count,t', "'=Attic"],
  ])('adds a column to CSV%s', async (query, wish, head, name) => {
    const csv = await server.call('POST', `/api/data/query${query}`, {
      key: read,
      body: { downsampling: false, ...wish, include: ['names'], filters: { dataSourceId: sources[1] } },
      headers: { Accept: 'text/csv' },
    });
    const [first, second] = (csv.body as string).split('\n');
    expect([first, second?.split(',')[head.split(',').indexOf('dataSource')]]).toEqual([head, name]);
  });

  it('works with latest', async () => {
    for (const mode of ['points', 'fields']) {
      const { body } = await server.call('GET', `/api/data/latest?include=names&mode=${mode}`, { key: read });
      expect(body.data.map((row: { dataSource: string }) => row.dataSource)).toEqual(['Cellar', '=Attic']);
    }
  });

  it.each([['names'], [['colours']], [[]], [{}]])(
    'refuses %j where it is not a list of known words',
    async (include) => {
      const isNothing = Array.isArray(include) && include.length === 0;
      const answer = await ask({ include });
      if (isNothing) expect(answer.body.data[0]).not.toHaveProperty('dataSource');
      else expect(seen(answer)).toEqual(refused(400, 'Validation Error', "include must be a list of 'names'"));
    },
  );
});

describe('GET /api/data/latest?mode=fields', () => {
  const latest = async (query: string) =>
    server.call('GET', `/api/data/latest?bucketId=${bucketId}&mode=fields${query}`, { key: server.adminKey });

  async function sparse(): Promise<{ id: string; send: (points: readonly object[]) => Promise<unknown> }> {
    const schema = { level: 'number', door: 'boolean', note: 'string', never: 'number' };
    const path = `/api/buckets/${bucketId}/sources`;
    const { body } = await server.call('POST', path, { key: server.adminKey, body: { name: 'Sparse', schema } });
    const id = body.dataSource._id as string;
    const send = async (points: readonly object[]) => {
      const dataPoints = points.map((point) => ({ dataSourceId: id, ...point }));
      const answer = await server.call('POST', '/api/data/batch', {
        key: server.adminKey,
        body: { bucketId, dataPoints },
      });
      expect(answer.status).toBe(201);
    };
    return { id, send };
  }
  const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

  it('returns the last value of each field with its time, also if later points lack the field', async () => {
    const { id, send } = await sparse();
    await send([
      { timestamp: at(0), values: { door: true, note: 'a' } },
      { timestamp: at(86_400 * 100), values: { door: false } },
      { timestamp: at(86_400 * 200), values: { level: 0 } },
      { timestamp: at(86_400 * 150), values: { level: 7 } },
    ]);
    const expected = {
      dataSourceId: id,
      timestamp: at(86_400 * 200),
      values: {
        level: { value: 0, timestamp: at(86_400 * 200) },
        door: { value: false, timestamp: at(86_400 * 100) },
        note: { value: 'a', timestamp: at(0) },
      },
    };
    expect((await latest(`&dataSourceId=${id}`)).body).toEqual({ data: [expected] });
    // A replaced point, a deleted point, and a point with the same time and other metadata.
    await send([
      { timestamp: at(0), values: { note: 'b' }, metadata: { device: 2 } },
      { timestamp: at(86_400 * 100), values: { door: true } },
    ]);
    const gone = { bucketId, dataSourceId: id, startTime: at(86_400 * 180), endTime: at(86_400 * 300) };
    await server.call('DELETE', '/api/data', { key: server.adminKey, body: gone });
    expect((await latest(`&dataSourceId=${id}`)).body.data[0]).toMatchObject({
      timestamp: at(86_400 * 150),
      values: { level: { value: 7 }, door: { value: true }, note: { value: 'b', timestamp: at(0) } },
    });
  });

  it('leaves out expired values, also within the rollup window of the expiry', async () => {
    const { id, send } = await sparse();
    const ago = (millis: number) => new Date(Date.now() - millis).toISOString();
    const DAY = 86_400_000;
    await send([
      { timestamp: ago(30 * DAY), values: { note: 'hidden' } },
      { timestamp: ago(7 * DAY + 1000), values: { door: true, level: 1 } },
      { timestamp: ago(7 * DAY - 60_000), values: { level: 2 } },
    ]);
    const keep = (retentionDays: number | null) =>
      server.call('PATCH', `/api/buckets/${bucketId}`, { key: server.adminKey, body: { retentionDays } });
    await keep(7);
    const { values } = (await latest(`&dataSourceId=${id}`)).body.data[0];
    await keep(null);
    expect(values).toEqual({ level: { value: 2, timestamp: expect.any(String) } });
    expect(Object.keys((await latest(`&dataSourceId=${id}`)).body.data[0].values)).toHaveLength(3);
  });

  it('returns all fields of a wide source without reading its points', async () => {
    const schema = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, 'number']));
    const path = `/api/buckets/${bucketId}/sources`;
    const { body } = await server.call('POST', path, { key: server.adminKey, body: { name: 'Wide', schema } });
    const dataSourceId = body.dataSource._id as string;
    const dataPoints = Array.from({ length: 100 }, (_, index) => ({
      dataSourceId,
      timestamp: at(index * 3600),
      values: { [`f${index}`]: index, f0: -index },
    }));
    await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
    const read = jest.spyOn(server.app.get(PointStore), 'read');
    const [row] = (await latest(`&dataSourceId=${dataSourceId}`)).body.data;
    expect(read).not.toHaveBeenCalled();
    jest.restoreAllMocks();
    expect(Object.entries(row.values)).toHaveLength(100);
    for (let index = 1; index < 100; index++)
      expect(row.values[`f${index}`]).toEqual({ value: index, timestamp: at(index * 3600) });
    expect(row.values.f0).toEqual({ value: -99, timestamp: at(99 * 3600) });
  });

  it.each([
    ['&mode=all', "mode must be 'points' or 'fields'"],
    ['&include=all', "include must be 'names'"],
    ['&include=all&include=names', "include must be 'names'"],
  ])('rejects %s', async (query, message) => {
    const answer = await server.call('GET', `/api/data/latest?bucketId=${bucketId}${query}`, { key: server.adminKey });
    expect(seen(answer)).toEqual(refused(400, 'Validation Error', message));
  });
});
