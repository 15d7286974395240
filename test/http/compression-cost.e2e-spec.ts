// npm test leaves this out: hostile requests, repeated.
import { randomBytes } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { WorkScheduler } from '../../src/scheduling/work-scheduler';
import { callEncoded, type EncodedAnswer, type EncodedCall } from '../support/encoded';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const START = Date.parse('2024-01-15T00:00:00Z');
const POINTS = 4000;

let server: TestApp;
let bucketId: string;
let read: string;
let sourceId: string;
beforeAll(async () => {
  server = await startApp({ DAKKIO_CORS_ORIGINS: 'https://dash.example,https://other.example' });
  bucketId = await makeBucket(server);
  read = (await makeKey(server, bucketId, 'read')).key;
  const { call, adminKey: key } = server;
  const made = await call('POST', `/api/buckets/${bucketId}/sources`, {
    key,
    body: { name: 'Climate', schema: { t: 'number', note: 'string' } },
  });
  sourceId = made.body.dataSource._id as string;
  for (let begin = 0; begin < POINTS; begin += 1000) {
    const dataPoints = Array.from({ length: 1000 }, (_, index) => ({
      ...{ dataSourceId: sourceId, timestamp: START + (begin + index) * 1000 },
      values: { t: Math.sin(begin + index), note: `Note ${begin + index} für alle` },
    }));
    expect((await call('POST', '/api/data/batch', { key, body: { bucketId, dataPoints } })).status).toBe(201);
  }
});
afterAll(() => server.stop());

const send = (path: string, call: EncodedCall = {}): Promise<EncodedAnswer> =>
  callEncoded(server.url + path, { key: server.adminKey, ...call });
const points = (limit: number, more: object = {}) => ({
  body: { bucketId, filters: { dataSourceId: sourceId, startTime: START, limit }, downsampling: false, ...more },
});
const query = (limit: number, call: EncodedCall, more?: object) =>
  send('/api/data/query', { ...points(limit, more), key: read, ...call });
const codingOf = ({ headers }: EncodedAnswer) => headers['content-encoding'];

/** Points with texts that hardly get shorter: an answer with all of them is larger than what the system buffers. */
async function makeHeavySource(): Promise<string> {
  const { call, adminKey: key } = server;
  const made = await call('POST', `/api/buckets/${bucketId}/sources`, {
    key,
    body: { name: 'Heavy', schema: { a: 'string', b: 'string', c: 'string', d: 'string' } },
  });
  const dataSourceId = made.body.dataSource._id as string;
  const text = () => randomBytes(750).toString('base64');
  for (let begin = 0; begin < 2000; begin += 500) {
    const dataPoints = Array.from({ length: 500 }, (_, index) => ({
      ...{ dataSourceId, timestamp: START + begin + index, values: { a: text(), b: text(), c: text(), d: text() } },
    }));
    expect((await call('POST', '/api/data/batch', { key, body: { bucketId, dataPoints } })).status).toBe(201);
  }
  return dataSourceId;
}

it('answers others while a Read key opens many compressed answers and reads none', async () => {
  const ATTACKERS = 20;
  const dataSourceId = await makeHeavySource();
  const attacker = (await makeKey(server, bucketId, 'read')).key;
  const body = JSON.stringify({ filters: { dataSourceId, startTime: START, limit: 2000 }, downsampling: false });
  const headers = { 'X-API-Key': attacker, 'Content-Type': 'application/json', 'Accept-Encoding': 'gzip' };
  const answers: IncomingMessage[] = [];
  const requests = Array.from({ length: ATTACKERS }, () =>
    request(`${server.url}/api/data/query`, { method: 'POST', headers, agent: false })
      .on('response', (answer) => answers.push(answer))
      .on('error', () => {})
      .end(body),
  );
  const scheduler = server.app.get(WorkScheduler);
  const isHeld = () => scheduler.load.running === 2 && scheduler.load.waiting === ATTACKERS - 2 && answers.length === 2;
  await until('the attacker holds its two slots', isHeld);
  expect(answers.map(({ headers: sent }) => sent['content-encoding'])).toEqual(['gzip', 'gzip']);

  const others = await Promise.all([query(POINTS, { accepts: 'gzip' }), query(50, { accepts: 'br' })]);
  expect(others.map((answer) => [answer.status, codingOf(answer)])).toEqual([
    [200, 'gzip'],
    [200, 'br'],
  ]);
  expect(isHeld()).toBe(true);

  for (const one of requests) one.destroy();
  await until('the attacker is gone', () => scheduler.load.running === 0 && scheduler.load.waiting === 0);
});
