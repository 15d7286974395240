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
