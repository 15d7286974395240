// npm test runs this on PostgreSQL too: each database stores and changes points with SQL of its own.
import { gzipSync } from 'node:zlib';
import { makeBucket, makeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const SCHEMA = { temperature: { type: 'number', required: true }, humidity: 'number', door: 'boolean', note: 'string' };
const AT = '2024-01-15T10:10:00.000Z';

let server: TestApp;
let bucketId: string;
let key: string;
let sourceId: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
  sourceId = await makeSource();
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, asKey = key) =>
  server.call(method, path, { key: asKey, body });
async function makeSource(schema: object = SCHEMA): Promise<string> {
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name: 'Climate', schema });
  return body.dataSource._id as string;
}
const point = (more: object = {}) => ({
  dataSourceId: sourceId,
  values: { temperature: 21.5 },
  timestamp: AT,
  ...more,
});
const batch = (dataPoints: unknown, query = '') => call('POST', `/api/data/batch${query}`, { dataPoints });
const stored = async () =>
  (await call('POST', '/api/data/query', { downsampling: false, filters: { limit: 10_000, sort: 'asc' } })).body
    .data as Record<string, any>[];

describe('POST /api/data/batch', () => {
  it('stores points of several sources, and returns the counts', async () => {
    const other = await makeSource();
    const points = [point(), point({ dataSourceId: other }), point({ timestamp: 1e12 + 1 })];
    expect(seen(await batch(points))).toEqual({
      status: 201,
      body: { message: 'Batch ingested successfully', inserted: 3, updated: 0, duplicates: 0, rejected: 0 },
    });
    const again = [point(), point({ dataSourceId: other, values: { temperature: 1 } }), point({ timestamp: 1e12 + 2 })];
    expect((await batch(again)).body).toMatchObject({ inserted: 1, updated: 1, duplicates: 1, rejected: 0 });
    expect(await stored()).toHaveLength(4);
  });

  it('keeps the later of two identical points', async () => {
    const { body } = await batch([
      point(),
      point({ values: { temperature: 2 } }),
      point({ values: { temperature: 2 } }),
    ]);
    expect(body).toMatchObject({ inserted: 1, updated: 1, duplicates: 1 });
    expect((await stored()).map(({ values }) => values)).toEqual([{ temperature: 2 }]);
  });

  it('accepts 1000 points, and gzip', async () => {
    const points = Array.from({ length: 1000 }, (_, index) => point({ timestamp: 1e12 + index * 1000 }));
    const body = gzipSync(JSON.stringify({ dataPoints: points }));
    const response = await fetch(`${server.url}/api/data/batch`, {
      method: 'POST',
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body,
    });
    expect([response.status, await response.json()]).toMatchObject([201, { inserted: 1000 }]);
    expect(await stored()).toHaveLength(1000);
  });

  const LIST = 'dataPoints must be a list of 1 to 1000 data points';
  it.each([[undefined], [[]], [{}], [Array.from({ length: 1001 }, () => ({}))]])(
    'is a list of 1 to 1000 points',
    async (points) => {
      expect(seen(await batch(points))).toEqual(refused(400, 'Validation Error', LIST));
    },
  );

  it('stores nothing if a point is invalid, and lists up to 20 of them', async () => {
    const bad = point({ values: { temperature: 'x' } });
    const points = [point(), ...Array.from({ length: 30 }, () => bad), point({ timestamp: 1e12 + 1 })];
    const { status, body } = await batch(points);
    expect([status, body.message, body.details.length]).toEqual([400, 'temperature must be a number', 20]);
    expect(body.details[0]).toEqual({
      path: ['body', 'dataPoints', 1, 'values', 'temperature'],
      message: 'temperature must be a number',
    });
    const { body: envelope } = await batch([point(), 7, point({ timestamp: 'x' })]);
    expect(envelope.details.map(({ path }: { path: unknown[] }) => path)).toEqual([
      ['body', 'dataPoints', 1],
      ['body', 'dataPoints', 2, 'timestamp'],
    ]);
    expect(await stored()).toEqual([]);
  });

  it('stores the valid points with partial=true, and lists the others', async () => {
    const points = [
      point(),
      7,
      point({ values: { temperature: 'x' } }),
      point({ timestamp: 1e12 + 1 }),
      point({ timestamp: 'x' }),
    ];
    expect(seen(await batch(points, '?partial=true'))).toEqual({
      status: 207,
      body: {
        message: 'Batch ingested in part',
        inserted: 2,
        updated: 0,
        duplicates: 0,
        rejected: 3,
        errors: [
          { index: 1, message: 'Each data point must be an object' },
          { index: 2, message: 'temperature must be a number' },
          { index: 4, message: 'timestamp must be an RFC 3339 time with an offset, or milliseconds since 1970' },
        ],
      },
    });
    expect((await batch([point({ timestamp: 1e12 + 5 })], '?partial=true')).status).toBe(201);
    expect((await batch([7], '?partial=true')).body).toMatchObject({ inserted: 0, rejected: 1 });
    expect(seen(await batch([point()], '?partial=yes'))).toEqual(
      refused(400, 'Validation Error', 'partial must be true or false'),
    );
    expect(await stored()).toHaveLength(3);
  });

  it('loses and duplicates nothing in 50 concurrent writes, and rejects only the invalid batch among them', async () => {
    const batches = Array.from({ length: 50 }, (_, writer) =>
      Array.from({ length: 20 }, (_, index) =>
        point({ timestamp: 1e12 + (writer % 10) * 20_000 + index * 1000, metadata: { writer: writer % 25 } }),
      ),
    );
    const answers = await Promise.all([
      ...batches.map((points) => batch(points)),
      ...Array.from({ length: 5 }, () =>
        batch([point({ timestamp: 1e12 + 7 }), point({ values: { temperature: 'x' } })]),
      ),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([...Array(50).fill(201), ...Array(5).fill(400)]);
    const sum = (name: string) => answers.slice(0, 50).reduce((total, { body }) => total + (body[name] as number), 0);
    expect([sum('inserted'), sum('duplicates'), sum('updated')]).toEqual([1000, 0, 0]);
    expect(await stored()).toHaveLength(1000);
    const { body } = await call('GET', `/api/buckets/${bucketId}`, undefined, server.adminKey);
    expect(body.bucket.stats.dataPointCount).toBe(1000);
  });
});
