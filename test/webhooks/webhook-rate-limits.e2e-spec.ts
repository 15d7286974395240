// npm test leaves this out: receivers that limit, for minutes of their clock.
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Behaviour, type Receiver } from '../support/receiver';
import { createDatabase, type TestDatabase } from '../support/test-app';

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
  ])('of 5 a second lets 20 alerts through in few tries: %s', async (_, headers) => {
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
  });
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
