// npm test leaves this out: hostile requests, repeated.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { makeBucket, makeKey } from '../support/make';
import { rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

const JSON_LINE = 'Content-Type: application/json';
const MEGABYTE = 1_048_576;
const TIMES = 12;

let server: TestApp;
let adminLine: string;
let readLine: string;
let writeKey: string;
beforeAll(async () => {
  server = await startApp();
  adminLine = `X-API-Key: ${server.adminKey}`;
  const bucketId = await makeBucket(server);
  readLine = `X-API-Key: ${(await makeKey(server, bucketId, 'read')).key}`;
  writeKey = (await makeKey(server, bucketId, 'write')).key;
});
afterAll(() => server.stop());

/** The outcomes of one request that a client in its own thread sends repeatedly. */
async function outcomesOf(bytes: Buffer, isReading: boolean): Promise<string[]> {
  const workerData = { port: server.port, bytes, isReading, times: TIMES };
  const client = new Worker(join(__dirname, '..', 'support', 'fast-sender.mjs'), { workerData });
  const outcomes: string[] = [];
  client.on('message', (outcome: string) => outcomes.push(outcome));
  await once(client, 'exit');
  return outcomes;
}

const body = Buffer.alloc(8 * MEGABYTE, ' ');
/** Above the limit of line protocol. */
const lines = Buffer.alloc(30 * MEGABYTE, 'm f=1 1700000000000000000\n');
const withBody = (line: string, headers: readonly string[], sent = body) =>
  Buffer.concat([Buffer.from(rawRequest(line, [...headers, `Content-Length: ${sent.length}`])), sent]);
const inChunks = (line: string, headers: readonly string[]) => {
  const head = Buffer.from(rawRequest(line, [...headers, 'Transfer-Encoding: chunked']));
  return Buffer.concat([head, Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
};

describe.each([
  ['which sends everything before it reads', false],
  ['which reads while it sends', true],
])('a client %s', (_which, isReading) => {
  it.each<[what: string, status: string, make: () => Buffer]>([
    ['no key', '401', () => withBody('POST /api/buckets', [JSON_LINE])],
    ['no key, with 5 MiB', '401', () => withBody('POST /api/buckets', [JSON_LINE], body.subarray(0, 5 * MEGABYTE))],
    ['no key, in chunks', '401', () => inChunks('POST /api/buckets', [JSON_LINE])],
    ['a key without the right', '403', () => withBody('POST /api/buckets', [JSON_LINE, readLine])],
    ['an unknown route', '404', () => withBody('POST /nowhere', [JSON_LINE])],
    ['a method that the route does not support', '405', () => withBody('PUT /api/buckets', [JSON_LINE])],
    ['too large a body', '413', () => withBody('POST /api/data/batch', [JSON_LINE, adminLine])],
    ['too large a body in chunks', '413', () => inChunks('POST /api/data/batch', [JSON_LINE, adminLine])],
    ['too many lines', '413', () => withBody('POST /api/v2/write', [`Authorization: Token ${writeKey}`], lines)],
    ['lines for no bucket', '404', () => withBody('POST /write?db=none', [`Authorization: Token ${writeKey}`], lines)],
    ['a body of another type', '415', () => withBody('POST /api/data/batch', [adminLine, 'Content-Type: text/xml'])],
    [
      'no Host header',
      '400',
      () => Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n`), body]),
    ],
    ['too large headers', '431', () => withBody('POST /api/buckets', [`X-Large: ${'x'.repeat(20_000)}`])],
  ])('gets the refusal of each large request: %s', async (_what, status, make) => {
    expect(await outcomesOf(make(), isReading)).toEqual(Array(TIMES).fill(status));
  });
});
