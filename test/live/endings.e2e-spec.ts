// npm test leaves this out: connections that end, one by one.
import { once } from 'node:events';
import { connect } from 'node:net';
import { StreamHub } from '../../src/live/stream-hub';
import { makeBucket, makeKey } from '../support/make';
import { openStream, type TestStream } from '../support/streams';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const STREAM = '/api/data/stream';

/** A second, and four for a machine that does other work. */
const LATEST_MILLIS = 5000;

let server: TestApp;
let bucketId: string;
const open = new Set<TestStream>();

beforeAll(async () => (server = await startApp({ DAKKIO_STREAMS: '8' })));
afterAll(() => server.stop());
beforeEach(async () => {
  bucketId = await makeBucket(server);
});
afterEach(async () => {
  for (const stream of open) stream.close();
  open.clear();
  await until('all streams are closed', () => server.app.get(StreamHub).streams.size === 0);
});

async function stream(key: string): Promise<TestStream> {
  const opened = await openStream(server, '', { key });
  open.add(opened);
  await opened.next('ready');
  return opened;
}

/** How long the stream goes on, and why it ends. */
async function ending(reading: TestStream, end: () => Promise<unknown>) {
  await end();
  const from = performance.now();
  await until('the stream has ended', () => reading.isEnded);
  return { millis: performance.now() - from, reason: reading.events.at(-1)?.data.reason as string };
}

describe('an open stream', () => {
  it.each([
    ['deleted', (path: string) => server.call('DELETE', path, { key: server.adminKey })],
    ['disabled', (path: string) => server.call('PATCH', path, { key: server.adminKey, body: { enabled: false } })],
    [
      'restricted to other addresses',
      (path: string) => server.call('PATCH', path, { key: server.adminKey, body: { allowedIps: ['10.0.0.1'] } }),
    ],
  ])('ends within a second after its key is %s', async (what, change) => {
    const { key, _id } = await makeKey(server, bucketId, 'read');
    const other = await stream((await makeKey(server, bucketId, 'read')).key);
    const { millis, reason } = await ending(await stream(key), async () =>
      expect((await change(`/api/buckets/${bucketId}/keys/${_id}`)).status).toBe(200),
    );
    expect(millis).toBeLessThan(LATEST_MILLIS);
    expect(reason).toBe(what.startsWith('restricted') ? 'address_not_allowed' : 'key_invalid');
    expect(other.isEnded).toBe(false);
  });

  it('ends within a second after its key expires', async () => {
    const expiresAt = Date.now() + 1500;
    const { key } = await makeKey(server, bucketId, 'read', { expiresAt: new Date(expiresAt).toISOString() });
    const reading = await stream(key);
    await until('the stream has ended', () => reading.isEnded);
    const late = Date.now() - expiresAt;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(LATEST_MILLIS);
  });

  it('ends when its bucket is deleted, also that of an Admin key', async () => {
    const reading = await openStream(server, `?bucketId=${bucketId}`, { key: server.adminKey });
    await reading.next('ready');
    const { millis, reason } = await ending(reading, () =>
      server.call('DELETE', `/api/buckets/${bucketId}`, { key: server.adminKey }),
    );
    expect(millis).toBeLessThan(LATEST_MILLIS);
    expect(reason).toBe('bucket_deleted');
  });

  it('ends when the server stops, and says when to reconnect', async () => {
    const stopping = await startApp();
    const bucket = await makeBucket(stopping);
    const { key } = await makeKey(stopping, bucket, 'read');
    const reading = await openStream(stopping, '', { key });
    await reading.next('ready');
    const { millis, reason } = await ending(reading, () => stopping.stop());
    expect(millis).toBeLessThan(LATEST_MILLIS);
    expect(reason).toBe('server_stopping');
    expect(reading.text).toMatch(/\nretry: \d{4}\n\nevent: closed\ndata: .*\n\n$/);
  });
});

describe('the bounds', () => {
  it('are those of the line of keys, then those of the organization', async () => {
    const keys = await Promise.all([1, 2, 3, 4].map(async () => (await makeKey(server, bucketId, 'read')).key));
    const [first = '', second = '', third = '', fourth = ''] = keys;
    const own = [await stream(first), await stream(first)];
    const answer = await server.call('GET', STREAM, { key: first });
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('x-error-code')]).toEqual([
      ...[503, '10'],
      'too_many_streams',
    ]);
    for (const key of [second, second, third, third]) await stream(key);
    expect((await server.call('GET', STREAM, { key: fourth })).status).toBe(503);
    own[0]?.close();
    await until('there is room', async () => (await server.call('GET', STREAM, { key: fourth })).status === 200);
  });
});

describe('a reader that is too slow', () => {
  it('is told how much it missed, and goes on, while others get everything', async () => {
    Object.assign(server.app.get(StreamHub), { mostWaitingBytes: 2_000_000 });
    const body = { name: 'Texts', schema: { n: 'number', text: 'string' } };
    const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, { key: server.adminKey, body });
    const texts = made.body.dataSource._id as string;
    const { key } = await makeKey(server, bucketId, 'read');
    const slow = connect({ port: server.port, host: '127.0.0.1' });
    slow.write(`GET ${STREAM} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`);
    await once(slow, 'data');
    slow.pause();
    const quick = await stream(key);
    const text = 'x'.repeat(1000);
    const count = 14;
    for (let batch = 0; batch < count; batch++) {
      const dataPoints = Array.from({ length: 1000 }, (_, index) => ({
        ...{ dataSourceId: texts, timestamp: Date.UTC(2024, 0, 1) + batch * 1000 + index },
        values: { n: batch * 1000 + index, text },
      }));
      const sent = { key: server.adminKey, body: { bucketId, dataPoints } };
      expect((await server.call('POST', '/api/data/batch', sent)).status).toBe(201);
      await quick.points((batch + 1) * 1000);
    }
    let received = '';
    slow
      .setEncoding('latin1')
      .on('data', (chunk: string) => (received += chunk))
      .resume();
    await until('the slow reader is told', () => received.includes('event: gap'));
    await server.call('POST', '/api/data', {
      key: server.adminKey,
      body: { bucketId, dataSourceId: texts, values: { n: -1 } },
    });
    await until('the slow reader goes on', () => received.includes('"n":-1'));
    slow.destroy();
    const gap = JSON.parse(/event: gap\ndata: (.*)\n/.exec(received)?.[1] ?? '');
    const seen = [...received.matchAll(/"n":(\d+)/g)].length;
    expect(gap).toMatchObject({ reason: 'slow_reader', after: expect.stringMatching(/^[0-9a-z]+-[0-9a-z]+$/) });
    expect(gap.missed + seen).toBe(count * 1000);
    expect(quick.events.some(({ event }) => event === 'gap')).toBe(false);
    const other = (await makeKey(server, bucketId, 'read')).key;
    const caughtUp = await openStream(server, `?since=${gap.after}`, { key: other });
    open.add(caughtUp);
    await caughtUp.points(gap.missed as number);
  });
});
