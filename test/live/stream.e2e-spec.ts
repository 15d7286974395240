import { spawn } from 'node:child_process';
import { EventSource } from 'eventsource';
import { makeBucket, makeKey, makeOrganization, makeSource } from '../support/make';
import { refused, seen } from '../support/refusals';
import { openStream, type StreamOptions, type TestStream } from '../support/streams';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const STREAM = '/api/data/stream';
const NDJSON = { Accept: 'application/x-ndjson' };

let server: TestApp;
let bucketId: string;
let sourceId: string;
let readKey: string;
const open = new Set<TestStream>();

beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());
beforeEach(async () => {
  bucketId = await makeBucket(server);
  sourceId = await makeSource(server, bucketId);
  readKey = (await makeKey(server, bucketId, 'read')).key;
});
afterEach(() => {
  for (const stream of open) stream.close();
  open.clear();
});

/** Opens a stream, and waits until it is up to date. */
async function stream(query = '', options: StreamOptions = { key: readKey }): Promise<TestStream> {
  const opened = await openStream(server, query, options);
  open.add(opened);
  await opened.next('ready');
  return opened;
}

async function store(dataPoints: readonly object[], id = bucketId): Promise<void> {
  const points = dataPoints.map((point) => ({ dataSourceId: sourceId, ...point }));
  const options = { key: server.adminKey, body: { bucketId: id, dataPoints: points } };
  expect((await server.call('POST', '/api/data/batch', options)).status).toBe(201);
}

const at = (second: number) => new Date(Date.UTC(2024, 0, 15, 10, 0, second)).toISOString();
const point = (second: number, t: number) => ({ timestamp: at(second), values: { t } });

describe('GET /api/data/stream', () => {
  it('sends each point as a query returns it, with its bucket', async () => {
    const reading = await stream();
    await store([{ ...point(1, 21.5), metadata: { device: 'esp32-7' } }]);
    await reading.points(1);

    const queried = await server.call('POST', '/api/data/query', { key: readKey, body: {} });
    expect(reading.events.at(-1)).toEqual({
      event: 'point',
      id: expect.stringMatching(/^[0-9a-z]+-[0-9a-z]+$/),
      data: { ...queried.body.data[0], bucketId },
    });
  });

  it('sends headers that keep proxies from buffering, compressing and storing it', async () => {
    const { response, text } = await stream('', { key: readKey, headers: { 'Accept-Encoding': 'gzip, br' } });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(text).toMatch(/^retry: \d+\n\n/);
  });

  it('follows the order of commits, and sends an updated point again', async () => {
    const reading = await stream();
    await store([point(50, 1)]);
    await reading.points(1);
    await store([point(10, 2)]);
    await reading.points(2);
    await store([point(50, 3)]);
    await reading.points(3);
    expect(reading.temperatures).toEqual([1, 2, 3]);
    const numbers = reading.events.slice(1).map(({ id }) => parseInt(id?.split('-')[0] ?? '', 36));
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    expect(new Set(numbers).size).toBe(3);
  });

  it('does not send what was already stored, nor what is rejected', async () => {
    const reading = await stream();
    await store([point(1, 1)]);
    await reading.points(1);
    await store([point(1, 1)]);
    const bad = {
      key: server.adminKey,
      body: { bucketId, dataPoints: [{ dataSourceId: sourceId, values: { x: 1 } }] },
    };
    expect((await server.call('POST', '/api/data/batch', bad)).status).toBe(400);
    await store([point(2, 2)]);
    await reading.points(2);
    expect(reading.temperatures).toEqual([1, 2]);
  });

  it('sends all points of large batches to all readers, each once and in order', async () => {
    const readers = [await stream(), await stream(), await stream()];
    const count = 5;
    await Promise.all(
      Array.from({ length: count }, (_, batch) =>
        store(
          Array.from({ length: 1000 }, (_, index) => point(0, batch * 1000 + index)).map((one, index) => ({
            ...one,
            timestamp: Date.UTC(2024, 0, 1) + batch * 1_000_000 + index,
          })),
        ),
      ),
    );
    for (const reader of readers) {
      await reader.points(count * 1000);
      expect([...reader.temperatures].sort((one, other) => one - other)).toEqual(
        Array.from({ length: count * 1000 }, (_, index) => index),
      );
      expect(reader.temperatures).toEqual(readers[0]?.temperatures);
    }
  });

  it('is NDJSON where the client prefers it', async () => {
    const reading = await stream('', { key: readKey, headers: NDJSON });
    expect(reading.response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    await store([point(1, 5)]);
    await reading.points(1);
    const lines = reading.text.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'ready', id: expect.any(String), data: { bucketId } },
      { event: 'point', id: expect.any(String), data: { bucketId, dataSourceId: sourceId, values: { t: 5 } } },
    ]);
  });

  it('answers HEAD with the headers alone, and other methods with 405', async () => {
    const head = await server.call('HEAD', STREAM, { key: readKey });
    expect([head.status, head.headers.get('content-type'), head.body]).toEqual([
      ...[200, 'text/event-stream; charset=utf-8'],
      '',
    ]);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await server.call(method, STREAM, { key: readKey });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });
});

describe('the filters', () => {
  it('are data sources, fields and metadata', async () => {
    const body = { name: 'Other', schema: { t: 'number', h: 'number' } };
    const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, { key: server.adminKey, body });
    const other = made.body.dataSource._id as string;
    const [all, one, both, fields, device] = [
      await stream(),
      await stream(`?dataSourceId=${other.toUpperCase()}`),
      await stream(`?dataSourceId=${sourceId}&dataSourceId=${other}`),
      await stream('?fields=h'),
      await stream(`?metadata=${encodeURIComponent('{"device":"a"}')}`),
    ];
    await store([
      point(1, 1),
      { dataSourceId: other, timestamp: at(2), values: { t: 2, h: 50 }, metadata: { device: 'a', room: 'x' } },
      { dataSourceId: other, timestamp: at(3), values: { t: 3 }, metadata: { device: 'b' } },
    ]);
    await Promise.all([all.points(3), one.points(2), both.points(3), fields.points(1), device.points(1)]);
    await store([{ dataSourceId: other, timestamp: at(4), values: { t: 4, h: 51 }, metadata: { device: 'a' } }]);
    await Promise.all([all.points(4), one.points(3), both.points(4), fields.points(2), device.points(2)]);
    expect(all.temperatures).toEqual([1, 2, 3, 4]);
    expect(one.temperatures).toEqual([2, 3, 4]);
    expect(both.temperatures).toEqual([1, 2, 3, 4]);
    expect(device.temperatures).toEqual([2, 4]);
    expect(fields.events.slice(1).map(({ data }) => data.values)).toEqual([{ h: 50 }, { h: 51 }]);
  });

  it.each([
    ['?dataSourceId=x', 'dataSourceId must be 1 to 100 data source IDs'],
    ['?metadata=x', 'metadata must be a JSON object of up to 20 strings, numbers, booleans or nulls'],
    ['?since=yesterday', 'since must be the id of an event, a duration up to 24h such as 10m, or latest'],
    ['?since=25h', 'since must be the id of an event, a duration up to 24h such as 10m, or latest'],
    ['?fields=', 'fields must be 1 to 100 field names'],
    ['?fields=nope', 'The data source has no field nope'],
    ['?bucketId=x', 'Invalid bucket ID format'],
  ])('refuses %s', async (query, message) => {
    expect(seen(await server.call('GET', STREAM + query, { key: readKey }))).toMatchObject({
      status: 400,
      body: { message },
    });
  });
});

describe('the rights', () => {
  it('are those of queries: an Admin key names a bucket of its organization', async () => {
    const unnamed = await server.call('GET', STREAM, { key: server.adminKey });
    expect(seen(unnamed)).toEqual(refused(400, 'Validation Error', 'bucketId is required'));
    const reading = await stream(`?bucketId=${bucketId}`, { key: server.adminKey });
    await store([point(1, 1)]);
    await reading.points(1);
    const stranger = await makeOrganization(server);
    const answer = await server.call('GET', `${STREAM}?bucketId=${bucketId}`, { key: stranger });
    expect(seen(answer)).toEqual(refused(404, 'Not Found', 'Bucket not found'));
  });

  it('of a key of a bucket end at that bucket, and of a bound key at its data source', async () => {
    const other = await makeSource(server, bucketId, 'Other');
    const bound = (await makeKey(server, bucketId, 'read', { dataSourceId: other })).key;
    const reading = await stream('', { key: bound });
    await store([point(1, 1), { dataSourceId: other, values: { t: 2 } }]);
    await reading.points(1);
    expect(reading.temperatures).toEqual([2]);
    const named = await server.call('GET', `${STREAM}?dataSourceId=${sourceId}`, { key: bound });
    expect(seen(named)).toEqual(refused(403, 'Forbidden', 'API key does not have access to this data source'));
    const elsewhere = await server.call('GET', `${STREAM}?bucketId=${await makeBucket(server)}`, { key: readKey });
    expect(seen(elsewhere)).toEqual(refused(403, 'Forbidden', 'API key does not have access to this bucket'));
    const writeOnly = (await makeKey(server, bucketId, 'write', { writeOnly: true })).key;
    expect(seen(await server.call('GET', STREAM, { key: writeOnly }))).toEqual(
      refused(403, 'Forbidden', 'Write-only keys cannot read data'),
    );
  });
});

describe('POST /api/data/stream/tickets', () => {
  const ticketOf = async (body?: object, key = readKey) =>
    (await server.call('POST', `${STREAM}/tickets`, { key, body })).body.streamTicket as {
      ticket: string;
      expiresAt: string;
    };

  it('gives a ticket that opens streams of its key, again and again until it expires', async () => {
    const { ticket, expiresAt } = await ticketOf({ expiresInSeconds: 60 });
    const left = Date.parse(expiresAt) - Date.now();
    expect(left).toBeGreaterThan(55_000);
    expect(left).toBeLessThanOrEqual(60_000);
    for (let use = 0; use < 2; use++) {
      const reading = await stream(`?ticket=${ticket}`, {});
      await store([point(use, use)]);
      await reading.points(1);
    }
  });

  it('is good for no other route, and not once its key is deleted', async () => {
    const { key, _id } = await makeKey(server, bucketId, 'read');
    const { ticket } = await ticketOf(undefined, key);
    const latest = await server.call('GET', `/api/data/latest?ticket=${ticket}`);
    expect(latest.status).toBe(401);
    await server.call('DELETE', `/api/buckets/${bucketId}/keys/${_id}`, { key: server.adminKey });
    expect((await server.call('GET', `${STREAM}?ticket=${ticket}`)).status).toBe(401);
  });

  it('gives nothing for a ticket that was changed, cut short or has expired', async () => {
    const { ticket } = await ticketOf({ expiresInSeconds: 10 });
    const later = ticket.slice(0, 33) + 'ffffffffff' + ticket.slice(43);
    for (const wrong of [later, ticket.slice(0, -1), `${ticket.slice(0, -1)}x`, '', 'dakkio_t_'])
      expect((await server.call('GET', `${STREAM}?ticket=${wrong}`)).status).toBe(401);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 11_000);
    const late = await server.call('GET', `${STREAM}?ticket=${ticket}`);
    now.mockRestore();
    expect(late.status).toBe(401);
  });

  it('expires with its key at the latest', async () => {
    const expiresAt = new Date(Date.now() + 30_000).toISOString();
    const { key } = await makeKey(server, bucketId, 'read', { expiresAt });
    const ticket = await ticketOf({ expiresInSeconds: 3600 }, key);
    expect(Date.parse(ticket.expiresAt)).toBeLessThanOrEqual(Date.parse(expiresAt));
  });
});

describe('clients that people use', () => {
  it('curl -N shows points as they come', async () => {
    const child = spawn('curl', ['-sN', '-H', `X-API-Key: ${readKey}`, `${server.url}${STREAM}`]);
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await until('ready', () => printed.includes('event: ready'));
    await store([point(1, 21)]);
    await until('the point', () => /event: point\ndata: .*"t":21/.test(printed));
    child.kill();
  });

  it('EventSource gets points with a header, and with a ticket', async () => {
    const { body } = await server.call('POST', `${STREAM}/tickets`, { key: readKey });
    const fetchWithKey: typeof fetch = (url, init) =>
      fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), 'X-API-Key': readKey } });
    const sources = [
      new EventSource(`${server.url}${STREAM}`, { fetch: fetchWithKey }),
      new EventSource(`${server.url}${STREAM}?ticket=${body.streamTicket.ticket}`),
    ];
    const received: string[][] = sources.map(() => []);
    const ready = sources.map(() => false);
    for (const [index, source] of sources.entries()) {
      source.addEventListener('ready', () => (ready[index] = true));
      source.addEventListener('point', ({ data }) => received[index]?.push(data as string));
    }
    await until('both are ready', () => ready.every(Boolean));
    await store([point(1, 7)]);
    await until('both have the point', () => received.every((own) => own.length === 1));
    for (const source of sources) source.close();
    expect(received.map(([data]) => JSON.parse(data ?? '').values)).toEqual([{ t: 7 }, { t: 7 }]);
  });

  it('a ticket is not in the log, even with requests in it', async () => {
    const debug = await startApp({ DAKKIO_LOG_LEVEL: 'debug' });
    const bucket = await makeBucket(debug);
    const { key } = await makeKey(debug, bucket, 'read');
    const { ticket } = (await debug.call('POST', `${STREAM}/tickets`, { key })).body.streamTicket;
    await debug.call('GET', `${STREAM}?ticket=${ticket}`);
    await until('the request is logged', () => debug.logs.some((line) => line.includes('stream?ticket=dakkio_t_')));
    expect(debug.logs.join('')).not.toContain(ticket.slice(0, 40));
    await debug.stop();
  });
});
