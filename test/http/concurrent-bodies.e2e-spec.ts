// npm test leaves this out: hostile requests, repeated.
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { RawConnection } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

const MEGABYTE = 1_048_576;
const BUSY = 'Too many large request bodies are being read right now. Please try again';

let server: TestApp;
let bucketId: string;
let sourceId: string;
let writeKey: string;

/** A server with 16 MiB for bodies: a key can use 4 MiB of them, which is one body of the largest size. */
beforeAll(async () => {
  server = await startApp({ DAKKIO_BODIES_BYTES: String(16 * MEGABYTE) });
  bucketId = await makeBucket(server);
  writeKey = (await makeKey(server, bucketId, 'write')).key;
  const schema = { temperature: 'number' };
  const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
    key: writeKey,
    body: { name: 'Sensor', schema },
  });
  sourceId = made.body.dataSource._id as string;
});
afterAll(() => server.stop());

async function post(path: string, body: RequestInit['body'], { key = writeKey, headers = {} } = {}) {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json', ...headers },
    ...(body !== undefined && { body, duplex: 'half' }),
  });
  const { message, inserted } = (await answer.json()) as { message: string; inserted?: number };
  return { status: answer.status, message, ...(inserted !== undefined && { inserted }) };
}
const batch = (points: number, more = '') => {
  const point = (index: number) =>
    `{"dataSourceId":"${sourceId}","values":{"temperature":${index}},"timestamp":${1e12 + index}${more}}`;
  return `{"dataPoints":[${Array.from({ length: points }, (_, index) => point(index)).join(',')}]}`;
};

describe('concurrent bodies', () => {
  const head = (key: string, length: string) =>
    `POST /api/data/batch HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\n${length}\r\n\r\n`;
  const declared = (text: string) => `Content-Length: ${Buffer.byteLength(text)}`;
  const padded = (text: string) => text.padEnd(4 * MEGABYTE);

  it('wait only for bodies of the same key, and small ones do not wait', async () => {
    const { key } = await makeKey(server, bucketId, 'write');
    const slow = await RawConnection.open(server.port);
    const waiting = await RawConnection.open(server.port);
    const body = padded(batch(10));
    await slow.send(head(key, declared(body)) + body.slice(0, 1000));
    // Its first bytes are read, so its memory is reserved.
    await server.call('GET', '/health/live');
    const second = waiting.send(head(key, declared(body)) + body);
    expect(await post('/api/data/batch', batch(100), { key })).toMatchObject({ status: 201 });
    expect(await post('/api/data/batch', padded(batch(10)))).toMatchObject({ status: 201 });

    const reply = post('/api/data/batch', padded(batch(10)), { key });
    await slow.send(body.slice(1000));
    expect((await slow.next()).status).toBe(201);
    await second;
    expect((await waiting.next()).status).toBe(201);
    expect((await reply).status).toBe(201);
    slow.destroy();
    waiting.destroy();
  });

  it('are answered 503 when there is no memory for five seconds, and release it when their client disconnects', async () => {
    const { key } = await makeKey(server, bucketId, 'write');
    const slow = await RawConnection.open(server.port);
    await slow.send(head(key, `Content-Length: ${4 * MEGABYTE}`) + '{');
    await server.call('GET', '/health/live');
    const answer = await server.call('POST', '/api/data/batch', { key, body: padded(batch(10)) });
    expect([answer.status, answer.body.message, answer.headers.get('retry-after')]).toEqual([503, BUSY, '1']);
    slow.reset();
    expect(await post('/api/data/batch', padded(batch(10)), { key })).toMatchObject({ status: 201 });
    expect(server.logs.filter((line) => line.includes(BUSY))).toEqual([]);
  });

  it('share the memory limit of their rotation line', async () => {
    const { key } = await makeKey(server, bucketId, 'write');
    const rotated = await server.call('POST', '/api/keys/self/rotate', { key });
    const slow = await RawConnection.open(server.port);
    await slow.send(head(key, `Content-Length: ${4 * MEGABYTE}`) + '{');
    await server.call('GET', '/health/live');
    const done: string[] = [];
    const empty = padded('{"dataPoints":[]}');
    const ours = post('/api/data/batch', empty, { key: rotated.body.apiKey.key }).finally(() => done.push('ours'));
    await post('/api/data/batch', empty).finally(() => done.push('theirs'));
    expect(done).toEqual(['theirs']);
    slow.reset();
    expect((await ours).status).toBe(400);
  });

  it('use at most half of the memory for one organization', async () => {
    const other = await makeOrganization(server);
    const key = server.adminKey;
    const slow = await Promise.all([key, writeKey].map(() => RawConnection.open(server.port)));
    for (const [index, connection] of slow.entries())
      await connection.send(head(index ? key : writeKey, `Content-Length: ${4 * MEGABYTE}`) + '{');
    await server.call('GET', '/health/live');
    const third = (await makeKey(server, bucketId, 'write')).key;
    const done: string[] = [];
    const empty = padded('{"dataPoints":[]}');
    const ours = post('/api/data/batch', empty, { key: third }).finally(() => done.push('ours'));
    await post('/api/data/batch', empty, { key: other }).finally(() => done.push('theirs'));
    expect(done).toEqual(['theirs']);
    for (const connection of slow) connection.reset();
    expect((await ours).status).toBe(400);
  });

  it('are accepted in any number of chunks', async () => {
    const text = batch(300).padEnd(100_000);
    const chunks = [...text].map((character) => `1\r\n${character}\r\n`).join('');
    const connection = await RawConnection.open(server.port);
    await connection.send(`${head(writeKey, 'Transfer-Encoding: chunked')}${chunks}0\r\n\r\n`);
    expect((await connection.next()).body).toMatchObject({ message: 'Batch ingested successfully' });
    connection.destroy();
  });
});
