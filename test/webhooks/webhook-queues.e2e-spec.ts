import type { ServerResponse } from 'node:http';
import { DataSource } from 'typeorm';
import { readConfig } from '../../src/common/config/config';
import { WebhookQueues1840000000000 } from '../../src/database/migrations/1840000000000-webhook-queues';
import { databaseOptions } from '../../src/database/options';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Receiver } from '../support/receiver';
import { createDatabase, startApp, type TestDatabase } from '../support/test-app';

const HOUR = 3_600_000;

let database: TestDatabase;
let receiver: Receiver;
let scene: AlertScene;

beforeEach(async () => {
  database = await createDatabase();
  receiver = await startReceiver();
  scene = await startAlertScene(receiver, LOOPBACK_OPEN, database);
});

afterEach(async () => {
  await scene.app.stop();
  await receiver.close();
  await database.remove();
});

const change = (sql: string) => scene.app.app.get(Writer).write((manager) => manager.query(sql));
const deliverer = () => scene.app.app.get(Deliverer);

async function listed(alertId: string): Promise<any[]> {
  const path = `/api/alerts/${alertId}/deliveries?limit=100`;
  return (await scene.app.call('GET', path, { key: scene.readKey })).body.deliveries as any[];
}

/** Has rules for above 30, with a cooldown of a minute, triggered and resolved so many times each. */
async function alternate(times: number): Promise<void> {
  for (let left = 2 * times; left > 0; left--)
    await scene.send({ temperature: left % 2 === 0 ? 31 : 20 }, left * 61_000);
}

const makeRule = (more = {}) => scene.makeRule('temperature > 30', { cooldownMinutes: 1, ...more });

/** Lets the time come at which what waits is tried again. */
async function retry(): Promise<void> {
  await change(`UPDATE webhooks SET next_at = ${Date.now()} WHERE next_at IS NOT NULL`);
  deliverer().wake();
  await deliverer().settled();
}

describe('messages of one rule', () => {
  it('arrive one at a time, oldest first, with a rising sequence, however long each takes', async () => {
    const { _id } = await makeRule();
    let [underWay, most] = [0, 0];
    receiver.behave((response) => {
      most = Math.max(most, ++underWay);
      setTimeout(
        () => {
          underWay -= 1;
          response.writeHead(204).end();
        },
        (receiver.received.length % 3) * 15,
      );
    });
    await alternate(8);
    await deliverer().settled();
    const events = receiver.received.map(({ body }) => [body.data.sequence, body.event]);
    expect(events).toEqual(
      Array.from({ length: 16 }, (_, index) => [index + 1, index % 2 === 0 ? 'alert.triggered' : 'alert.resolved']),
    );
    expect(most).toBe(1);
    expect((await listed(_id as string)).every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('wait for one that fails, and are due as soon as it arrives', async () => {
    receiver.behave(answering(500));
    const { _id } = await makeRule();
    await alternate(2);
    await deliverer().settled();
    expect(receiver.received).toHaveLength(1);
    const [, , third, first] = await listed(_id as string);
    expect(first).toMatchObject({ attempts: 1, nextAttemptAt: expect.any(String) });
    expect(third).toMatchObject({ status: 'waiting', attempts: 0, nextAttemptAt: null });
    receiver.behave(answering(204));
    await retry();
    expect(receiver.received.slice(1).map(({ body }) => body.data.sequence)).toEqual([1, 2, 3, 4]);
  });

  it('go on at once after one that is refused for good, or has waited for 18 hours', async () => {
    const { _id } = await makeRule();
    receiver.behave((response) => void response.writeHead(receiver.received.length % 2 === 1 ? 404 : 204).end());
    await alternate(2);
    await deliverer().settled();
    const outcomes = async () =>
      (await listed(_id as string)).map(({ status, attempts }) => [status, attempts]).reverse();
    expect(await outcomes()).toEqual([
      ['failed', 1],
      ['delivered', 1],
      ['failed', 1],
      ['delivered', 1],
    ]);
    receiver.behave(answering(500));
    await scene.send({ temperature: 31 });
    await scene.send({ temperature: 20 });
    await deliverer().settled();
    await change(`UPDATE webhook_deliveries SET queued_at = queued_at - ${18 * HOUR} WHERE status = 'waiting'`);
    await retry();
    expect((await outcomes()).slice(4)).toEqual([
      ['failed', 2],
      ['failed', 1],
    ]);
    expect(receiver.received).toHaveLength(4 + 3);
  });

  it('reach people without alarms that ended meanwhile, and programs whole', async () => {
    receiver.behave(answering(500));
    const chat = await makeRule({ webhookUrl: `${receiver.url}/chat?format=slack` });
    const program = await makeRule({ webhookUrl: `${receiver.url}/program` });
    await alternate(2);
    await scene.send({ temperature: 31 });
    await deliverer().settled();
    receiver.behave(answering(204));
    const before = receiver.received.length;
    await retry();
    const sent = receiver.received.slice(before);
    const chatted = sent.filter(({ path }) => path === '/chat').map(({ body }) => body.text.split('\n')[0] as string);
    expect(chatted).toEqual([
      expect.stringMatching(/resolved/i),
      expect.stringMatching(/resolved/i),
      expect.not.stringMatching(/resolved/i),
    ]);
    expect(sent.filter(({ path }) => path === '/program').map(({ body }) => body.data.sequence)).toEqual([
      1, 2, 3, 4, 5,
    ]);
    const dropped = (await listed(chat._id as string)).filter(({ status }) => status === 'dropped');
    expect(dropped.map(({ event, error, nextAttemptAt }) => [event, error, nextAttemptAt])).toEqual(
      Array.from({ length: 2 }, () => [
        'alert.triggered',
        'The alert ended before this was sent: its end is sent instead',
        null,
      ]),
    );
    expect((await listed(program._id as string)).map(({ status }) => status)).not.toContain('dropped');
  });

  it('are replayed after the one under way', async () => {
    const { _id } = await makeRule();
    await alternate(1);
    await deliverer().settled();
    const [, first] = await listed(_id as string);
    const held = new Promise<ServerResponse>((resolve) => receiver.behave((response) => resolve(response)));
    await scene.send({ temperature: 31 });
    const response = await held;
    const path = `/api/alerts/${_id}/deliveries/${first._id}/replay`;
    expect((await scene.app.call('POST', path, { key: scene.writeKey })).status).toBe(200);
    receiver.behave(answering(204));
    expect(receiver.received).toHaveLength(3);
    response.writeHead(204).end();
    await deliverer().settled();
    expect(receiver.received.map(({ body }) => body.data.sequence)).toEqual([1, 2, 3, 1]);
  });
});

it('sends what waited when the database of an earlier version is taken on', async () => {
  receiver.behave(answering(500));
  const { _id } = await makeRule();
  await alternate(1);
  await deliverer().settled();
  await scene.app.app.close();
  const options = databaseOptions(readConfig({ DATABASE_URL: database.url }).database, []);
  const dataSource = await new DataSource(options).initialize();
  const runner = dataSource.createQueryRunner();
  await new WebhookQueues1840000000000().down(runner);
  const columns = await dataSource.query<object[]>('SELECT status, next_at, receiver FROM webhook_deliveries');
  expect(columns).toEqual([1, 2].map(() => expect.objectContaining({ receiver: `127.0.0.1:${receiver.port}` })));
  await dataSource.query('UPDATE webhook_deliveries SET next_at = 1');
  await dataSource.query("DELETE FROM migrations WHERE name LIKE 'WebhookQueues%'");
  await runner.release();
  await dataSource.destroy();

  receiver.behave(answering(204));
  const before = receiver.received.length;
  scene = { ...scene, app: { ...(await startApp(LOOPBACK_OPEN, database)), adminKey: scene.app.adminKey } };
  await receiver.waitFor(before + 2);
  await deliverer().settled();
  expect((await listed(_id as string)).map(({ event, status }) => [event, status])).toEqual([
    ['alert.resolved', 'delivered'],
    ['alert.triggered', 'delivered'],
  ]);
  expect(receiver.received.slice(before).map(({ body }) => body.event)).toEqual(['alert.triggered', 'alert.resolved']);
  const [row] = await scene.app.app.get(DataSource).query<{ queue: string }[]>('SELECT queue FROM webhooks');
  expect(row?.queue).toMatch(/^[A-Za-z0-9_-]{43}$/);
});
