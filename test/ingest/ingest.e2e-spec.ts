// npm test runs this on PostgreSQL too: each database stores and changes points with SQL of its own.
import { makeBucket, makeKey } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
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
afterEach(() => jest.restoreAllMocks());
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
const one = (more: object = {}) => call('POST', '/api/data', point(more));
const batch = (dataPoints: unknown, query = '') => call('POST', `/api/data/batch${query}`, { dataPoints });
const stored = async () =>
  (await call('POST', '/api/data/query', { downsampling: false, filters: { limit: 10_000, sort: 'asc' } })).body
    .data as Record<string, any>[];

describe('POST /api/data', () => {
  it('stores a point and returns it', async () => {
    const more = { values: { temperature: 21.5, door: true, note: 'ü' }, metadata: { floor: 1, device: 'a' } };
    const { status, body } = await one(more);
    expect([status, body]).toEqual([
      201,
      {
        message: 'Data point ingested successfully',
        dataPoint: {
          _id: expect.stringMatching(/^[0-9a-f]{24}$/),
          bucketId,
          dataSourceId: sourceId,
          timestamp: AT,
          ...more,
          createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      },
    ]);
    const { _id, dataSourceId, timestamp, values, metadata } = body.dataPoint;
    expect(await stored()).toEqual([{ _id, dataSourceId, timestamp, values, metadata }]);
  });

  it.each([
    ['2024-01-15T11:10:00+01:00', AT],
    ['2024-01-15T10:10:00.0009Z', AT],
    [1_705_313_400_000, AT],
    [1_705_313_400_000.7, AT],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['2024-01-15T10:09:60Z', AT],
    ['1705313400000', AT],
    [100_000_000_000, '1973-03-03T09:46:40.000Z'],
  ])('accepts the time %p', async (timestamp, shown) => {
    expect((await one({ timestamp })).body.dataPoint.timestamp).toBe(shown);
  });

  it('uses the current time by default, and accepts times up to 24 hours ahead', async () => {
    const now = Date.UTC(2024, 0, 15, 10, 10);
    jest.spyOn(Date, 'now').mockReturnValue(now);
    for (const timestamp of [undefined, null]) expect((await one({ timestamp })).body.dataPoint.timestamp).toBe(AT);
    expect((await one({ timestamp: now + 86_400_000 })).status).toBe(201);
    expect((await one({ timestamp: now + 86_400_001 })).body.message).toBe(
      'timestamp must not be more than 24 hours ahead',
    );
  });

  it('identifies a point by source, time and metadata in any order, and replaces its values', async () => {
    const metadata = { device: 'a', floor: 1 };
    const first = (await one({ metadata })).body.dataPoint._id as string;
    expect((await one({ metadata: { floor: 1, device: 'a' } })).body.dataPoint._id).toBe(first);
    expect((await one({ metadata, values: { temperature: 22 } })).body.dataPoint._id).toBe(first);
    for (const other of [{ device: 'b', floor: 1 }, { device: 'a' }, null, {}]) await one({ metadata: other });
    expect((await stored()).map(({ values, metadata: given }) => [values.temperature, given])).toEqual([
      [21.5, null],
      [22, { device: 'a', floor: 1 }],
      [21.5, { device: 'b', floor: 1 }],
      [21.5, { device: 'a' }],
    ]);
  });

  const values = (message: string, ...within: string[]) => ({
    status: 400,
    body: {
      error: 'Validation Error',
      message,
      ...(within.length > 0 && { details: [{ path: ['body', ...within], message }] }),
    },
  });
  const METADATA = 'metadata must be an object of up to 20 strings, numbers, booleans or nulls';
  const TIMESTAMP = 'timestamp must be an RFC 3339 time with an offset, or milliseconds since 1970';
  const EMPTY = 'values must be an object with at least one field of the data source';
  it.each([
    [{ dataSourceId: undefined }, values('Invalid data source ID format')],
    [{ dataSourceId: 'x' }, values('Invalid data source ID format')],
    [{ values: undefined }, values(EMPTY)],
    [{ values: [] }, values(EMPTY)],
    [{ values: 'x' }, values(EMPTY)],
    [
      { values: { pressure: 1, temperature: 1 } },
      values('The data source has no field pressure', 'values', 'pressure'),
    ],
    [{ values: { humidity: 1 } }, values('temperature is required', 'values', 'temperature')],
    [{ values: { temperature: null } }, values('temperature is required', 'values', 'temperature')],
    [{ values: { temperature: '21' } }, values('temperature must be a number', 'values', 'temperature')],
    [{ values: { temperature: true } }, values('temperature must be a number', 'values', 'temperature')],
    [{ values: { temperature: [1] } }, values('temperature must be a number', 'values', 'temperature')],
    [{ values: { temperature: 1, door: 1 } }, values('door must be true or false', 'values', 'door')],
    [
      { values: { temperature: 1, note: 7 } },
      values('note must be a string of up to 1000 characters', 'values', 'note'),
    ],
    [
      { values: { temperature: 1, note: 'x'.repeat(1001) } },
      values('note must be a string of up to 1000 characters', 'values', 'note'),
    ],
    [
      { values: { temperature: 1, note: '\ud800' } },
      values('note must be a string of up to 1000 characters', 'values', 'note'),
    ],
    [{ timestamp: 'yesterday' }, values(TIMESTAMP)],
    [{ timestamp: '2024-01-15T10:10:00' }, values(TIMESTAMP)],
    [{ timestamp: -1 }, values(TIMESTAMP)],
    [{ timestamp: '1969-12-31T23:59:59Z' }, values(TIMESTAMP)],
    [{ timestamp: true }, values(TIMESTAMP)],
    [{ timestamp: '2999-01-01T00:00:00Z' }, values('timestamp must not be more than 24 hours ahead')],
    [{ metadata: [] }, values(METADATA)],
    [{ metadata: { a: { b: 1 } } }, values(METADATA, 'metadata', 'a')],
    [{ metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`m${i}`, 1])) }, values(METADATA)],
    [
      { metadata: { a: 'x'.repeat(990), b: 'x'.repeat(990), c: 'x'.repeat(90) } },
      values('metadata must be 2048 bytes or less as JSON'),
    ],
    [{ colour: 'red' }, values('Unknown property: colour')],
  ])('rejects %j, and stores nothing', async (more, refusal) => {
    expect(seen(await one(more))).toEqual(refusal);
    expect(await stored()).toEqual([]);
  });

  it.each(['1e999', '-1e999', 'NaN'])('rejects the number %s', async (number) => {
    const body = `{"dataSourceId":"${sourceId}","values":{"temperature":${number}}}`;
    expect((await call('POST', '/api/data', body)).status).toBe(400);
  });

  it('accepts null for an optional field, and every JSON number', async () => {
    const sent = [0, -0, 5e-324, 1.7976931348623157e308, 0.1, 9007199254740991, -273.15];
    for (const [index, temperature] of sent.entries())
      expect((await one({ values: { temperature, humidity: null }, timestamp: 1e12 + index })).status).toBe(201);
    const numbers = (await stored()).map(({ values: given }) => given.temperature as number);
    expect(numbers).toEqual(sent.map((number) => (Object.is(number, -0) ? 0 : number)));
  });

  it('requires an Admin or Write key, and stores in the bucket of the key or the request', async () => {
    const { key: read } = await makeKey(server, bucketId, 'read');
    expect(seen(await call('POST', '/api/data', point(), read))).toEqual(
      refused(403, 'Forbidden', 'Read keys cannot modify data'),
    );
    expect(seen(await call('POST', '/api/data', point(), server.adminKey))).toEqual(
      refused(400, 'Validation Error', 'bucketId is required'),
    );
    expect((await call('POST', '/api/data', point({ bucketId }), server.adminKey)).status).toBe(201);
    expect(seen(await call('POST', '/api/data', point({ bucketId: ABSENT_ID }), server.adminKey))).toEqual(
      BUCKET_NOT_FOUND,
    );
    expect(seen(await one({ bucketId: ABSENT_ID }))).toEqual(
      refused(403, 'Forbidden', 'API key does not have access to this bucket'),
    );
    expect(seen(await one({ dataSourceId: ABSENT_ID }))).toEqual(refused(404, 'Not Found', 'Data source not found'));
    const { key: bound } = await makeKey(server, bucketId, 'write', { dataSourceId: sourceId });
    expect((await call('POST', '/api/data', point(), bound)).status).toBe(201);
    const other = await makeSource();
    expect(seen(await call('POST', '/api/data', point({ dataSourceId: other }), bound))).toEqual(
      refused(403, 'Forbidden', 'API key does not have access to this data source'),
    );
  });

  it('is rejected by an archived bucket, which can still be read', async () => {
    await one();
    await call('PATCH', `/api/buckets/${bucketId}`, { status: 'archived' }, server.adminKey);
    expect(seen(await one())).toEqual(refused(409, 'Conflict', 'Bucket is archived'));
    expect(await stored()).toHaveLength(1);
  });

  it('counts in the usage of the key', async () => {
    await one();
    await batch([point({ timestamp: 1e12 + 1 }), point({ timestamp: 1e12 + 2 })]);
    const { _id } = (await call('GET', '/api/keys/self')).body.apiKey;
    const { body } = await call('GET', `/api/buckets/${bucketId}/keys/${_id}/usage?days=1`, undefined, server.adminKey);
    expect(body.usage.totals).toEqual({ requests: 4, refusals: 0, points: 3 });
  });
});
