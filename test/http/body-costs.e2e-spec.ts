// npm test leaves this out: hostile requests, repeated.
import { gzipSync } from 'node:zlib';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';
import { waitsDuring } from '../support/waits';

const MEGABYTE = 1_048_576;
const TOO_DEEP = 'Request body is nested too deeply. At most 32 levels are allowed';
const TOO_MANY =
  'Request body has too many values. At most 250000 are allowed, and at most 10000 outside of a list or in one item';
const TOO_LARGE = 'Request body must be 262144 bytes or less';

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
const GZIP = { headers: { 'Content-Encoding': 'gzip' } };
const batch = (points: number, more = '') => {
  const point = (index: number) =>
    `{"dataSourceId":"${sourceId}","values":{"temperature":${index}},"timestamp":${1e12 + index}${more}}`;
  return `{"dataPoints":[${Array.from({ length: points }, (_, index) => point(index)).join(',')}]}`;
};

const longestWaitDuring = async (work: () => Promise<unknown>) => (await waitsDuring(server, work)).longest;

describe('a body that is expensive for its size', () => {
  const brackets = gzipSync(`{"dataPoints":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`, { level: 9 });
  const values = gzipSync(`{"dataPoints":[${'{},'.repeat(1_000_000)}{}]}`, { level: 9 });

  it('is refused for its depth and its number of values, even as a few kilobytes of gzip', async () => {
    expect(brackets.length).toBeLessThan(5000);
    expect(await post('/api/data/batch', brackets, GZIP)).toEqual({ status: 400, message: TOO_DEEP });
    expect(await post('/api/data/batch', values, GZIP)).toEqual({ status: 400, message: TOO_MANY });
  });

  it.each([
    ['names', () => Array.from({ length: 10_001 }, (_, index) => `"${index.toString(36)}":1`).join(',')],
    ['items of a deep list', () => `"a":{"b":[${'1,'.repeat(10_001)}1]}`],
  ])('is refused for too many %s', async (_what, make) => {
    expect(await post('/api/data/batch', `{${make()}}`.padEnd(200_000))).toEqual({ status: 400, message: TOO_MANY });
  });

  it('limits the number and the length of the unknown names in the error', async () => {
    const long = 'x'.repeat(1_000_000);
    const answer = await server.call('POST', '/api/data/batch', {
      key: writeKey,
      body: `{"${long}":1,${Array.from({ length: 5000 }, (_, index) => `"n${index}":1`).join(',')}}`,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.details).toHaveLength(100);
    expect(answer.body.details[1].message).toBe(`Unknown property: ${'x'.repeat(256)}…`);
    const point = `{"dataSourceId":"${sourceId}","values":{"${long}":1}}`;
    const { body } = await server.call('POST', '/api/data/batch', { key: writeKey, body: `{"dataPoints":[${point}]}` });
    expect(JSON.stringify(body).length).toBeLessThan(2000);
  });

  it('does not delay other clients, however many are sent at once', async () => {
    const attack = () =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) => post('/api/data/batch', index % 2 ? brackets : values, GZIP)),
      );
    const control = await longestWaitDuring(() => post('/api/data/batch', batch(1000)));
    let answers: Awaited<ReturnType<typeof attack>> = [];
    const longest = await longestWaitDuring(async () => (answers = await attack()));
    // Bodies that wait for five seconds are refused too. Without bounds, one such body takes more than a second.
    expect(answers.filter(({ status }) => status !== 400 && status !== 503)).toEqual([]);
    expect(answers.some(({ status }) => status === 400)).toBe(true);
    expect(longest).toBeLessThan(3000 + 5 * control);
  });
});

describe('a large batch', () => {
  it('is stored with every value of every point', async () => {
    expect(await post('/api/data/batch', batch(1000, `,"metadata":{"note":"${'ä'.repeat(400)}"}`))).toMatchObject({
      status: 201,
      inserted: 1000,
    });
    const { body } = await server.call('POST', '/api/data/query', {
      key: server.adminKey,
      body: {
        bucketId,
        filters: { dataSourceId: sourceId, metadata: { note: 'ä'.repeat(400) }, limit: 1000, sort: 'asc' },
        downsampling: false,
      },
    });
    expect(body.data.map(({ values }: any) => values.temperature)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it('names an invalid point far into the batch', async () => {
    const text = batch(1000, `,"metadata":{"note":"${'x'.repeat(900)}"}`).replace(
      '"temperature":900',
      '"temperature":"900"',
    );
    const { body } = await server.call('POST', '/api/data/batch', { key: writeKey, body: text });
    expect(body.details).toEqual([
      { path: ['body', 'dataPoints', 900, 'values', 'temperature'], message: 'temperature must be a number' },
    ]);
  });
});

describe('a body of a route without bulk data', () => {
  it.each(['/api/data/query', '/api/alerts/preview', '/api/buckets'])('is limited to 256 KiB: %s', async (path) => {
    const key = server.adminKey;
    const padded = (length: number) => '{"bucketId":1}'.padEnd(length);
    expect((await post(path, padded(262_144), { key })).status).toBe(400);
    expect(await post(path, padded(262_145), { key })).toEqual({ status: 413, message: TOO_LARGE });
    expect(await post(path, gzipSync(padded(262_145)), { key, ...GZIP })).toEqual({ status: 413, message: TOO_LARGE });
  });
});

describe('gzip', () => {
  const text = () => batch(100);

  it.each([
    ['in two members', (one: Buffer, other: Buffer) => Buffer.concat([one, other])],
    ['with zeros behind it', (one: Buffer, other: Buffer) => Buffer.concat([one, other, Buffer.alloc(50)])],
  ])('is accepted %s', async (_how, join) => {
    const body = join(gzipSync(text().slice(0, 3000)), gzipSync(text().slice(3000)));
    expect(await post('/api/data/batch', body, GZIP)).toMatchObject({ status: 201 });
  });

  it.each([
    ['something else behind it', () => Buffer.concat([gzipSync(text()), Buffer.from('more')])],
    ['half a member behind it', () => Buffer.concat([gzipSync(text()), gzipSync(text()).subarray(0, 30)])],
    ['its end missing', () => gzipSync(text()).subarray(0, -4)],
    ['a wrong size', () => Buffer.concat([gzipSync(text()).subarray(0, -4), Buffer.from([1, 0, 0, 0])])],
  ])('is refused with %s', async (_what, make) => {
    expect(await post('/api/data/batch', make(), GZIP)).toEqual({
      status: 400,
      message: 'Request body is not valid gzip',
    });
  });

  it('is decompressed up to the limit, whatever size it declares', async () => {
    const spaces = gzipSync(Buffer.alloc(5 * MEGABYTE, ' '), { level: 9 });
    const small = Buffer.concat([spaces, gzipSync('{}')]);
    const fits = Buffer.concat([gzipSync(Buffer.alloc(3 * MEGABYTE, ' ')), gzipSync(text())]);
    const tooLarge = { status: 413, message: 'Request body must be 4194304 bytes or less' };
    expect(await post('/api/data/batch', spaces, GZIP)).toEqual(tooLarge);
    expect(await post('/api/data/batch', small, GZIP)).toEqual(tooLarge);
    expect(await post('/api/data/batch', fits, GZIP)).toMatchObject({ status: 201 });
  });
});
