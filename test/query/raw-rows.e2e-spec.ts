// npm test runs this on PostgreSQL too: each database reads points and rollups with SQL of its own.
import fc from 'fast-check';
import { DataSource, In } from 'typeorm';
import { IMMEDIATE_YIELD } from '../../src/common/http/yield';
import { Source } from '../../src/sources/source.entity';
import { PointStore } from '../../src/points/point-store';
import { unpack, type Value } from '../../src/points/values';
import { rawRows, type RawRow, type RawOptions } from '../../src/query/raw-query';
import { BYTES_AHEAD } from '../../src/query/source-rows';
import { makeBucket } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const START = Date.parse('2024-01-15T00:00:00Z');
const ALL = [0, START * 2] as const;

interface Known {
  readonly order: number;
  readonly at: number;
  readonly meta: number;
  readonly values: Readonly<Record<string, Value>>;
}

let server: TestApp;
let sources: Source[];
let points: Known[];
beforeAll(async () => {
  server = await startApp();
  const bucketId = await makeBucket(server);
  const { adminKey: key } = server;
  const ids: string[] = [];
  for (let index = 0; index < 7; index++) {
    const { body } = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
      key,
      body: { name: `Source ${index}`, schema: { level: 'number', note: 'string' } },
    });
    ids.push(body.dataSource._id as string);
  }
  const sent = ids.flatMap((dataSourceId, order) =>
    Array.from({ length: order * 20 }, (_, index) => ({
      dataSourceId,
      timestamp: START + ((index * 7 + order) % 130) * 1000,
      values: index % 3 === 0 ? { note: `n${index}` } : { level: index, ...(index % 2 && { note: 'both' }) },
      metadata: index % 4 === 0 ? { device: `d${index % 8}` } : {},
    })),
  );
  const { status } = await server.call('POST', '/api/data/batch', { key, body: { bucketId, dataPoints: sent } });
  expect(status).toBe(201);
  sources = await server.app.get(DataSource).manager.find(Source, { where: { id: In(ids) }, order: { number: 'ASC' } });
  points = [];
  for (const [order, source] of sources.entries()) {
    const page = { limit: 1000, sort: 'asc' } as const;
    const stored = await server.app.get(PointStore).read(server.app.get(DataSource).manager, source, ALL, page);
    points.push(
      ...stored.map((point) => ({ order, at: point.at, meta: point.meta, values: unpack(source.schema, point) })),
    );
  }
  expect(points).toHaveLength(sent.length);
});
afterAll(() => server.stop());

const WHOLE = { range: ALL, fields: undefined, metas: undefined, sort: 'asc', offset: 0, limit: 1e6 } as const;

async function allOf(wish: Partial<RawOptions>): Promise<RawRow[]> {
  const { manager } = server.app.get(DataSource);
  const found: RawRow[] = [];
  for await (const rows of rawRows(server.app.get(PointStore), manager, {
    sources,
    yieldTurn: IMMEDIATE_YIELD,
    ...WHOLE,
    ...wish,
  }))
    found.push(...rows);
  return found;
}

const shown = ({ order, at, meta, values }: Known) => `${at} ${order} ${meta} ${JSON.stringify(values)}`;

/** The expected rows, computed from all points. */
function expected({
  fields,
  metas,
  sort,
  offset,
  limit,
}: Omit<RawOptions, 'sources' | 'yieldTurn' | 'range'>): string[] {
  const direction = sort === 'asc' ? 1 : -1;
  const kept = points
    .filter(({ order, meta }) => !metas || metas.get(sources[order]?.number ?? 0)?.has(meta))
    .map((point) => ({
      ...point,
      values: Object.fromEntries(Object.entries(point.values).filter(([name]) => fields?.includes(name) ?? true)),
    }))
    .filter(({ values }) => Object.keys(values).length > 0)
    .sort((one, other) => direction * (one.at - other.at || one.order - other.order || one.meta - other.meta));
  return kept.slice(offset, offset + limit).map(shown);
}

const wishes = fc.record({
  fields: fc.constantFrom(undefined, ['level'], ['note'], ['level', 'note'], ['none']),
  metas: fc.constantFrom<number[] | undefined>(undefined, [0], [1, 2], []),
  sort: fc.constantFrom('asc' as const, 'desc' as const),
  offset: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 450 })),
  limit: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 500 })),
  bytesAhead: fc.constantFrom(1, 5000, 20_000, BYTES_AHEAD),
});

it('merges the rows of several sources in order, with any prefetch limit', async () => {
  await fc.assert(
    fc.asyncProperty(wishes, async ({ metas: numbers, ...wish }) => {
      const metas = numbers && new Map(sources.map(({ number }) => [number, new Set(numbers)]));
      const rows = await allOf({ ...wish, metas });
      const seen = rows.map(({ source, point, values }) =>
        shown({ order: sources.indexOf(source), at: point.at, meta: point.meta, values }),
      );
      expect(seen).toEqual(expected({ ...wish, metas }));
    }),
    { numRuns: 150 },
  );
});

it('continues after each row by a cursor, with any prefetch limit', async () => {
  for (const sort of ['asc', 'desc'] as const)
    for (const bytesAhead of [1, BYTES_AHEAD]) {
      const all = await allOf({ sort });
      for (const [index, { source, point }] of all.entries()) {
        if (index % 37 !== 0) continue;
        const after = { at: point.at, meta: point.meta, source: source.number };
        const [next] = await allOf({ sort, after, limit: 1, bytesAhead });
        expect(next?.point).toEqual(all[index + 1]?.point);
      }
    }
});

describe('prefetching', () => {
  const reads = () => jest.spyOn(server.app.get(PointStore), 'read');
  afterEach(() => jest.restoreAllMocks());

  async function rowsRead(read: jest.SpyInstance): Promise<number[]> {
    const pages = await Promise.all(read.mock.results.map(({ value }) => value as Promise<unknown[]>));
    return pages.map((page) => page.length);
  }

  it('reads little of each of many sources, and more of a source that needs more', async () => {
    const read = reads();
    expect(await allOf({ limit: 14 })).toHaveLength(14);
    const pages = await rowsRead(read);
    expect(Math.max(...pages)).toBeLessThanOrEqual(4);
    expect(pages.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(14 + 4 * sources.length);
  });

  it('yields before each page, and runs one statement at a time', async () => {
    const read = reads();
    const { manager } = server.app.get(DataSource);
    let [pauses, underWay, most, statements] = [0, 0, 0, 0];
    const counted =
      <Args extends unknown[], Result>(ask: (...args: Args) => Promise<Result>) =>
      async (...args: Args) => {
        statements += 1;
        most = Math.max(most, ++underWay);
        const page = await ask(...args);
        underWay -= 1;
        return page;
      };
    const plain = new PointStore();
    const query = manager.query.bind(manager);
    const countedQuery = counted(query);
    // PostgreSQL reads the pages of several sources with one statement. The server's own timers ask for other things.
    const ofPoints = ((sql: string, ...more: [values?: unknown[]]) =>
      (sql.includes('FROM points') ? countedQuery : query)(sql, ...more)) as typeof query;
    if (ON_POSTGRES) jest.spyOn(manager, 'query').mockImplementation(ofPoints);
    else read.mockImplementation(counted(plain.read.bind(plain)));
    const yieldTurn = () => Promise.resolve(void pauses++);
    await allOf({ limit: 300, yieldTurn });
    expect(pauses).toBeGreaterThanOrEqual(read.mock.calls.length);
    expect(most).toBe(1);
    if (ON_POSTGRES) expect(statements).toBeLessThan(read.mock.calls.length);
    else expect(statements).toBe(read.mock.calls.length);
  });

  it('keeps only places if one point of each source would be too much', async () => {
    const read = reads();
    expect(await allOf({ limit: 20, bytesAhead: 1 })).toHaveLength(20);
    expect(Math.max(...(await rowsRead(read)))).toBe(1);
  });
});
