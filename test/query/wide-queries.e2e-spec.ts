// npm test leaves this out: large answers.
import { DataSource, EntityManager } from 'typeorm';
import { newId } from '../../src/common/ids';
import { isoTime } from '../../src/common/times';
import { Source } from '../../src/sources/source.entity';
import { newSchema } from '../../src/sources/schema';
import { eachTogether, readListsTogether, readTogether } from '../../src/database/together';
import { query } from '../../src/database/sql';
import { Writer } from '../../src/database/writer';
import { countWindows } from '../../src/points/point-times';
import { makeBucket } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

// Queries over many data sources run few statements on PostgreSQL, one after the other, so that a query uses one connection.

const SOURCES = 300;
const START = Date.UTC(2024, 0, 15);
const HOUR = 3_600_000;

let server: TestApp;
let bucketId: string;
let ids: string[];
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  const schema = newSchema({ level: { type: 'number' }, note: { type: 'string' } } as never);
  const sources = Array.from({ length: SOURCES }, (_, index) => ({
    ...{ id: newId(), number: index + 1, bucketId, name: `Source ${index}`, type: 'sensor', description: '' },
    ...{ downsampling: true, status: 'active' as const, watchVersion: 0, createdAt: START + index },
    ...{ updatedAt: START, deletedAt: null, schema },
  }));
  await server.app.get(Writer).write(async (manager) => {
    for (let start = 0; start < SOURCES; start += 50) await manager.insert(Source, sources.slice(start, start + 50));
  });
  ids = sources.map(({ id }) => id);
  // Every tenth source has no points; the others have three, in three hours.
  for (let hour = 0; hour < 3; hour++) await send(hour);
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

const hasPoints = (index: number) => index % 10 !== 0;
const timeOf = (index: number, hour: number) => START + hour * HOUR + index * 1000;
const rooms = ['attic', 'cellar', 'kitchen'];

async function send(hour: number): Promise<void> {
  const dataPoints = ids.flatMap((dataSourceId, index) =>
    hasPoints(index)
      ? [
          {
            ...{ dataSourceId, values: { level: index + hour }, timestamp: timeOf(index, hour) },
            metadata: { room: rooms[(index + hour) % 3] },
          },
        ]
      : [],
  );
  const body = { bucketId, dataPoints };
  const { status } = await server.call('POST', '/api/data/batch', { key: server.adminKey, body });
  expect(status).toBe(201);
}

interface Row {
  readonly dataSourceId: string;
  readonly timestamp: string;
  readonly values: Record<string, unknown>;
  readonly metadata?: { readonly room: string };
}

/** The rows of a query, the number of its statements, and the most that ran concurrently. */
async function counted(ask: () => Promise<{ status: number; body: Record<string, unknown> }>) {
  let [statements, running, most] = [0, 0, 0];
  const plain = Reflect.get(EntityManager.prototype, 'query') as (...args: unknown[]) => Promise<unknown>;
  jest.spyOn(EntityManager.prototype, 'query').mockImplementation(async function (this: EntityManager, ...args) {
    // Ignores statements of timers and of the key check.
    if (!/\b(points|rollups|point_metadata)\b/.test(String(args[0]))) return await plain.apply(this, args);
    statements += 1;
    most = Math.max(most, ++running);
    try {
      return await plain.apply(this, args);
    } finally {
      running -= 1;
    }
  });
  const { status, body } = await ask();
  expect(status).toBe(200);
  return { rows: body.data as Row[], statements, most };
}

const post = (body: object) => () =>
  server.call('POST', '/api/data/query', { key: server.adminKey, body: { bucketId, ...body } });
const latest =
  (more = '') =>
  () =>
    server.call('GET', `/api/data/latest?bucketId=${bucketId}${more}`, { key: server.adminKey });

function expectFew({ statements, most }: { statements: number; most: number }, atMost: number): void {
  if (!ON_POSTGRES) return;
  // SQLite statements have no round trip and are not counted.
  expect(most).toBe(1);
  expect(statements).toBeGreaterThan(0);
  expect(statements).toBeLessThanOrEqual(atMost);
}

describe('few statements answer', () => {
  it('raw points', async () => {
    const answer = await counted(post({ filters: { limit: 100, sort: 'desc' }, downsampling: false }));
    const expected = ids
      .map((dataSourceId, index) => ({ dataSourceId, index }))
      .filter(({ index }) => hasPoints(index))
      .reverse()
      .slice(0, 100);
    expect(answer.rows.map(({ dataSourceId, timestamp, metadata }) => [dataSourceId, timestamp, metadata])).toEqual(
      expected.map(({ dataSourceId, index }) => [
        dataSourceId,
        isoTime(timeOf(index, 2)),
        { room: rooms[(index + 2) % 3] },
      ]),
    );
    expectFew(answer, SOURCES / 2);
  });

  it('points filtered by metadata', async () => {
    const filters = { limit: 1000, metadata: { room: 'attic' }, sort: 'asc' };
    const answer = await counted(post({ filters, downsampling: false }));
    expect(answer.rows).toHaveLength(270);
    expect(answer.rows.every(({ metadata }) => metadata?.room === 'attic')).toBe(true);
    expectFew(answer, SOURCES);
  });

  it('groups', async () => {
    const answer = await counted(post({ groupBy: 'hour', aggregation: 'sum', filters: { limit: 1000 } }));
    const expected = [0, 1, 2].flatMap((hour) =>
      ids.flatMap((dataSourceId, index) =>
        hasPoints(index) ? [[dataSourceId, isoTime(START + hour * HOUR), { level: index + hour }]] : [],
      ),
    );
    expect(answer.rows.map(({ dataSourceId, timestamp, values }) => [dataSourceId, timestamp, values])).toEqual(
      expected,
    );
    expectFew(answer, SOURCES / 2);
  });

  it('filled groups', async () => {
    const body = { groupBy: 'hour', aggregation: 'max', fill: 'previous', filters: { limit: 1000 } };
    const answer = await counted(post(body));
    expect(answer.rows).toHaveLength(3 * SOURCES);
    expect(answer.rows[0]).toMatchObject({ dataSourceId: ids[0], values: { level: null } });
    expect(answer.rows[SOURCES + 1]).toMatchObject({ dataSourceId: ids[1], values: { level: 2 } });
    expectFew(answer, SOURCES);
  });

  it('automatic downsampling', async () => {
    const answer = await counted(post({ filters: { limit: 1000 } }));
    // 810 hourly groups are too many.
    expect(answer.rows).toHaveLength(270);
    expectFew(answer, SOURCES);
  });

  it('the latest points', async () => {
    const answer = await counted(latest());
    expect(answer.rows.map(({ values }) => values.level)).toEqual(
      ids.flatMap((_, index) => (hasPoints(index) ? [index + 2] : [])),
    );
    expectFew(answer, SOURCES / 2);
  });

  it('the last values of fields', async () => {
    const answer = await counted(latest('&mode=fields'));
    expect(answer.rows.map(({ values }) => (values.level as { value: number }).value)).toEqual(
      ids.flatMap((_, index) => (hasPoints(index) ? [index + 2] : [])),
    );
    expectFew(answer, SOURCES / 2);
  });
});

describe('combined reads', () => {
  const SQL = 'SELECT at, v0 FROM points WHERE source = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT ?';
  const lists = Array.from({ length: 40 }, (_, index) => [index, START, START + (1 + (index % 3)) * HOUR, 2]);

  it('return the same rows as separate reads', async () => {
    const { manager } = server.app.get(DataSource);
    const alone = [];
    for (const values of lists) alone.push(await query(manager, SQL, values));
    const own = server.app.get(DataSource).createEntityManager();
    expect(await eachTogether(own, lists, (values) => readTogether(own, SQL, values))).toEqual(alone);
    const asLists = await eachTogether(own, lists, (values) => readListsTogether(own, SQL, values));
    expect(asLists).toEqual(alone.map((rows) => rows.map((row) => Object.values(row as object))));
    const same = await eachTogether(own, [1, 2, 3], () => readTogether(own, SQL, [2, START, START + HOUR, 1]));
    expect(same).toEqual(Array(3).fill(await query(manager, SQL, [2, START, START + HOUR, 1])));
  });

  it('count the windows of each source', async () => {
    const own = server.app.get(DataSource).createEntityManager();
    const windows = { lengthMillis: HOUR, shiftMillis: 0 };
    const count = (number: number) => countWindows(own, number, [START, START + 9 * HOUR], windows, 2 + (number % 2));
    expect(await eachTogether(own, [1, 2, 3, 4], count)).toEqual([0, 2, 3, 2]);
  });

  it('fail together once all are settled, and work again afterwards', async () => {
    const own = server.app.get(DataSource).createEntityManager();
    let settled = 0;
    const wrong = async (values: number[]) => {
      try {
        return await readTogether(own, 'SELECT nothing FROM points WHERE source = ?', values);
      } finally {
        settled += 1;
      }
    };
    await expect(eachTogether(own, [[1], [2]], wrong)).rejects.toMatchObject({
      message: expect.stringMatching(/nothing/) as string,
    });
    expect(settled).toBe(ON_POSTGRES ? 2 : 1);
    expect(
      await eachTogether(own, [[2, START, START + HOUR, 1]], (values) => readTogether(own, SQL, values)),
    ).toHaveLength(1);
  });
});
