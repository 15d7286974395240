import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import * as dakkio from '../../../clients/typescript/src';
import { makeBucket, makeKey, makeSource } from '../../support/make';
import { startApp, type TestApp } from '../../support/test-app';

let server: TestApp;
let admin: dakkio.DakkioClient;
let bucketId: string;
let sourceId: string;
beforeAll(async () => {
  server = await startApp();
  admin = new dakkio.DakkioClient({ url: server.url, key: server.adminKey });
  bucketId = await makeBucket(server);
  sourceId = await makeSource(server, bucketId, 'Climate', { t: 'number', mode: 'string', on: 'boolean' });
});
afterAll(() => server.stop());

async function collected<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of all) found.push(one);
  return found;
}

/** The error that a call throws. */
const errorOf = (call: Promise<unknown>) =>
  call.then(
    () => new Error('It threw nothing'),
    (error: unknown) => error as Error,
  );

/** A server of a few lines, in the place of the real one. */
async function answering(handler: Parameters<typeof createServer>[1]): Promise<{ url: string; end: Server }> {
  const end = createServer(handler as () => void);
  await new Promise<void>((resolve) => end.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(end.address() as AddressInfo).port}`, end };
}

describe('buckets, keys, data sources and rules', () => {
  it('are created, listed, read, changed and deleted', async () => {
    const bucket = await admin.buckets.create({ name: 'Cellar', retentionDays: 30 });
    expect(bucket).toMatchObject({ name: 'Cellar', retentionDays: 30 });
    expect(await admin.buckets.update(bucket._id, { description: 'Cold' })).toMatchObject({ description: 'Cold' });
    const source = await admin.sources.create(bucket._id, { name: 'Probe', schema: { t: 'number' } });
    expect(await admin.sources.update(bucket._id, source._id, { name: 'Probe 2' })).toMatchObject({ name: 'Probe 2' });
    const key = await admin.keys.create(bucket._id, { name: 'Probe', type: 'write' });
    expect(key.key).toMatch(/^dakkio_w_/);
    expect(await admin.keys.update(bucket._id, key._id, { name: 'Probe 2' })).toMatchObject({ name: 'Probe 2' });
    const rule = await admin.rules.create({
      ...{ bucketId: bucket._id, dataSourceId: source._id, name: 'Warm', condition: 't is above 10' },
    });
    expect(await admin.rules.update(rule._id, { status: 'paused' })).toMatchObject({ status: 'paused' });
    expect(await admin.rules.history(rule._id)).toMatchObject({ pagination: { total: 0 } });
    expect((await admin.rules.list(bucket._id)).alertRules).toMatchObject([{ _id: rule._id }]);
    expect((await admin.buckets.get(bucket._id)).stats).toMatchObject({ dataSourceCount: 1 });
    expect((await admin.sources.get(bucket._id, source._id)).stats.dataPointCount).toBe(0);
    expect((await admin.rules.delete(rule._id)).deletedAlertRule._id).toBe(rule._id);
    expect((await admin.keys.delete(bucket._id, key._id)).deletedKey._id).toBe(key._id);
    expect((await admin.sources.delete(bucket._id, source._id)).deletedDataSource._id).toBe(source._id);
    expect((await admin.buckets.delete(bucket._id)).deletedBucket).toMatchObject({ _id: bucket._id });
    expect(await errorOf(admin.buckets.get(bucket._id))).toBeInstanceOf(dakkio.NotFoundError);
  });

  it('are iterated over all pages', async () => {
    const bucket = await admin.buckets.create({ name: 'Many' });
    const names = Array.from({ length: 1001 }, (_, index) => `Source ${index}`);
    for (let at = 0; at < names.length; at += 500)
      await admin.sources.createMany(
        bucket._id,
        names.slice(at, at + 500).map((name) => ({ name, schema: { t: 'number' } })),
      );
    const found = await collected(admin.sources.all(bucket._id));
    expect(found.map(({ name }) => name)).toEqual(names);
    expect((await collected(admin.sources.all(bucket._id, { q: 'source 1000' }))).map(({ name }) => name)).toEqual([
      'Source 1000',
    ]);
  });

  it('are created once when a creation is repeated with its idempotencyKey', async () => {
    const create = () => admin.buckets.create({ name: 'Once' }, { idempotencyKey: 'once-1' });
    const made = await create();
    const error = (await errorOf(create())) as dakkio.ConflictError;
    expect(error).toBeInstanceOf(dakkio.ConflictError);
    expect(error.body).toMatchObject({ bucketId: made._id });
  });

  it('reaches a route that has no method', async () => {
    const request = { query: { limit: 1 } };
    const { auditEvents } = await admin.request<dakkio.Reply<'listAuditEvents'>>('GET', '/api/audit', request);
    expect(auditEvents).toHaveLength(1);
  });
});

describe('points', () => {
  const at = (minute: number) => Date.UTC(2024, 0, 15, 10, minute);
  beforeAll(async () => {
    const points = Array.from({ length: 5 }, (_, minute) => ({
      dataSourceId: sourceId,
      timestamp: at(minute),
      values: { t: minute, mode: minute % 2 ? 'eco' : undefined },
      metadata: { device: 'a"b,c' },
    }));
    expect(await admin.data.insertMany(points, { bucketId })).toEqual({
      ...{ inserted: 5, updated: 0, duplicates: 0, rejected: 0 },
    });
    expect(await admin.data.insertMany(points, { bucketId })).toMatchObject({ inserted: 0, duplicates: 5 });
  });

  it('are queried as rows, columns and pages', async () => {
    const filters = { dataSourceId: sourceId, startTime: at(0), endTime: at(5) };
    const rows = await admin.data.query({ bucketId, filters, downsampling: false });
    expect(rows.data.map(({ values }) => values)).toEqual([
      { t: 0 },
      { t: 1, mode: 'eco' },
      { t: 2 },
      { t: 3, mode: 'eco' },
      { t: 4 },
    ]);
    const grouped = { bucketId, filters, aggregation: ['min', 'max'] as ('min' | 'max')[], groupBy: 'hour' };
    const { data, metadata } = await admin.data.queryColumns({ ...grouped, filters: { ...filters, fields: ['t'] } });
    expect(data).toEqual([
      { dataSourceId: sourceId, timestamps: [at(0)], counts: [5], values: { t: { min: [0], max: [4] } } },
    ]);
    expect(metadata.groupBy).toBe('hour');
    const paged = await collected(
      admin.data.rows({ bucketId, downsampling: false, filters: { ...filters, limit: 2 } }),
    );
    expect(paged.map(({ values }) => values.t)).toEqual([0, 1, 2, 3, 4]);
  });

  it('are exported as rows and as CSV, with filters', async () => {
    const query = { bucketId, dataSourceIds: [sourceId], fields: ['t'], metadata: { device: 'a"b,c' } };
    const rows = await collected(admin.data.export({ ...query, startTime: at(3) }));
    expect(rows.map(({ timestamp, values }) => [timestamp, values])).toEqual([
      ['2024-01-15T10:03:00.000Z', { t: 3 }],
      ['2024-01-15T10:04:00.000Z', { t: 4 }],
    ]);
    expect(await collected(admin.data.export({ ...query, metadata: { device: 'other' } }))).toEqual([]);
    const csv = (await collected(admin.data.exportCsv({ ...query, aggregation: 'avg', groupBy: 'day' }))).join('');
    expect(csv).toContain('2024-01-15T00:00:00.000Z');
  });

  it('exports fields with commas and quotes in their names', async () => {
    const names = ['a,"b"', 'c'];
    const lines = 'odd a\\,"b"=1,c=2 1705312800000000000';
    const path = `/api/v2/write?bucket=${bucketId}`;
    const sent = { method: 'POST', body: lines, headers: { 'X-API-Key': server.adminKey } };
    expect((await fetch(server.url + path, sent)).status).toBe(204);
    for (const [index, name] of names.entries()) {
      const rows = await collected(admin.data.export({ bucketId, fields: [name] }));
      expect(rows.map(({ values }) => values)).toEqual([{ [name]: index + 1 }]);
    }
  });

  it('have a latest one, and are deleted', async () => {
    const own = await makeSource(server, bucketId, 'Own', { t: 'number' });
    const { key } = await makeKey(server, bucketId, 'write', { dataSourceId: own });
    const device = new dakkio.DakkioClient({ url: `${server.url}/`, key: `${key}\n` });
    await device.data.insert({ values: { t: 7, missing: undefined }, timestamp: new Date(at(0)) });
    expect(await device.data.latest()).toMatchObject([{ timestamp: '2024-01-15T10:00:00.000Z', values: { t: 7 } }]);
    const range = { bucketId, dataSourceId: own, startTime: at(0), endTime: at(1) };
    await admin.data.delete(range);
    expect(await device.data.latest()).toEqual([]);
  });

  it.each([
    ['NaN', { values: { t: NaN } }, 'values.t must be a finite number'],
    ['an invalid date', { values: { t: 1 }, timestamp: new Date('x') }, 'timestamp is not a valid time'],
    ['no values', {} as dakkio.Point, 'values must be an object'],
  ])('are refused before they are sent, with %s', async (_what, point, message) => {
    expect(await errorOf(admin.data.insert({ ...point, bucketId }))).toEqual(new TypeError(message));
  });
});

describe('errors', () => {
  it('have the status, the code, the details and the request id of the response', async () => {
    const error = (await errorOf(admin.buckets.create({ name: '' }))) as dakkio.ApiError;
    expect(error).toBeInstanceOf(dakkio.ValidationError);
    expect(error).toMatchObject({ name: 'ValidationError', status: 400, message: 'Bucket name is required' });
    expect(error.code).toMatch(/^[a-z_]+$/);
    expect(error.requestId).toMatch(/./);
    const details = (await errorOf(
      admin.data.insertMany([{ dataSourceId: sourceId, values: { t: 'x' } }], { bucketId }),
    )) as dakkio.ApiError;
    expect(details.details[0]?.path).toEqual(['body', 'dataPoints', 0, 'values', 't']);
  });

  it.each([
    ['AuthenticationError', () => new dakkio.DakkioClient({ url: server.url, key: 'wrong' }).keys.self()],
    ['NotFoundError', () => admin.buckets.get('000000000000000000000000')],
    [
      'PermissionError',
      async () => {
        const { key } = await makeKey(server, bucketId, 'read');
        return new dakkio.DakkioClient({ url: server.url, key }).buckets.list();
      },
    ],
  ])('are %s', async (name, call) => {
    expect((await errorOf(call())).name).toBe(name);
  });

  it('are a ConnectionError where nothing listens, after retries', async () => {
    const { url, end } = await answering(() => undefined);
    await new Promise((resolve) => end.close(resolve));
    const client = new dakkio.DakkioClient({ url, key: 'k', retry: { initialDelayMillis: 1, maxRetryMillis: 20 } });
    expect(await errorOf(client.keys.self())).toBeInstanceOf(dakkio.ConnectionError);
  });

  it('are a TimeoutError where the server is silent, and the reason of a signal', async () => {
    const { url, end } = await answering(() => undefined);
    const client = new dakkio.DakkioClient({ url, key: 'k', retry: { maxRetryMillis: 0 } });
    expect(await errorOf(client.keys.self({ timeoutMillis: 20 }))).toBeInstanceOf(dakkio.TimeoutError);
    const why = new Error('The user left');
    const abort = new AbortController();
    const call = errorOf(client.keys.self({ signal: abort.signal }));
    abort.abort(why);
    expect(await call).toBe(why);
    expect(await errorOf(client.keys.self({ signal: abort.signal }))).toBe(why);
    end.closeAllConnections();
    end.close();
  });
});

describe('retries', () => {
  it('repeat a read until it succeeds, and a creation only if the server says that it did nothing', async () => {
    const seen: string[] = [];
    const refusals = new Map([
      ['GET /api/keys/self', [[503], [502], [429, 'rate_limit_exceeded']]],
      [
        'POST /api/buckets',
        [
          [503, 'database_unavailable'],
          [429, 'rate_limit_exceeded'],
          [503, 'outcome_unknown'],
        ],
      ],
    ]);
    const { url, end } = await answering(({ method, url: path }, response) => {
      const name = `${method} ${path}`;
      seen.push(name);
      const [status = 200, code] = refusals.get(name)?.shift() ?? [];
      response.writeHead(status as number, { 'Retry-After': '0', ...(code !== undefined && { 'X-Error-Code': code }) });
      response.end(JSON.stringify({ apiKey: { name: 'It' } }));
    });
    const client = new dakkio.DakkioClient({ url, key: 'k', retry: { initialDelayMillis: 1 } });
    expect(await client.keys.self()).toEqual({ name: 'It' });
    expect(seen).toEqual(Array(4).fill('GET /api/keys/self'));
    seen.length = 0;
    expect(await errorOf(client.buckets.create({ name: 'x' }))).toMatchObject({ code: 'outcome_unknown' });
    expect(seen).toEqual(Array(3).fill('POST /api/buckets'));
    end.close();
  });
});

describe('the key', () => {
  const KEY = 'dakkio_w_secret';

  it('is in no output of a client or an error, and in no address', async () => {
    const paths: string[] = [];
    const { url, end } = await answering(({ url: path = '' }, response) => {
      paths.push(path);
      response.writeHead(400).end(JSON.stringify({ message: 'No' }));
    });
    const client = new dakkio.DakkioClient({ url, key: KEY });
    const error = await errorOf(client.data.latest());
    const stream = await errorOf(client.data.stream().next());
    for (const shown of [client, client.data, client.data.writer(), error, stream, (error as dakkio.ApiError).cause])
      expect(inspect(shown, { depth: 9, showHidden: true }) + (JSON.stringify(shown) ?? '')).not.toContain('secret');
    expect(paths.join()).not.toContain('secret');
    end.close();
  });

  it.each([
    ['with a line break', 'dakkio_w_secret\nX: y'],
    ['that is empty', ' '],
    ['with a letter that no header has', 'dakkio_w_secret\u{1F511}'],
  ])('is refused %s, without being shown', (_what, key) => {
    expect(() => new dakkio.DakkioClient({ url: 'http://localhost', key })).toThrow(
      new dakkio.DakkioError('key must be an API key, such as dakkio_w_…'),
    );
  });

  it('does not follow a redirect to another server', async () => {
    let received = '';
    const other = await answering(({ headers }, response) => {
      received += JSON.stringify(headers);
      response.end('{}');
    });
    const { url, end } = await answering((_, response) => response.writeHead(307, { Location: other.url }).end());
    const client = new dakkio.DakkioClient({ url, key: KEY });
    expect((await errorOf(client.data.latest())).message).toMatch(/redirects/);
    expect(received).toBe('');
    end.close();
    other.end.close();
  });

  it('can be replaced', async () => {
    const client = new dakkio.DakkioClient({ url: server.url, key: 'wrong' });
    client.useKey(server.adminKey);
    expect((await client.keys.self()).type).toBe('admin');
  });

  it.each(['localhost:3000', 'ftp://localhost', 'http://user:secret@localhost', 'http://localhost?key=secret', ''])(
    'needs a server at an address of HTTP: %j is refused',
    (url) => expect(() => new dakkio.DakkioClient({ url, key: KEY })).toThrow(dakkio.DakkioError),
  );
});
