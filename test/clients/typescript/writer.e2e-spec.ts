import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import * as dakkio from '../../../clients/typescript/src';
import { openFaultProxy, type FaultProxy } from '../../support/fault-proxy';
import { makeBucket, makeKey, makeSource } from '../../support/make';
import { createDatabase, startApp, type TestApp } from '../../support/test-app';
import { until } from '../../support/until';

const START = Date.UTC(2024, 0, 15, 10);
const FAST = { initialDelayMillis: 20, maxDelayMillis: 100 };

let server: TestApp;
let bucketId: string;
let key: string;
let proxy: FaultProxy;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
});
afterAll(() => server.stop());
beforeEach(async () => (proxy = await openFaultProxy(server.url)));
afterEach(() => proxy.close());

const through = (options: Partial<Parameters<typeof client>[0]> = {}) =>
  client({ url: proxy.through(server.url), ...options });

function client(options: Partial<ConstructorParameters<typeof dakkio.DakkioClient>[0]>): dakkio.DakkioClient {
  return new dakkio.DakkioClient({ url: server.url, key, ...options });
}

const points = (dataSourceId: string, count: number, from = 0): dakkio.Point[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ dataSourceId, timestamp: START + (from + index) * 1000, values: { t: from + index } },
  }));

/** The values of a data source, oldest first. */
async function stored(dataSourceId: string): Promise<unknown[]> {
  const found: unknown[] = [];
  const reader = client({ key: server.adminKey });
  for await (const { values } of reader.data.export({ bucketId, dataSourceIds: [dataSourceId] })) found.push(values.t);
  return found;
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const sum = ({ inserted, duplicates, updated }: dakkio.WriterStats) => inserted + duplicates + updated;

type Handler = (request: IncomingMessage, body: { dataPoints: any[] }, response: ServerResponse) => void;

/** A server that answers batches as a test wants. */
async function answering(handler: Handler): Promise<{ url: string; end: Server }> {
  const end = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (bytes: Buffer) => parts.push(bytes));
    request.on('end', () => {
      const bytes = Buffer.concat(parts);
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      handler(request, JSON.parse(text.toString()), response);
    });
  });
  await new Promise<void>((resolve) => end.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(end.address() as AddressInfo).port}`, end };
}
function stored201(response: ServerResponse, count: number): void {
  response.writeHead(201).end(JSON.stringify({ inserted: count, updated: 0, duplicates: 0, rejected: 0 }));
}

describe('a writer', () => {
  it('sends batches by count, and the rest after a time', async () => {
    const batches: number[] = [];
    const { url, end } = await answering((_, { dataPoints }, response) => {
      batches.push(dataPoints.length);
      stored201(response, dataPoints.length);
    });
    const writer = client({ url }).data.writer({ batchPoints: 10, maxDelayMillis: 50 });
    for (const point of points('x', 25)) await writer.write(point);
    await until('all are sent', () => writer.stats.inserted === 25);
    expect(batches).toEqual([10, 10, 5]);
    expect(writer.stats).toMatchObject({ queuedPoints: 0, queuedBytes: 0, retries: 0 });
    end.close();
  });

  it('compresses large bodies, and puts the key into a header alone', async () => {
    const seen: unknown[] = [];
    const { url, end } = await answering(({ headers, url: path }, { dataPoints }, response) => {
      seen.push([headers['content-encoding'], headers['x-api-key'] === key, path]);
      stored201(response, dataPoints.length);
    });
    const writer = client({ url }).data.writer();
    await writer.write(points('x', 1));
    await writer.flush();
    await writer.write(points('x', 100));
    await writer.flush();
    const path = '/api/data/batch?partial=true';
    expect(seen).toEqual([
      [undefined, true, path],
      ['gzip', true, path],
    ]);
    end.close();
  });

  it('stores what it is given, and counts', async () => {
    const source = await makeSource(server, bucketId, 'Counted');
    const writer = client({}).data.writer();
    await writer.write(points(source, 2500));
    await writer.flush();
    expect(writer.stats).toMatchObject({ inserted: 2500, duplicates: 0, rejected: 0, dropped: 0 });
    await writer.write([...points(source, 10), { ...(points(source, 1)[0] as dakkio.Point), values: { t: 0 } }]);
    expect((await writer.close()).unsent).toEqual([]);
    expect(sum(writer.stats)).toBe(2511);
    expect(await stored(source)).toEqual(upTo(2500));
    await expect(writer.write(points(source, 1))).rejects.toBeInstanceOf(dakkio.WriterClosedError);
  });

  it('gives a point the time of the call', async () => {
    const source = await makeSource(server, bucketId, 'Timed');
    const writer = through().data.writer({ retry: FAST });
    await proxy.refuse();
    const before = Date.now();
    writer.tryWrite({ dataSourceId: source, values: { t: 1 } });
    const after = Date.now();
    const flushed = writer.flush();
    await until('it was tried twice', () => writer.stats.retries >= 2);
    await proxy.restore();
    await flushed;
    const [row] = await client({ key: server.adminKey }).data.latest({ bucketId, dataSourceId: source });
    const at = Date.parse(row?.timestamp ?? '');
    expect(at >= before && at <= after).toBe(true);
  });

  it('gives rejected points to its handler, and stores the others', async () => {
    const source = await makeSource(server, bucketId, 'Partly');
    const rejected: dakkio.RejectedPoint[] = [];
    const writer = client({}).data.writer({ onRejected: (all) => rejected.push(...all) });
    await writer.write([...points(source, 2), { dataSourceId: source, values: { t: 'x' } }, ...points(source, 1, 2)]);
    await writer.flush();
    expect(rejected).toMatchObject([{ point: { values: { t: 'x' } }, message: expect.stringContaining('t') }]);
    expect(writer.stats).toMatchObject({ inserted: 3, rejected: 1 });
    expect(await stored(source)).toEqual(upTo(3));
  });

  it('does not send again what is refused as a whole, and says so in flush without a handler', async () => {
    const writer = client({ key: 'wrong' }).data.writer();
    await writer.write(points('x', 3));
    const error = await writer.flush().then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(dakkio.PointsLostError);
    expect(error).toMatchObject({ count: 3, cause: { status: 401 } });
    expect(writer.stats).toMatchObject({ rejected: 3, retries: 0 });
    await writer.flush();
  });

  it('sends smaller batches to a server that refuses large ones', async () => {
    const sizes: number[] = [];
    const { url, end } = await answering((_, { dataPoints }, response) => {
      if (dataPoints.length > 30) return response.writeHead(413).end();
      sizes.push(dataPoints.length);
      stored201(response, dataPoints.length);
    });
    const writer = client({ url }).data.writer();
    await writer.write(points('x', 100));
    await writer.flush();
    expect([writer.stats.inserted, Math.max(...sizes) <= 30]).toEqual([100, true]);
    end.close();
  });
});

describe('a writer whose server fails', () => {
  it.each([
    ['429 with seconds', 429, () => '1'],
    ['503 with a date', 503, () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toUTCString()],
  ])('waits as long as Retry-After asks: %s', async (_what, status, retryAfter) => {
    const times: number[] = [];
    const { url, end } = await answering((_, { dataPoints }, response) => {
      times.push(performance.now());
      if (times.length === 1) response.writeHead(status, { 'Retry-After': retryAfter() }).end('{}');
      else stored201(response, dataPoints.length);
    });
    const writer = client({ url }).data.writer({ retry: FAST });
    await writer.write(points('x', 1));
    await writer.flush();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
    expect(writer.stats).toMatchObject({ inserted: 1, retries: 1 });
    end.close();
  });

  it('takes no other answer for a confirmation, such as the page of a captive portal', async () => {
    const answers = ['<html>Please sign in</html>', '{}', '{"inserted":9,"updated":0,"duplicates":0,"rejected":0}'];
    const { url, end } = await answering((_, { dataPoints }, response) => {
      const text = answers.shift();
      if (text === undefined) stored201(response, dataPoints.length);
      else response.writeHead(200).end(text);
    });
    const writer = client({ url }).data.writer({ retry: FAST });
    await writer.write(points('x', 2));
    await writer.flush();
    expect(writer.stats).toMatchObject({ inserted: 2, retries: 3 });
    end.close();
  });

  it('stores each point once when replies are lost and connections break', async () => {
    const source = await makeSource(server, bucketId, 'Broken');
    const writer = through({ timeoutMillis: 300 }).data.writer({ batchPoints: 100, retry: FAST });
    for (let from = 0; from < 1000; from += 100) {
      if (from === 200) proxy.swallow('replies', { next: true });
      if (from === 500) proxy.reset();
      if (from === 700) proxy.swallow('requests', { next: true });
      await writer.write(points(source, 100, from));
      if (from === 300 || from === 800) {
        const { retries } = writer.stats;
        await until('a batch was sent again', () => writer.stats.retries > retries);
        await proxy.restore();
      }
    }
    await writer.flush({ timeoutMillis: 30_000 });
    expect(sum(writer.stats)).toBe(1000);
    expect(writer.stats.duplicates).toBeGreaterThan(0);
    expect(await stored(source)).toEqual(upTo(1000));
  });

  it('continues after a restart of the server', async () => {
    const database = await createDatabase();
    const first = await startApp({}, database);
    const bucket = await makeBucket(first);
    const source = await makeSource(first, bucket);
    const { key: own } = await makeKey(first, bucket, 'write');
    const writer = client({ url: first.url, key: own }).data.writer({ batchPoints: 50, retry: FAST });
    await writer.write(points(source, 100));
    await first.stop();
    await writer.write(points(source, 200, 100));
    await until('a batch was sent again', () => writer.stats.retries > 0);
    const second = await startApp({ PORT: new URL(first.url).port }, database);
    await writer.flush({ timeoutMillis: 30_000 });
    const { body } = await second.call('GET', `/api/buckets/${bucket}/sources/${source}`, { key: own });
    expect(body.dataSource.stats.dataPointCount).toBe(300);
    await second.stop();
    await database.remove();
  });

  it('gives points up after the time for retries', async () => {
    const { url, end } = await answering((_, _body, response) => response.writeHead(503).end());
    const dropped: unknown[] = [];
    const writer = client({ url }).data.writer({
      retry: { ...FAST, maxRetryMillis: 200 },
      onDropped: (lost, reason) => dropped.push([lost.length, reason]),
    });
    await writer.write(points('x', 3));
    await writer.flush();
    expect(dropped).toEqual([[3, 'retry_time']]);
    expect(writer.stats).toMatchObject({ dropped: 3, queuedPoints: 0 });
    end.close();
  });

  it('ends at the deadline of close, and returns what is not confirmed', async () => {
    const source = await makeSource(server, bucketId, 'Closed');
    const writer = through().data.writer({ retry: FAST });
    await proxy.refuse();
    const written = points(source, 5);
    await writer.write(written);
    const { unsent } = await writer.close({ timeoutMillis: 100 });
    expect(unsent).toEqual(written);
    await proxy.restore();
    const next = through().data.writer();
    await next.write(unsent);
    await next.close();
    expect(await stored(source)).toEqual(upTo(5));
  });
});

describe('the queue of a writer', () => {
  const full = { maxQueuedPoints: 10, batchPoints: 5, retry: FAST };
  beforeEach(() => proxy.refuse());

  it('makes write wait for room', async () => {
    const source = await makeSource(server, bucketId, 'Waiting');
    const writer = through().data.writer(full);
    await writer.write(points(source, 10));
    expect(writer.tryWrite(points(source, 1, 10))).toBe(false);
    let isWritten = false;
    const writing = writer.write(points(source, 20, 10)).then(() => (isWritten = true));
    const after = writer.write(points(source, 1, 30));
    await until('it was tried', () => writer.stats.retries > 0);
    expect([isWritten, writer.stats.queuedPoints]).toEqual([false, 10]);
    await proxy.restore();
    await Promise.all([writing, after]);
    await writer.flush();
    expect(await stored(source)).toEqual(upTo(31));
  });

  it('bounds the writes that wait, and frees them by a signal and by close', async () => {
    const writer = through().data.writer(full);
    await writer.write(points('x', 10));
    const abort = new AbortController();
    const aborted = writer.write(points('x', 1), { signal: abort.signal });
    const waiting = Array.from({ length: 1500 }, () =>
      writer.write(points('x', 1)).then(
        () => 'written',
        (error: Error) => error.name,
      ),
    );
    abort.abort(new Error('Enough'));
    await expect(aborted).rejects.toThrow('Enough');
    await writer.close({ timeoutMillis: 50 });
    const outcomes = await Promise.all(waiting);
    const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
    // The aborted one had a place among the 1000 that wait.
    expect([count('WriterClosedError'), count('QueueFullError'), count('written')]).toEqual([1000, 500, 0]);
  });

  it('refuses points when it is full, all or none', async () => {
    const writer = through().data.writer({ ...full, overflow: 'reject' });
    await writer.write(points('x', 8));
    await expect(writer.write(points('x', 3))).rejects.toBeInstanceOf(dakkio.QueueFullError);
    expect([writer.tryWrite(points('x', 2)), writer.tryWrite(points('x', 1))]).toEqual([true, false]);
    expect(writer.stats.queuedPoints).toBe(10);
    await writer.close({ timeoutMillis: 0 });
  });

  it('drops the oldest points that are not being sent, and counts them', async () => {
    const source = await makeSource(server, bucketId, 'Dropping');
    const dropped: unknown[] = [];
    const writer = through().data.writer({
      ...{ ...full, overflow: 'drop-oldest' },
      onDropped: (lost, reason) => dropped.push(...lost.map(({ values }) => [values.t, reason])),
    });
    for (const point of points(source, 13)) await writer.write(point);
    expect(writer.stats).toMatchObject({ queuedPoints: 10, dropped: 3 });
    await proxy.restore();
    await writer.flush();
    expect(dropped).toEqual([5, 6, 7].map((value) => [value, 'overflow']));
    expect(await stored(source)).toEqual([0, 1, 2, 3, 4, 8, 9, 10, 11, 12]);
  });

  it('has a bound of bytes too', async () => {
    const writer = through().data.writer({ maxQueuedBytes: 2048, overflow: 'reject', retry: FAST });
    let count = 0;
    while (writer.tryWrite({ values: { text: 'ü'.repeat(100) }, timestamp: START + count })) count++;
    // 44 bytes and 200 for the text.
    expect(count).toBe(Math.floor(2048 / 247));
    await expect(writer.write({ values: { text: 'x'.repeat(2000) } })).rejects.toThrow(/larger than half/);
    await writer.close({ timeoutMillis: 0 });
  });
});
