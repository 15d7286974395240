import fc from 'fast-check';
import { makeBucket, makeKey } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const START = Date.parse('2024-03-30T12:00:00Z');
const MINUTE = 60_000;
const POINTS = 240;

interface Row {
  readonly _id?: string;
  readonly dataSourceId: string;
  readonly dataSource?: string;
  readonly timestamp: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly metadata?: unknown;
  readonly count?: number;
}

let server: TestApp;
let bucketId: string;
let read: string;
let ids: string[];
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  read = (await makeKey(server, bucketId, 'read')).key;
  ids = [];
  for (const [name, schema] of [
    ['Full', { t: 'number', h: 'number', state: 'string', on: 'boolean' }],
    ['Sparse', { t: 'number', state: 'string' }],
    ['Late', { t: 'number', on: 'boolean' }],
    ['Empty', { t: 'number' }],
  ] as const) {
    const made = await post(`/api/buckets/${bucketId}/sources`, { name, schema }, server.adminKey);
    ids.push(made.body.dataSource._id as string);
  }
  const [full, sparse, late] = ids;
  const dataPoints = Array.from({ length: POINTS }, (_, index) => {
    const timestamp = START + index * 7 * MINUTE;
    const metadata = { device: `d${index % 3}` };
    const all = [
      {
        ...{ dataSourceId: full, timestamp, metadata },
        values: {
          t: index / 3,
          ...(index % 5 > 0 && { h: index }),
          ...(index % 11 === 0 && { state: `"${index}" ü` }),
        },
      },
      ...(index % 17 === 0 ? [{ dataSourceId: sparse, timestamp, values: { t: -index, state: 'open' } }] : []),
      ...(index > 200 ? [{ dataSourceId: late, timestamp, values: { on: index % 2 === 0 } }] : []),
    ];
    return all;
  }).flat();
  const { status } = await post('/api/data/batch', { bucketId, dataPoints }, server.adminKey);
  expect(status).toBe(201);
});
afterAll(() => server.stop());

const post = (path: string, body: unknown, key = read, headers: Record<string, string> = {}) =>
  server.call('POST', path, { key, body, headers });
const query = (body: object, headers?: Record<string, string>) => post('/api/data/query', body, read, headers);

/** What an answer in columns must be, from the same answer in rows. */
function inColumns(rows: readonly Row[]): object[] {
  const bySource = new Map<string, Row[]>();
  for (const row of rows) bySource.set(row.dataSourceId, [...(bySource.get(row.dataSourceId) ?? []), row]);
  return [...bySource].map(([dataSourceId, own]) => {
    const first = own[0] as Row;
    const names = [...new Set(own.flatMap(({ values }) => Object.keys(values)))];
    return {
      dataSourceId,
      ...(first.dataSource !== undefined && { dataSource: first.dataSource }),
      ...(first._id !== undefined && { ids: own.map(({ _id }) => _id) }),
      timestamps: own.map(({ timestamp }) => Date.parse(timestamp)),
      ...(first.count !== undefined && { counts: own.map(({ count }) => count) }),
      values: Object.fromEntries(names.map((name) => [name, columnOf(own, name)])),
      ...(own.some(({ metadata }) => metadata) && { metadata: own.map(({ metadata }) => metadata ?? null) }),
    };
  });
}

function columnOf(rows: readonly Row[], name: string): unknown {
  const cells = rows.map(({ values }) => values[name] ?? null) as readonly (Record<string, unknown> | null)[];
  if (!cells.some((cell) => typeof cell === 'object' && cell !== null)) return cells;
  const aggregations = new Set(cells.flatMap((cell) => Object.keys(cell ?? {})));
  return Object.fromEntries([...aggregations].map((one) => [one, cells.map((cell) => cell?.[one] ?? null)]));
}

const AGGREGATIONS = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'median', 'p95', 'stddev'];
const page = {
  sort: fc.constantFrom('asc', 'desc'),
  limit: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3000 })),
  startTime: fc.constantFrom(START, START + 100 * MINUTE, START + 1200 * MINUTE),
  endTime: fc.constantFrom(START + 1201 * MINUTE, START + POINTS * 7 * MINUTE),
};
const some = { fields: fc.option(fc.subarray(['t', 'h', 'state', 'on'], { minLength: 1 }), { nil: undefined }) };
const filtered = {
  sources: fc.option(fc.subarray([0, 1, 2, 3], { minLength: 1 }), { nil: undefined }),
  metadata: fc.constantFrom(undefined, { device: 'd1' }),
  include: fc.constantFrom(undefined, ['names']),
};
const groups = fc.record({
  ...{ ...page, ...filtered },
  offset: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 })),
  aggregation: fc.oneof(
    fc.constantFrom(...AGGREGATIONS),
    fc.subarray(AGGREGATIONS, { minLength: 1, maxLength: 4 }),
    fc.constant(undefined),
  ),
  groupBy: fc.constantFrom('15m', '1h', '6h', 'day', '40s'),
  timezone: fc.constantFrom(undefined, 'Europe/Berlin'),
  fill: fc.constantFrom(undefined, 'none', 'null', 'previous', 'linear'),
});
const points = fc.record({ ...{ ...page, ...some, ...filtered }, downsampling: fc.boolean() });

const NUM_RUNS = ON_POSTGRES ? 30 : 80;

function toBody({ sources, fields, metadata, sort, limit, offset, startTime, endTime, ...others }: any): object {
  const dataSourceIds = (sources as number[] | undefined)?.map((index) => ids[index]);
  return { filters: { dataSourceIds, fields, metadata, sort, limit, offset, startTime, endTime }, ...others } as object;
}

async function expectSame(body: object): Promise<void> {
  const [rows, columns] = [await query(body), await query({ ...body, format: 'columns' })];
  expect(columns.status).toBe(rows.status);
  // A field that none of the data sources has.
  if (rows.status === 400) expect(columns.body).toEqual(rows.body);
  else expect(columns.body).toEqual({ data: inColumns(rows.body.data as Row[]), metadata: rows.body.metadata });
}

describe('POST /api/data/query with format columns', () => {
  it('has the groups of rows, with any options', async () => {
    await fc.assert(
      fc.asyncProperty(groups, (wish) => expectSame(toBody(wish))),
      { numRuns: NUM_RUNS },
    );
  });

  it('has the raw points of rows, with any options', async () => {
    await fc.assert(
      fc.asyncProperty(points, (wish) => expectSame(toBody(wish))),
      { numRuns: NUM_RUNS },
    );
  });

  it('has one entry for each data source, and null where a row has no value', async () => {
    const { body } = await query({
      filters: { dataSourceIds: ids.slice(0, 2), startTime: START, endTime: START + 35 * MINUTE, fields: ['t', 'h'] },
      ...{ aggregation: ['last', 'count'], groupBy: '15m', format: 'columns', include: ['names'] },
    });
    expect(body).toEqual({
      data: [
        {
          ...{ dataSourceId: ids[0], dataSource: 'Full', timestamps: [START, START + 15 * MINUTE], counts: [3, 2] },
          values: { t: { last: [2 / 3, 4 / 3], count: [3, 2] }, h: { last: [2, 4], count: [2, 2] } },
        },
        {
          ...{ dataSourceId: ids[1], dataSource: 'Sparse', timestamps: [START], counts: [1] },
          values: { t: { last: [0], count: [1] } },
        },
      ],
      metadata: {
        ...{ count: 3, hasMore: false, downsamplingApplied: false },
        ...{ aggregation: ['last', 'count'], groupBy: '15m' },
      },
    });
    const raw = await query({
      filters: { dataSourceId: ids[0], startTime: START, limit: 2 },
      ...{ downsampling: false, format: 'columns' },
    });
    expect(raw.body.data).toEqual([
      {
        ...{ dataSourceId: ids[0], ids: [expect.any(String), expect.any(String)] },
        ...{ timestamps: [START, START + 7 * MINUTE], values: { t: [0, 1 / 3], state: ['"0" ü', null], h: [null, 1] } },
        metadata: [{ device: 'd0' }, { device: 'd1' }],
      },
    ]);
  });

  it('continues with the cursor of the page before', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await query({
        ...{ filters: { dataSourceId: ids[0], startTime: START, limit: 100, cursor } },
        ...{ downsampling: false, format: 'columns' },
      });
      expect(body.metadata.count).toBe(body.data[0].ids.length);
      seen.push(...(body.data[0].ids as string[]));
      cursor = body.metadata.nextCursor as string | undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(POINTS);
  });

  it('allows 100,000 groups, and 10,000 raw points', async () => {
    const wide = { aggregation: 'avg', groupBy: '1s', fill: 'null', format: 'columns' };
    const range = { dataSourceId: ids[0], startTime: START, endTime: START + POINTS * 7 * MINUTE };
    const { status, body } = await query({ filters: { ...range, limit: 100_000 }, ...wide });
    expect([status, body.metadata.count, body.metadata.hasMore]).toEqual([200, 100_000, true]);
    expect(body.data[0].timestamps).toHaveLength(100_000);
    expect(body.data[0].values.t.filter((value: unknown) => value !== null).length).toBeGreaterThan(200);

    const said = async (limit: number, more: object) =>
      (await query({ filters: { ...range, limit }, ...more })).body.message as string;
    expect(await said(100_001, wide)).toBe('limit must be a whole number from 1 to 100000');
    expect(await said(10_001, { format: 'columns' })).toBe('limit must be a whole number from 1 to 10000');
    expect(await said(10_001, { ...wide, format: 'rows' })).toBe('limit must be a whole number from 1 to 10000');
  });

  it('rejects an answer over 16 MiB with the rows that fit', async () => {
    const { status, body } = await query({
      filters: { dataSourceId: ids[0], startTime: START, endTime: START + POINTS * 7 * MINUTE, limit: 100_000 },
      ...{ aggregation: AGGREGATIONS.concat('p99'), groupBy: '1s', fill: 'previous', format: 'columns' },
    });
    expect(status).toBe(400);
    const [, rows] =
      /^The answer would be larger than 16777216 bytes: the first (\d+) rows fit/.exec(body.message) ?? [];
    expect(Number(rows)).toBeGreaterThan(10_000);
    expect(Number(rows)).toBeLessThan(100_000);
  });

  it('rejects CSV, and other words', async () => {
    const csv = await query({ format: 'columns' }, { Accept: 'text/csv' });
    expect([csv.status, csv.headers.get('x-error-code'), csv.body.message]).toEqual([
      ...[400, 'conflicting_fields'],
      'format columns is for JSON: leave it out for CSV, or send Accept: application/json',
    ]);
    const { status, body } = await query({ format: 'column' });
    expect([status, body.message, body.details[0].hint]).toEqual([
      ...[400, 'format must be one of rows, columns'],
      'did you mean columns?',
    ]);
    expect((await query({ format: 'rows' }, { Accept: 'text/csv' })).status).toBe(200);
  });
});
