// test:all leaves PostgreSQL out: the form of an answer is the same on each database.
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const START = Date.UTC(2024, 0, 15);

let server: TestApp;
let bucketId: string;
let keys: { write: string; read: string };
let sourceId: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  keys = { write: (await makeKey(server, bucketId, 'write')).key, read: (await makeKey(server, bucketId, 'read')).key };
  sourceId = await makeSource();
});
afterAll(() => server.stop());

const iso = (at: number) => new Date(at).toISOString();
const call = (method: string, path: string, body?: unknown, key = keys.read) =>
  server.call(method, path, { key, body });
const ask = (body: object = {}, key = keys.read) => call('POST', '/api/data/query', body, key);
async function makeSource(more: object = {}): Promise<string> {
  const wanted = { name: 'Climate', schema: { temperature: 'number', door: 'boolean', note: 'string' }, ...more };
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, wanted, keys.write);
  return body.dataSource._id as string;
}
interface Sent {
  readonly at: number;
  readonly values: object;
  readonly metadata?: object;
}
async function store(points: readonly Sent[], dataSourceId = sourceId): Promise<void> {
  for (let start = 0; start < points.length; start += 1000) {
    const dataPoints = points
      .slice(start, start + 1000)
      .map(({ at, ...more }) => ({ dataSourceId, timestamp: iso(at), ...more }));
    expect((await call('POST', '/api/data/batch', { dataPoints }, keys.write)).status).toBe(201);
  }
}

describe('an answer as CSV', () => {
  const csv = (body: object) =>
    server.call('POST', '/api/data/query', { key: keys.read, body, headers: { Accept: 'text/csv' } });

  it('has a column for each field of raw points, and metadata in headers', async () => {
    await store([
      { at: START, values: { temperature: 21.5, door: true }, metadata: { device: 'a' } },
      { at: START + MINUTE, values: { note: 'said "ä", and\nwent' } },
      { at: START + 2 * MINUTE, values: { temperature: -1 } },
    ]);
    const filters = { limit: 2, sort: 'asc' };
    const { status, headers, body } = await csv({ filters });
    const json = (await ask({ filters })).body;
    const [first, second] = json.data.map(({ _id }: { _id: string }) => _id) as string[];
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(body).toBe(
      '_id,timestamp,dataSourceId,temperature,door,note,metadata\n' +
        `${first},2024-01-15T00:00:00.000Z,${sourceId},21.5,true,,"{""device"":""a""}"\n` +
        `${second},2024-01-15T00:01:00.000Z,${sourceId},,,"said ""ä"", and\nwent",\n`,
    );
    expect(['x-has-more', 'x-next-cursor', 'x-downsampling-applied'].map((name) => headers.get(name))).toEqual([
      'true',
      json.metadata.nextCursor,
      'false',
    ]);
  });

  it('has a column for each field of groups, or for each aggregation', async () => {
    await store([
      { at: START, values: { temperature: 1 } },
      { at: START + MINUTE, values: { temperature: 2, door: false } },
    ]);
    expect((await csv({ aggregation: 'max', groupBy: 'hour' })).body).toBe(
      `timestamp,dataSourceId,count,temperature\n2024-01-15T00:00:00.000Z,${sourceId},2,2\n`,
    );
    expect((await csv({ aggregation: ['min', 'last'], groupBy: 'minute' })).body).toBe(
      'timestamp,dataSourceId,count,temperature.min,temperature.last,door.last\n' +
        `2024-01-15T00:00:00.000Z,${sourceId},1,1,1,\n` +
        `2024-01-15T00:01:00.000Z,${sourceId},1,2,2,false\n`,
    );
  });

  it('supports ten thousand rows, and no rows', async () => {
    expect((await csv({})).body).toBe('timestamp,dataSourceId,count\n');
    await store(Array.from({ length: 10_000 }, (_, index) => ({ at: START + index, values: { temperature: index } })));
    const { headers, body } = await csv({ filters: { limit: 10_000 }, downsampling: false });
    const rows = (body as string).split('\n');
    expect([rows.length, rows.at(-2)?.split(',')[3], headers.get('x-has-more')]).toEqual([10_002, '0', 'false']);
  });

  it('is JSON unless CSV is requested, and errors are always JSON', async () => {
    const both = { Accept: 'application/json, text/csv' };
    const answer = await server.call('POST', '/api/data/query', { key: keys.read, body: {}, headers: both });
    expect(answer.body.data).toEqual([]);
    const withParameter = { Accept: 'text/csv; charset=utf-8' };
    const table = await server.call('POST', '/api/data/query', { key: keys.read, body: {}, headers: withParameter });
    expect(table.body).toBe('timestamp,dataSourceId,count\n');
    expect((await csv({ groupBy: 'fortnight' })).body.error).toBe('Validation Error');
  });
});
