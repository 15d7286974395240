import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdSlot, waitingAre, type HeldSlot } from '../support/busy';
import { makeBucket, makeKey, makeOrganization, type MadeKey } from '../support/make';
import { RawConnection } from '../support/raw';
import { UNAUTHORIZED, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

/** One slot per rotation line and three per organization; two requests of a lineage can be queued. */
const FEW = { DAKKIO_QUERIES_AT_ONCE: '4', DAKKIO_QUERY_QUEUE: '16' };

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { parameters?: readonly { name: string }[] }>>>>;
}
const { paths } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'openapi.json'), 'utf8')) as Described;
/** Every list route of the API: those with a `limit`. */
const LISTS = Object.entries(paths).flatMap(([path, { get }]) =>
  get?.parameters?.some(({ name }) => name === 'limit') ? [path] : [],
);

let server: TestApp;
let bucketId: string;
let sourceId: string;
let reader: MadeKey;
let other: MadeKey;
let places: HeldSlot[];
beforeAll(async () => {
  server = await startApp(FEW);
  bucketId = await makeBucket(server);
  const schema = { temperature: 'number' };
  const { body } = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
    key: server.adminKey,
    body: { name: 'Climate', schema },
  });
  sourceId = body.dataSource._id as string;
});
afterAll(() => server.stop());
beforeEach(async () => {
  places = [];
  reader = await makeKey(server, bucketId, 'read');
  other = await makeKey(server, bucketId, 'read');
});
afterEach(async () => {
  for (const place of places) await place.end();
});

const hold = async (key: string) => void places.push(await holdSlot(server, key));
const ask = (key: string) => server.call('POST', '/api/data/query', { key, body: {} });

it('queues a few queries of a key, and rejects further ones with 503 and Retry-After', async () => {
  await hold(reader.key);
  const waiting = [ask(reader.key), ask(reader.key)];
  await waitingAre(server, 2);

  const { status, headers, body } = await ask(reader.key);
  expect([status, body]).toEqual([
    503,
    {
      error: 'Service Unavailable',
      message: 'Too many queries are waiting. Retry-After says when to try again',
      requestId: headers.get('x-request-id'),
    },
  ]);
  expect(headers.get('retry-after')).toBe('1');
  expect(server.logs.filter((line) => line.includes('ERROR'))).toEqual([]);

  await places.pop()?.end();
  expect((await Promise.all(waiting)).map((answer) => answer.status)).toEqual([200, 200]);
});

it('answers other keys and other organizations while one key has reached its limits', async () => {
  const stranger = await makeOrganization(server);
  await hold(reader.key);
  const waiting = [ask(reader.key), ask(reader.key)];
  await waitingAre(server, 2);

  expect((await ask(other.key)).status).toBe(200);
  expect((await server.call('GET', '/api/analytics/overview', { key: stranger })).status).toBe(200);

  await places.pop()?.end();
  await Promise.all(waiting);
});

it('counts a key together with the keys of its rotation', async () => {
  const { body } = await server.call('POST', `/api/buckets/${bucketId}/keys/${reader._id}/rotate`, {
    key: server.adminKey,
    body: {},
  });
  await hold(reader.key);
  const waiting = [ask(body.apiKey.key as string), ask(reader.key)];
  await waitingAre(server, 2);
  expect((await ask(body.apiKey.key as string)).status).toBe(503);

  await places.pop()?.end();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
});

it('reserves a slot for other organizations', async () => {
  const stranger = await makeOrganization(server);
  for (const { key } of [reader, other, await makeKey(server, bucketId, 'read')]) await hold(key);
  const waiting = ask((await makeKey(server, bucketId, 'read')).key);
  await waitingAre(server, 1);

  expect((await server.call('GET', '/api/analytics/overview', { key: stranger })).status).toBe(200);
  await places.pop()?.end();
  expect((await waiting).status).toBe(200);
});

it('never queues a short request', async () => {
  const writer = await makeKey(server, bucketId, 'write');
  await hold(writer.key);
  const waiting = [ask(writer.key), ask(writer.key)];
  await waitingAre(server, 2);

  const { key } = writer;
  const point = { dataSourceId: sourceId, values: { temperature: 1 } };
  const answers = [
    await server.call('GET', '/api/keys/self', { key }),
    await server.call('POST', '/api/data', { key, body: point }),
    await server.call('GET', `/api/buckets/${bucketId}/sources/${sourceId}`, { key }),
    await server.call('GET', '/health/ready'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 200]);

  await places.pop()?.end();
  await Promise.all(waiting);
});

describe('a client that disconnects while it is queued', () => {
  it('leaves the queue immediately', async () => {
    await hold(reader.key);
    const controller = new AbortController();
    const gone = fetch(`${server.url}/api/data/query`, {
      method: 'POST',
      headers: { 'X-API-Key': reader.key, 'Content-Type': 'application/json' },
      body: '{}',
      signal: controller.signal,
    }).catch((cause: Error) => cause.name);
    await waitingAre(server, 1);
    controller.abort();
    expect(await gone).toBe('AbortError');
    await waitingAre(server, 0);
  });

  it('leaves it with all requests of its connection', async () => {
    await hold(reader.key);
    const connection = await RawConnection.open(server.port);
    const latest = `GET /api/data/latest HTTP/1.1\r\nHost: x\r\nX-API-Key: ${reader.key}\r\n\r\n`;
    await connection.send(latest.repeat(2));
    await waitingAre(server, 2);
    connection.destroy();
    await waitingAre(server, 0);
  });
});

it('rejects a key that was deleted while its query was queued', async () => {
  await hold(reader.key);
  const waiting = ask(reader.key);
  await waitingAre(server, 1);
  await server.call('DELETE', `/api/buckets/${bucketId}/keys/${reader._id}`, { key: server.adminKey });
  await places.pop()?.end();
  expect(seen(await waiting)).toEqual(UNAUTHORIZED);
});

it('counts every kind of long work the same', async () => {
  const { adminKey: key } = server;
  const rule = { bucketId, dataSourceId: sourceId, name: 'Hot', condition: 'temperature is above 30' };
  const made = await server.call('POST', '/api/alerts', { key, body: { ...rule, webhookUrl: 'https://example.com/' } });
  const alertId = made.body.alertRule._id as string;
  const preview = {
    ...{ bucketId, dataSourceId: sourceId, condition: 'temperature is above 30' },
    ...{ startTime: '2024-01-15T00:00:00Z', endTime: '2024-01-16T00:00:00Z' },
  };
  const LONG_WORK: [string, string, object?][] = [
    ['POST', '/api/data/query', { bucketId }],
    ['GET', `/api/data/latest?bucketId=${bucketId}`],
    ['GET', '/api/analytics/overview'],
    ['GET', `/api/analytics/buckets/${bucketId}`],
    ['POST', '/api/alerts/preview', preview],
    ['GET', `/api/buckets/${bucketId}`],
    ['GET', `/query?db=${bucketId}&q=SHOW+MEASUREMENTS`],
    ['POST', `/query?db=${bucketId}&q=SHOW+MEASUREMENTS`],
    ['HEAD', `/api/data/stream?bucketId=${bucketId}&fields=temperature`],
    ['DELETE', '/api/data', { bucketId, startTime: '2024-01-15T00:00:00Z', endTime: '2024-01-16T00:00:00Z' }],
    ...LISTS.map((path): [string, string] => [
      'GET',
      path.replace('{bucketId}', bucketId).replace('{alertId}', alertId) +
        (path === '/api/data/export' ? `?bucketId=${bucketId}` : ''),
    ]),
  ];
  expect(LISTS.length).toBeGreaterThanOrEqual(8);
  await hold(key);
  const filling = [ask(key), ask(key)].map((answer) => answer.then(({ status }) => status));
  await waitingAre(server, 2);
  const outcomes = [];
  for (const [method, path, body] of LONG_WORK) outcomes.push((await server.call(method, path, { key, body })).status);
  expect(outcomes).toEqual(LONG_WORK.map(() => 503));

  await places.pop()?.end();
  expect(await Promise.all(filling)).toEqual([400, 400]);
  for (const [method, path, body] of LONG_WORK)
    expect([path, (await server.call(method, path, { key, body })).status]).toEqual([path, 200]);
});

it('answers queued requests when the server stops', async () => {
  const stopping = await startApp(FEW);
  const place = await holdSlot(stopping, stopping.adminKey);
  const waiting = stopping.call('GET', '/api/analytics/overview', { key: stopping.adminKey });
  await waitingAre(stopping, 1);
  const stopped = stopping.stop();
  const { status, headers, body } = await waiting;
  expect([status, body.message, headers.get('retry-after')]).toEqual([
    503,
    'The server is stopping. Please try again',
    '1',
  ]);
  await place.end();
  await stopped;
});
