// npm test leaves this out: hostile requests, repeated.
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { makeBucket, makeKey } from '../support/make';
import { startServer, stopProgram, type RunningServer } from '../support/process';
import { repetitions } from '../support/repetitions';
import { createDatabase, ON_POSTGRES, type TestApp, type TestDatabase } from '../support/test-app';

/** Bodies are read in the same way on each database. */
const onSqlite = ON_POSTGRES ? it.skip : it;
const ROUNDS = ON_POSTGRES ? 2 : repetitions(2, 5);
const MEGABYTE = 1_048_576;
const T = 1_700_000_000_000;

let database: TestDatabase;
let server: RunningServer;
let adminKey = '';
let key = '';
let sourceId = '';
beforeAll(async () => {
  database = await createDatabase();
  await start();
  const app = { call: server.call, adminKey } as TestApp;
  const bucketId = await makeBucket(app);
  key = (await makeKey(app, bucketId, 'write')).key;
  const sent = { key: adminKey, body: { name: 'Climate', schema: { t: 'number', note: 'string' } } };
  sourceId = (await server.call('POST', `/api/buckets/${bucketId}/sources`, sent)).body.dataSource._id as string;
});
afterAll(async () => {
  await stopProgram(server);
  await database.remove();
});

async function start(): Promise<void> {
  server = await startServer({ DATABASE_URL: database.url });
  adminKey ||= /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stderr + server.printed.stdout)?.[0] ?? '';
}

/** Sends a body that is never whole in the memory of the test, and returns the answer. */
async function upload(body: Iterable<string | Buffer>, isZipped = false): Promise<{ status: number; body: any }> {
  const headers = { 'X-API-Key': key, ...(isZipped && { 'Content-Encoding': 'gzip' }) };
  const sent = httpRequest(`${server.url}/api/data/csv?dataSourceId=${sourceId}`, { method: 'POST', headers });
  const answer = once(sent, 'response');
  const sending = isZipped ? pipeline(Readable.from(body), createGzip(), sent) : pipeline(Readable.from(body), sent);
  sending.catch(() => undefined);
  const [response] = (await answer) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, body: JSON.parse(text) as unknown };
}

function* repeated(head: string, piece: string, megabytes: number, tail = ''): Generator<string> {
  const part = piece.repeat(Math.ceil(MEGABYTE / piece.length));
  yield head;
  for (let count = 0; count < megabytes; count++) yield part;
  yield tail;
}

function residentBytes(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1]) * 1024;
}

const END = `\n${T},1,\n`;

onSqlite.each([
  ['a line of 128 MB', () => repeated('time,t,note\n1,1,', 'x', 128, END), 207, 1],
  ['a quote that is never closed', () => repeated('time,t,note\n1,1,"', 'x', 16), 207, 0],
  ['a quote that is never closed over short lines', () => repeated('time,t,note\n1,1,"', '\n', 1), 207, 0],
  ['quotes that open on each line', () => repeated('time,t,note\n', '"""x\n', 1), 207, 0],
  ['empty lines', () => repeated('time,t,note\n', '\n', 2, END), 201, 1],
  ['a million columns', () => repeated('time,t,', 'metadata.a,', 11), 400, 0],
  ['many rows of many cells', () => repeated('time,t,note\n', `${',x'.repeat(60_000)}\n`, 8), 207, 0],
])('%s costs little memory, and others are served', async (_what, body, status, stored) => {
  await upload(['time,t\n']);
  const before = residentBytes();
  let isDone = false;
  const uploading = upload(body()).finally(() => (isDone = true));
  let longest = 0;
  let most = 0;
  while (!isDone) {
    const from = performance.now();
    expect((await server.call('GET', '/api/keys/self', { key })).status).toBe(200);
    longest = Math.max(longest, performance.now() - from);
    most = Math.max(most, residentBytes());
  }
  const answer = await uploading;
  expect([answer.status, answer.body.inserted + answer.body.duplicates]).toEqual([status, stored]);
  expect(most - before).toBeLessThan(160 * MEGABYTE);
  expect(longest).toBeLessThan(2000);
});

onSqlite('a body that unpacks to a thousand times its size costs little memory', async () => {
  const before = residentBytes();
  const { status, body } = await upload(repeated('time,t,note\n1,1,', 'x', 256, END), true);
  expect([status, body.rejected]).toEqual([207, 1]);
  expect(residentBytes() - before).toBeLessThan(160 * MEGABYTE);
});

it(`has stored what it reported after ${ROUNDS} kills, and the rest can be sent again`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const from = T + (round + 1) * 1_000_000;
    const csv = (count: number) =>
      `time,t\n${Array.from({ length: count }, (_, index) => `${from + index},${index}\n`).join('')}`;
    expect((await upload([csv(1500)])).body).toMatchObject({ inserted: 1500 });
    const cut = upload([csv(200_000)]).catch(() => undefined);
    setTimeout(() => server.child.kill('SIGKILL'), 100 + round * 137);
    await cut;
    await server.ended;
    await start();
    const again = (await upload([csv(3000)])).body as { inserted: number; duplicates: number };
    expect(again.inserted + again.duplicates).toBe(3000);
    expect(again.duplicates).toBeGreaterThanOrEqual(1500);
  }
});
