// npm test leaves this out: hostile requests, repeated.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { SESSIONS_PER_DAY } from '../../src/api-keys/sessions/sessions.service';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';
import { waitsDuring, type Waits } from '../support/waits';

const AT_ONCE = 16;

let server: TestApp;
let bucketId: string;
let dataSourceId: string;
let keys: { readonly write: string; readonly read: string };
let control: Waits;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  dataSourceId = await makeSource(server, bucketId, 'Climate', { value: 'number' });
  const [write, read] = [await makeKey(server, bucketId, 'write'), await makeKey(server, bucketId, 'read')];
  keys = { write: write.key, read: read.key };
  control = await waitsDuring(server, () => sleep(500));
}, 60_000);
afterAll(() => server.stop());

/** Sends this many requests, 16 at a time. @returns how often each status came, and how another client fared */
async function flood(count: number, request: (index: number) => Promise<{ readonly status: number }>) {
  const statuses: Record<number, number> = {};
  let next = 0;
  const sendAll = async () => {
    while (next < count) {
      const { status } = await request(next++);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const waits = await waitsDuring(server, () => Promise.all(Array.from({ length: AT_ONCE }, sendAll)));
  return { statuses, waits };
}

/** The other client is answered between the requests of the flood. */
function expectServed({ answered, longest }: Waits, atLeast: number): void {
  expect(answered).toBeGreaterThan(atLeast);
  expect(longest).toBeLessThan(1000 + 5 * control.longest);
}

it('answers others while metrics are read', async () => {
  const { statuses, waits } = await flood(400, () => server.call('GET', '/metrics', { key: server.adminKey }));
  expect(statuses).toEqual({ 200: 400 });
  expectServed(waits, 10);
}, 60_000);

it('answers others while a Read key gets tickets', async () => {
  const options = { key: keys.read, body: {} };
  const { statuses, waits } = await flood(1000, () => server.call('POST', '/api/data/stream/tickets', options));
  expect(statuses).toEqual({ 201: 1000 });
  expectServed(waits, 10);
}, 60_000);

it('refuses the sessions of a Read key beyond those of a day, and opens those of another key', async () => {
  const options = { key: keys.read, body: {} };
  const { statuses, waits } = await flood(SESSIONS_PER_DAY + 50, () => server.call('POST', '/api/session', options));
  expect(statuses).toEqual({ 201: SESSIONS_PER_DAY, 429: 50 });
  expectServed(waits, 10);
  expect((await server.call('POST', '/api/session', { key: keys.write, body: {} })).status).toBe(201);
}, 60_000);

it('answers others while an Admin key imports history quietly', async () => {
  const pointOf = (index: number) => ({ dataSourceId, timestamp: 1_600_000_000_000 + index, values: { value: 1 } });
  const { statuses, waits } = await flood(40, (batch) => {
    const dataPoints = Array.from({ length: 1000 }, (_, index) => pointOf(batch * 1000 + index));
    return server.call('POST', '/api/data/batch?quiet=true', { key: server.adminKey, body: { bucketId, dataPoints } });
  });
  expect(statuses).toEqual({ 201: 40 });
  expectServed(waits, 10);
}, 60_000);

it('has a place for the query of another key while the exports of one are not read', async () => {
  const request = rawRequest('GET /api/data/export', [`X-API-Key: ${keys.read}`]);
  const readers = Array.from({ length: 100 }, () => connect(server.port, '127.0.0.1').on('error', () => undefined));
  await Promise.all(readers.map((reader) => new Promise((sent) => reader.pause().write(request, sent))));
  const query = { key: keys.write, body: { downsampling: false, filters: { dataSourceId, limit: 1 } } };
  const queryOften = async () => {
    for (let count = 0; count < 40; count++)
      expect((await server.call('POST', '/api/data/query', query)).status).toBe(200);
  };
  expectServed(await waitsDuring(server, queryOften), 10);
  for (const reader of readers) reader.destroy();
}, 60_000);

it.each([
  ['line protocol', () => `/api/v2/write?bucket=${bucketId}`, '\n', 'text/plain'],
  ['CSV', () => `/api/data/csv?dataSourceId=${dataSourceId}`, ',\n', 'text/csv'],
])(
  'answers others while 50 MB of empty lines are unpacked as %s',
  async (_what, path, line, type) => {
    const head = type === 'text/csv' ? 'timestamp,value\n' : 'a value=1\n';
    const body = Buffer.concat([gzipSync(head), gzipSync(Buffer.alloc(50_000_000, line))]);
    const headers = { 'X-API-Key': keys.write, 'Content-Type': type, 'Content-Encoding': 'gzip' };
    const waits = await waitsDuring(server, async () => {
      const controller = new AbortController();
      const signal = controller.signal;
      const answer = fetch(`${server.url}${path()}`, { method: 'POST', headers, body, signal }).then(
        ({ status }) => status,
        () => 0,
      );
      // Rows that are refused one by one take long: enough is seen before. Lines end at 25 MB.
      await Promise.race([answer, sleep(3000)]);
      controller.abort();
      expect([0, 204, 207, 400, 413]).toContain(await answer);
    });
    expectServed(waits, 10);
  },
  60_000,
);
