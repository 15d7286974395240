import type { ServerResponse } from 'node:http';
import { DataSource } from 'typeorm';
import { readConfig } from '../../src/common/config/config';
import { WebhookQueues1840000000000 } from '../../src/database/migrations/1840000000000-webhook-queues';
import { databaseOptions } from '../../src/database/options';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Behaviour, type Received, type Receiver } from '../support/receiver';
import { createDatabase, ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

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

/** Takes so many requests in so long, and answers the others with 429. */
function limited(most: number, perMillis: number, headers: () => Record<string, string>): Behaviour {
  let taken: number[] = [];
  return (response) => {
    const now = Date.now();
    taken = taken.filter((at) => at > now - perMillis);
    if (taken.length >= most) return void response.writeHead(429, headers()).end();
    taken.push(now);
    response.writeHead(204).end();
  };
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

describe('a rate limit', () => {
  it('pauses every rule of its URL and no other, and costs no attempt', async () => {
    let isLimited = true;
    receiver.behave((response, { url }) => {
      if (url === '/limited' && isLimited) response.writeHead(429, { 'retry-after': '1.5' }).end();
      else response.writeHead(204).end();
    });
    const limitedUrl = `${receiver.url}/limited`;
    const first = await scene.makeRule('temperature > 30', { webhookUrl: limitedUrl });
    await scene.send({ temperature: 31 });
    await deliverer().settled();
    const start = Date.now();
    const later = await scene.makeRule('humidity > 80', { webhookUrl: `${limitedUrl}?format=standard` });
    await scene.makeRule('humidity > 81', { webhookUrl: `${receiver.url}/other` });
    await scene.send({ humidity: 85 });
    await deliverer().settled();
    expect(receiver.received.map(({ path }) => path)).toEqual(['/limited', '/other']);
    const [delivery] = await listed(first._id as string);
    expect(delivery).toMatchObject({ status: 'waiting', attempts: 0, responseStatus: 429 });
    expect(Date.parse(delivery.nextAttemptAt as string) - Date.parse(delivery.lastAttemptAt as string)).toBe(1500);
    expect((await listed(later._id as string))[0].nextAttemptAt).toBe(delivery.nextAttemptAt);
    isLimited = false;
    await receiver.waitFor(4);
    await deliverer().settled();
    expect(Date.now() - start).toBeGreaterThan(1000);
    expect(await listed(first._id as string)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  it('is waited for 18 hours in all', async () => {
    receiver.behave(answering(429, { 'retry-after': '3600' }));
    const { _id } = await makeRule();
    await scene.send({ temperature: 31 });
    await deliverer().settled();
    for (let hour = 1; hour <= 18; hour++) {
      expect(await listed(_id as string)).toMatchObject([{ status: 'waiting', attempts: 0 }]);
      await change(`UPDATE webhook_deliveries SET queued_at = queued_at - ${HOUR}`);
      await change('UPDATE webhook_backoffs SET paused_until = 1');
      await retry();
    }
    expect(await listed(_id as string)).toMatchObject([{ status: 'failed', error: 'The receiver answered 429' }]);
  });

  it.each([
    ['Retry-After: 1', { 'retry-after': '1' }],
    ['Retry-After: 0.2', { 'retry-after': '0.2' }],
    ['none', {}],
  ])(
    'of 5 a second lets 20 alerts through in few tries: %s',
    async (_, headers) => {
      receiver.behave(limited(5, 1000, () => headers));
      for (let index = 0; index < 20; index++) await makeRule();
      const start = Date.now();
      await scene.send({ temperature: 31 });
      const isThrough = async () =>
        (
          await scene.app.app
            .get(Writer)
            .write((manager) => manager.query("SELECT 1 FROM webhook_deliveries WHERE status <> 'delivered' LIMIT 1"))
        ).length === 0;
      while (!(await isThrough())) await new Promise((resolve) => setTimeout(resolve, 50));
      // Four rounds of a second, or of two where the receiver does not say how long.
      expect(Date.now() - start).toBeLessThan(30_000);
      expect(receiver.received.length).toBeLessThan(5 * 20);
      expect(new Set(receiver.received.map(({ body }) => body.data.alertId)).size).toBe(20);
    },
    40_000,
  );
});

it('makes due what waits for a URL with one success', async () => {
  receiver.behave(answering(500));
  for (let index = 0; index < 5; index++) await makeRule();
  await makeRule({ webhookUrl: `${receiver.url}/elsewhere` });
  await scene.send({ temperature: 31 });
  await deliverer().settled();
  await change(`UPDATE webhooks SET next_at = ${Date.now() + HOUR}`);
  receiver.behave(answering(204));
  const { _id } = await scene.makeRule('humidity > 80');
  await scene.send({ humidity: 85 });
  await deliverer().settled();
  expect(await listed(_id as string)).toMatchObject([{ status: 'delivered' }]);
  const paths = receiver.received.slice(6).map(({ path }) => path);
  expect(paths).toEqual(Array.from({ length: 6 }, () => '/hook'));
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

(ON_POSTGRES ? describe : describe.skip)('several servers', () => {
  it('send the messages of one rule one at a time, in order, and each once', async () => {
    const other = await startApp(LOOPBACK_OPEN, database);
    await makeRule();
    await makeRule();
    const underWay = new Map<string, number>();
    let most = 0;
    receiver.behave((response) => {
      const { alertId } = receiver.received.at(-1)?.body.data as { alertId: string };
      const count = (underWay.get(alertId) ?? 0) + 1;
      underWay.set(alertId, count);
      most = Math.max(most, count);
      setTimeout(() => {
        underWay.set(alertId, count - 1);
        response.writeHead(204).end();
      }, 5);
    });
    const wake = setInterval(() => other.app.get(Deliverer).wake(), 3);
    await alternate(10);
    for (const app of [scene.app, other, scene.app]) await app.app.get(Deliverer).settled();
    clearInterval(wake);
    await other.stop();
    expect(most).toBe(1);
    const byRule = new Map<string, Received[]>();
    for (const one of receiver.received) {
      const alertId = one.body.data.alertId as string;
      byRule.set(alertId, [...(byRule.get(alertId) ?? []), one]);
    }
    for (const received of byRule.values())
      expect(received.map(({ body }) => body.data.sequence)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    expect(byRule.size).toBe(2);
  });

  it('pause together where one of them is told to', async () => {
    const other = await startApp(LOOPBACK_OPEN, database);
    receiver.behave(answering(429, { 'retry-after': '600' }));
    await makeRule();
    await scene.send({ temperature: 31 });
    await deliverer().settled();
    await scene.makeRule('humidity > 80');
    await scene.send({ humidity: 85 });
    for (const app of [other, scene.app]) {
      app.app.get(Deliverer).wake();
      await app.app.get(Deliverer).settled();
    }
    expect(receiver.received).toHaveLength(1);
    await other.stop();
  });
});
