// npm test leaves this out: receivers that limit, for minutes of their clock.
import { DataSource } from 'typeorm';
import { newId } from '../../src/common/ids';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { Delivery } from '../../src/webhooks/delivery.entity';
import { newWebhookSecret } from '../../src/webhooks/signature';
import { WebhookSeals } from '../../src/webhooks/webhook-seals';
import { Webhook } from '../../src/webhooks/webhook.entity';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Receiver } from '../support/receiver';
import { createDatabase, startApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
let receiver: Receiver;
let scene: AlertScene;
let isStopped: boolean;

beforeEach(async () => {
  database = await createDatabase();
  receiver = await startReceiver();
  scene = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  isStopped = false;
});

afterEach(async () => {
  await stopServer();
  await receiver.close();
  await database.remove();
});

async function stopServer(): Promise<void> {
  if (!isStopped) await scene.app.stop();
  isStopped = true;
}

const change = (sql: string) => scene.app.app.get(Writer).write((manager) => manager.query(sql));
const deliverer = () => scene.app.app.get(Deliverer);
const stored = () => scene.app.app.get(DataSource).manager.find(Delivery);
const webhooks = () => scene.app.app.get(DataSource).manager.find(Webhook);
const test = async (alertId: string) =>
  (await scene.app.call('POST', `/api/alerts/${alertId}/test`, { key: scene.writeKey })).body.delivery;

/** Rings a rule whose receiver holds its answer back, and gives what answers. */
async function ringAndHold(): Promise<(status: number) => void> {
  await scene.makeRule('temperature > 30');
  const held = new Promise<(status: number) => void>((resolve) =>
    receiver.behave((response) => resolve((status) => void response.writeHead(status).end())),
  );
  await scene.send({ temperature: 31 });
  return held;
}

/** Puts a backlog into the outbox for each of these receivers, whatever they are called: of so many rules each. */
async function queue(first: Delivery, receivers: readonly string[], each: number): Promise<void> {
  const seals = scene.app.app.get(WebhookSeals);
  scene.app.app.get(Writer).liftDeadlines();
  await scene.app.app.get(Writer).write(async (manager) => {
    const webhook = await manager.findOneByOrFail(Webhook, { id: first.webhookId });
    for (const receiver of receivers)
      for (let index = 0; index < each; index++) {
        const id = newId();
        const where = { ...seals.whereTo(id, seals.urlOf(webhook) ?? ''), receiver };
        const secret = seals.sealSecret(id, newWebhookSecret());
        await manager.insert(Webhook, { ...webhook, ...where, id, secret, nextAt: 1 });
        const waiting = { id: newId(), webhookId: id, status: 'waiting', attempts: 0 } as const;
        await manager.insert(Delivery, { ...first, ...waiting });
      }
  });
  deliverer().wake();
}

it('sends an alarm at once while 16 receivers hang that have a backlog', async () => {
  const answer = await ringAndHold();
  answer(204);
  await deliverer().settled();
  receiver.behave(() => undefined);
  const [first] = await stored();
  await queue(
    first as Delivery,
    Array.from({ length: 16 }, (_, index) => `hung-${index}.test:443`),
    20,
  );
  await receiver.waitFor(1 + 96);
  const other = await startReceiver();
  await scene.makeRule('humidity > 80', { webhookUrl: `${other.url}/` });
  const before = Date.now();
  await scene.send({ humidity: 85 });
  await other.waitFor(1);
  expect(Date.now() - before).toBeLessThan(5000);
  await other.close();
});

it('leaves an outcome to the server that has settled it meanwhile, unless it arrived after all', async () => {
  let answer = await ringAndHold();
  const settled = "status = 'failed', attempts = 7, error = 'Of another server'";
  const settleElsewhere = async () => {
    await change(`UPDATE webhook_deliveries SET ${settled}`);
    await change('UPDATE webhooks SET next_at = NULL, claimed_at = NULL');
  };
  await settleElsewhere();
  answer(500);
  await deliverer().settled();
  expect(await stored()).toMatchObject([{ status: 'failed', attempts: 7, error: 'Of another server' }]);

  const held = new Promise<(status: number) => void>((resolve) =>
    receiver.behave((response) => resolve((status) => void response.writeHead(status).end())),
  );
  await scene.send({ temperature: 20 });
  answer = await held;
  await settleElsewhere();
  answer(204);
  await deliverer().settled();
  expect((await stored()).map(({ status }) => status).sort()).toEqual(['delivered', 'failed']);
});

it('leaves a delivery that another server has claimed meanwhile to that, and a webhook on that it did not judge', async () => {
  const answer = await ringAndHold();
  const theirs = Date.now() + 60_000;
  await change(`UPDATE webhooks SET next_at = ${theirs}`);
  answer(410);
  await deliverer().settled();
  expect(await stored()).toMatchObject([{ status: 'waiting', attempts: 0, error: null }]);
  expect(await webhooks()).toMatchObject([{ nextAt: theirs, switchedOffAt: null }]);
});

it('never sends a message twice concurrently, even after its lease has expired', async () => {
  const answer = await ringAndHold();
  await change('UPDATE webhooks SET next_at = 1');
  const other = await startReceiver();
  await scene.makeRule('humidity > 80', { webhookUrl: `${other.url}/` });
  await scene.send({ humidity: 85 });
  await other.waitFor(1);
  expect(receiver.received).toHaveLength(1);
  receiver.behave(answering(204));
  answer(500);
  await deliverer().settled();
  expect(receiver.received).toHaveLength(2);
  await other.close();
});

it('sends messages that a shutdown interrupted at the next start, at once', async () => {
  await ringAndHold();
  await stopServer();
  receiver.behave(answering(204));
  const next = await startApp(LOOPBACK_OPEN, database);
  await next.app.get(Deliverer).settled();
  expect(receiver.received).toHaveLength(2);
  const [one, other] = receiver.received;
  expect(other?.headers['webhook-id']).toBe(one?.headers['webhook-id']);
  await next.stop();
});

it('starts no delivery that it leased while it began to stop', async () => {
  await ringAndHold().then((answer) => answer(500));
  await deliverer().settled();
  await change(`UPDATE webhooks SET next_at = ${Date.now()}`);
  deliverer().wake();
  deliverer().beforeApplicationShutdown();
  await deliverer().settled();
  expect(receiver.received).toHaveLength(1);
  expect(await stored()).toMatchObject([{ status: 'waiting', attempts: 1 }]);
  expect((await webhooks())[0]?.nextAt).toBeLessThanOrEqual(Date.now());
});

describe('a test', () => {
  it('is not sent while eight deliveries to its receiver are under way, and takes one of the eight itself', async () => {
    const { _id } = await scene.makeRule('temperature > 30');
    receiver.behave(() => undefined);
    const tests = Array.from({ length: 8 }, () => test(_id as string));
    await receiver.waitFor(8);
    expect(await test(_id as string)).toEqual({
      delivered: false,
      responseStatus: null,
      error: 'Eight deliveries to this receiver are under way: try again later',
      durationMs: 0,
    });
    await scene.send({ temperature: 31 });
    receiver.behave(answering(204));
    const other = await startReceiver();
    await scene.makeRule('humidity > 80', { webhookUrl: `${other.url}/` });
    await scene.send({ humidity: 85 });
    await other.waitFor(1);
    expect(receiver.received).toHaveLength(8);
    await Promise.all(tests);
    await receiver.waitFor(9);
    await other.close();
  });

  it('does not hold up the stop of the server', async () => {
    const { _id } = await scene.makeRule('temperature > 30');
    receiver.behave(() => undefined);
    const sent = test(_id as string);
    await receiver.waitFor(1);
    const before = Date.now();
    await stopServer();
    expect(Date.now() - before).toBeLessThan(5000);
    expect(await sent).toMatchObject({ delivered: false, error: 'The server stopped before an answer came' });
  });
});
