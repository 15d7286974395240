import { DataSource } from 'typeorm';
import { Retention } from '../../src/retention/retention';
import { MAX_POINT_LENGTH } from '../../src/alerting/evaluation/latest-values';
import { MAX_FINISHED, MAX_WAITING, TOO_MANY_WAITED, trimOutbox } from '../../src/webhooks/outbox-bounds';
import { query } from '../../src/database/sql';
import { Writer } from '../../src/database/writer';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const MAX_EVENTS = 100;
const EVENTS_FROM = Date.UTC(2024, 0, 1);
let server: TestApp;
beforeAll(async () => {
  server = await startApp({
    DAKKIO_BUCKETS_PER_ORGANIZATION: '5',
    DAKKIO_ALERT_EVENTS_PER_RULE: String(MAX_EVENTS),
    DAKKIO_WEBHOOK_ALLOW: '127.0.0.0/8',
  });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const write = (sql: string) => server.app.get(Writer).write((manager) => query(manager, sql, []));
const rows = <Row>(sql: string) => server.app.get(DataSource).query<Row[]>(sql);
const count = async (sql: string) => Number((await rows<{ n: number | string }>(sql))[0]?.n);

it('rejects buckets beyond the limit of an organization, also under concurrency', async () => {
  const key = await makeOrganization(server, 'Many buckets');
  const create = () => server.call('POST', '/api/buckets', { key, body: { name: 'One more' } });
  const answers = await Promise.all(Array.from({ length: 9 }, create));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
  expect(answers.find(({ status }) => status === 409)?.body).toEqual({
    error: 'Conflict',
    message: 'An organization can have 5 buckets, and this one has them all',
  });
  const id = answers.find(({ status }) => status === 201)?.body.bucket._id as string;
  expect((await server.call('DELETE', `/api/buckets/${id}`, { key })).status).toBe(200);
  expect((await create()).status).toBe(201);
  expect((await create()).status).toBe(409);
});

it('removes the rows of deleted data sources, and never reuses a number', async () => {
  const bucketId = await makeBucket(server);
  const path = `/api/buckets/${bucketId}/sources`;
  const body = { name: 'Short-lived', schema: { level: 'number' } };
  const ids: string[] = [];
  const numbers: number[] = [];
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 10; index++) {
      const id = (await server.call('POST', path, { key: server.adminKey, body })).body.dataSource._id as string;
      ids.push(id);
      numbers.push(
        Number((await rows<{ number: number }>(`SELECT number FROM data_sources WHERE id = '${id}'`))[0]?.number),
      );
      const point = { bucketId, dataSourceId: id, values: { level: 1 }, metadata: { device: index } };
      if (index % 2) await server.call('POST', '/api/data', { key: server.adminKey, body: point });
    }
    for (const id of ids.slice(-10)) await server.call('DELETE', `${path}/${id}`, { key: server.adminKey });
    await server.app.get(Retention).sweep();
    expect(await count(`SELECT count(*) AS n FROM data_sources WHERE bucket_id = '${bucketId}'`)).toBe(1);
  }
  expect(new Set(numbers).size).toBe(30);
  expect(await count('SELECT count(*) AS n FROM metadata_sweeps')).toBeLessThanOrEqual(1);
});

describe('an alert rule', () => {
  it('keeps a bounded history, the newest events', async () => {
    const { ruleId, flap } = await makeRule();
    await insertEvents(ruleId, 2 * MAX_EVENTS);
    // The check normally runs for a random one in a hundred events. Here it runs for each.
    jest.spyOn(Math, 'random').mockReturnValue(0);
    await flap();
    const path = `/api/alerts/${ruleId}/history?limit=1000`;
    const { body } = await server.call('GET', path, { key: server.adminKey });
    expect(body.pagination.total).toBeLessThanOrEqual(MAX_EVENTS + 1);
    expect(body.history[0].event).toBe('resolved');
    expect(body.history[2].timestamp).toBe(new Date(EVENTS_FROM + 2 * MAX_EVENTS).toISOString());
  });

  it('stores only the fields of its condition if a point is large', async () => {
    const { ruleId, send } = await makeRule();
    const notes = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`note${index}`, 'n'.repeat(1000)]));
    await send({ level: 50, note1: 'short' });
    await send({ level: 5, ...notes });
    const stored = await rows<{ point: string }>(
      `SELECT data_point AS point FROM alert_events WHERE rule_id = '${ruleId}' ORDER BY at, id`,
    );
    expect(stored.map(({ point }) => JSON.parse(point).values)).toEqual([{ level: 50, note1: 'short' }, { level: 5 }]);
    const deliveries = await rows<{ payload: string }>(
      `SELECT payload FROM webhook_deliveries WHERE webhook_id = '${ruleId}'`,
    );
    expect(deliveries).toHaveLength(2);
    for (const { payload } of deliveries) expect(payload.length).toBeLessThan(MAX_POINT_LENGTH + 2000);
  });

  it('has a bounded number of pending and finished deliveries', async () => {
    const { ruleId } = await makeRule();
    await insertDeliveries(ruleId, 'waiting', MAX_WAITING + 30);
    await insertDeliveries(ruleId, 'delivered', MAX_FINISHED + 20);
    await server.app.get(Writer).write((manager) => trimOutbox(manager, ruleId));
    const of = (status: string) =>
      count(`SELECT count(*) AS n FROM webhook_deliveries WHERE webhook_id = '${ruleId}' AND status = '${status}'`);
    expect(await of('waiting')).toBe(MAX_WAITING);
    expect((await of('delivered')) + (await of('failed'))).toBe(MAX_FINISHED);
    const given = await rows<{ error: string }>(
      `SELECT error FROM webhook_deliveries WHERE webhook_id = '${ruleId}' AND status = 'failed'`,
    );
    for (const { error } of given) expect(error).toBe(TOO_MANY_WAITED);
    const oldest = await rows<{ at: number | string }>(
      `SELECT min(created_at) AS at FROM webhook_deliveries WHERE webhook_id = '${ruleId}' AND status = 'waiting'`,
    );
    expect(Number(oldest[0]?.at)).toBe(1031);
  });

  it('removes deliveries beyond the limits when it adds new ones', async () => {
    const { ruleId, flap } = await makeRule();
    await insertDeliveries(ruleId, 'delivered', MAX_FINISHED + 500);
    jest.spyOn(Math, 'random').mockReturnValue(0);
    await flap();
    expect(
      await count(`SELECT count(*) AS n FROM webhook_deliveries WHERE webhook_id = '${ruleId}'`),
    ).toBeLessThanOrEqual(MAX_FINISHED + 2);
  });
});

async function makeRule() {
  const bucketId = await makeBucket(server);
  const { key } = await makeKey(server, bucketId, 'write');
  const schema = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`note${index}`, 'string']));
  const wanted = { name: 'Tank', schema: { level: 'number', ...schema } };
  const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, { key, body: wanted });
  const dataSourceId = made.body.dataSource._id as string;
  const rule = {
    dataSourceId,
    name: 'Full',
    condition: 'level > 10',
    webhookUrl: 'http://127.0.0.1:9/',
  };
  const ruleId = (await server.call('POST', '/api/alerts', { key, body: rule })).body.alertRule._id as string;
  const send = async (values: object) => {
    expect((await server.call('POST', '/api/data', { key, body: { dataSourceId, values } })).status).toBe(201);
  };
  const flap = async () => {
    await send({ level: 50 });
    await send({ level: 5 });
  };
  return { ruleId, send, flap };
}

const NUMBERS = (most: number) =>
  ON_POSTGRES
    ? `generate_series(1, ${most}) AS series(n)`
    : `(WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${most}) SELECT n FROM series) AS series`;
const ID = (letter: string) =>
  ON_POSTGRES ? `'${letter}' || lpad(n::text, 23, '0')` : `'${letter}' || printf('%023d', n)`;

async function insertEvents(ruleId: string, most: number): Promise<void> {
  await write(`INSERT INTO alert_events (id, rule_id, bucket_id, event, at, current_value, created_at)
    SELECT ${ID('a')}, '${ruleId}', '${ruleId}', 'triggered', ${EVENTS_FROM} + n, '1', ${Date.now()} FROM ${NUMBERS(most)}`);
}

async function insertDeliveries(ruleId: string, status: 'waiting' | 'delivered', most: number): Promise<void> {
  const letter = status === 'waiting' ? 'b' : 'c';
  await write(`DELETE FROM webhook_deliveries WHERE id LIKE '${letter}00%'`);
  const createdAt = status === 'waiting' ? '1000 + n' : 'n';
  await write(`INSERT INTO webhook_deliveries (id, webhook_id, event, payload, told, status, attempts, created_at)
    SELECT ${ID(letter)}, '${ruleId}', 'alert.triggered', '{}', '{}', '${status}', 0, ${createdAt} FROM ${NUMBERS(most)}`);
  // No delivery is attempted.
  await write(`UPDATE webhooks SET next_at = ${Date.now() + 86_400_000} WHERE id = '${ruleId}'`);
}
