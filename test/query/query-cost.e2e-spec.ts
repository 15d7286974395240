// npm test leaves this out: large answers.
import { Writer } from '../../src/database/writer';
import { PointStore } from '../../src/points/point-store';
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2024, 0, 15);
const LIMIT_BYTES = 200_000;
const EVERY = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'median', 'p95', 'p99', 'stddev'];
const iso = (at: number) => new Date(at).toISOString();
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp({ DAKKIO_ANSWER_LIMIT_BYTES: String(LIMIT_BYTES) });
  // What is stored is large, and the tests are about reads.
  server.app.get(Writer).liftDeadlines();
});
beforeEach(async () => (bucketId = await makeBucket(server)));
afterAll(() => server.stop());

const call = (method: string, path: string, body?: object) => server.call(method, path, { key: server.adminKey, body });
const ask = (body: object) => call('POST', '/api/data/query', { bucketId, ...body });
async function makeSource(schema: object): Promise<string> {
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name: 'Source', schema });
  return body.dataSource._id as string;
}
interface Sent {
  readonly at: number;
  readonly values: object;
}
async function store(dataSourceId: string, points: readonly Sent[], atOnce = 1000): Promise<void> {
  for (let start = 0; start < points.length; start += atOnce) {
    const dataPoints = points
      .slice(start, start + atOnce)
      .map(({ at, values }) => ({ dataSourceId, timestamp: iso(at), values }));
    expect((await call('POST', '/api/data/batch', { bucketId, dataPoints })).status).toBe(201);
  }
}
/** The number of reads during a call, and the total of points read. */
async function readsDuring(work: () => Promise<unknown>): Promise<{ reads: number; points: number }> {
  const found = { reads: 0, points: 0 };
  const real = server.app.get(PointStore).read.bind(server.app.get(PointStore));
  jest.spyOn(server.app.get(PointStore), 'read').mockImplementation(async (...args) => {
    const points = await real(...args);
    found.reads += 1;
    found.points += points.length;
    return points;
  });
  await work();
  jest.restoreAllMocks();
  return found;
}

describe('a page of groups', () => {
  it('is all that is computed of 100 fields, 11 aggregations and 99,000 minutes', async () => {
    const schema = Object.fromEntries(numbered(100).map((index) => [`f${index}`, 'number']));
    const source = await makeSource(schema);
    const values = Object.fromEntries(numbered(100).map((index) => [`f${index}`, index]));
    await store(
      source,
      numbered(99).map((index) => ({ at: START + index * 1000 * MINUTE, values })),
      100,
    );
    const wide = (more: object) => ({
      filters: { startTime: iso(START), endTime: iso(START + 99_000 * MINUTE), limit: 1, ...more },
      aggregation: EVERY,
      groupBy: 'minute',
    });
    for (const fill of ['null', 'previous', 'linear']) {
      const read = await readsDuring(async () => {
        const { status, body } = await ask({ ...wide({}), fill });
        expect([status, body.data.length, body.metadata.hasMore]).toEqual([200, 1, true]);
        expect(body.data[0].values.f99.median).toBe(99);
        const { body: later } = await ask({ ...wide({ offset: 98_950, sort: 'desc' }), fill });
        expect(later.data[0]).toMatchObject({ timestamp: iso(START + 49 * MINUTE), count: 0 });
        expect(later.data[0].values.f7.max).toBe(fill === 'null' ? null : 7);
      });
      expect(read.points).toBeLessThan(10);
    }
    const read = await readsDuring(() => ask(wide({ sort: 'desc' })));
    expect(read.points).toBeLessThan(5);
  });

  it('costs no more with an outlying point in 1970, for any step', async () => {
    const source = await makeSource({ temperature: 'number' });
    const day = numbered(1440).map((index) => ({ at: START + index * MINUTE, values: { temperature: index } }));
    await store(source, [{ at: 1000, values: { temperature: -1 } }, ...day]);
    for (const [groupBy, rows] of Object.entries({ hour: 25, minute: 1441, '1s': 1441, day: 2, week: 2 })) {
      const read = await readsDuring(async () => {
        const { status, body } = await ask({ aggregation: 'max', groupBy, filters: { limit: 2000 } });
        expect([status, body.data.length, body.metadata.hasMore]).toEqual([200, rows, false]);
        expect(body.data[0]).toMatchObject({ values: { temperature: -1 }, count: 1 });
        expect(body.data.at(-1).values.temperature).toBe(1439);
      });
      // Each second in the chunk is examined, but not those between distant points.
      expect(read.reads).toBeLessThan(groupBy === '1s' ? 1500 : 20);
    }
    const { body } = await ask({});
    expect(body.metadata).toMatchObject({ downsamplingApplied: true, groupBy: 'hour', count: 25 });
    expect((await ask({ aggregation: 'avg', groupBy: 'hour', filters: { offset: 24 } })).body).toMatchObject({
      data: [{ timestamp: iso(START + 23 * HOUR) }],
      metadata: { count: 1, hasMore: false },
    });
  });

  it('chooses the step by the points with the requested metadata', async () => {
    const source = await makeSource({ temperature: 'number' });
    const points = (device: string, step: number) =>
      numbered(600).map((index) => ({
        dataSourceId: source,
        timestamp: iso(START + index * step),
        values: { temperature: index },
        metadata: { device },
      }));
    for (const dataPoints of [points('near', MINUTE), points('far', DAY)])
      expect((await call('POST', '/api/data/batch', { bucketId, dataPoints })).status).toBe(201);
    const stepOf = async (device: string) => (await ask({ filters: { metadata: { device } } })).body.metadata.groupBy;
    expect([await stepOf('near'), await stepOf('far')]).toEqual(['hour', 'week']);
  });

  it('is correct after a point is replaced in a window larger than one read', async () => {
    const texts = Object.fromEntries(numbered(99).map((index) => [`text${index}`, 'string']));
    const source = await makeSource({ n: 'number', ...texts });
    await store(
      source,
      numbered(150).map((n) => ({ at: START + n, values: { n } })),
    );
    await store(source, [{ at: START + 75, values: { n: 1000, text0: 'replaced' } }]);
    const wish = { aggregation: ['sum', 'max', 'count', 'last'], groupBy: 'hour', filters: { fields: ['n', 'text0'] } };
    expect((await ask(wish)).body.data).toMatchObject([
      { count: 150, values: { n: { sum: 11_175 - 75 + 1000, max: 1000, count: 150, last: 149 }, text0: { count: 1 } } },
    ]);
  });

  it('is filled from distant points without reading what is in between', async () => {
    const source = await makeSource({ rare: 'number', usual: 'number' });
    const usual = numbered(5000).map((index) => ({ at: START + index * HOUR, values: { usual: index } }));
    await store(source, [
      ...usual,
      { at: START + 1, values: { rare: 1 } },
      { at: START + 4999 * HOUR + 1, values: { rare: 5000 } },
    ]);
    for (const [aggregation, most] of [['avg', 10] as const, ['median', 30] as const]) {
      const read = await readsDuring(async () => {
        const filters = { limit: 3, offset: 2500 };
        const { body } = await ask({ aggregation, groupBy: 'hour', fill: 'linear', filters });
        expect(body.data.map(({ values }: { values: object }) => values)).toEqual(
          [2500, 2501, 2502].map((usual) => ({ rare: expect.closeTo(usual + 1), usual })),
        );
      });
      expect(read.points).toBeLessThan(most);
    }
  });

  it('is found in the time buckets of a time zone over hundreds of years', async () => {
    const source = await makeSource({ temperature: 'number' });
    await store(source, [{ at: START, values: { temperature: 1 } }]);
    const filters = { startTime: '1970-01-01T00:00:00Z', endTime: '2243-01-01T00:00:00Z', limit: 2, offset: 90_000 };
    const wish = { aggregation: 'avg', groupBy: 'day', timezone: 'Europe/Berlin', fill: 'previous', filters };
    const { body } = await ask(wish);
    expect(body.data.map(({ timestamp }: { timestamp: string }) => timestamp)).toEqual([
      '2216-05-30T22:00:00.000Z',
      '2216-05-31T22:00:00.000Z',
    ]);
    expect(body.data[0].values).toEqual({ temperature: 1 });
  });
});
