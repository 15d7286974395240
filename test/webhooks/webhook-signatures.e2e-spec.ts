// test:all leaves PostgreSQL out: what a message says, and how it is sent, is the same on each database.
import { Webhook as Verifier } from 'standardwebhooks';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { startAlertScene, type AlertScene } from '../support/alerts';
import { startReceiver, type Received, type Receiver } from '../support/receiver';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

let receiver: Receiver;
let scene: AlertScene;

beforeEach(async () => {
  receiver = await startReceiver();
  scene = await startAlertScene(receiver);
});

afterEach(async () => {
  await scene.app.stop();
  await receiver.close();
});

const call: AlertScene['app']['call'] = (...args) => scene.app.call(...args);
const change = (sql: string) => scene.app.app.get(Writer).write((manager) => manager.query(sql));
const deliverer = () => scene.app.app.get(Deliverer);

/** Fires a rule, and waits for the first attempt to be over. */
async function notify(): Promise<void> {
  await scene.send({ temperature: 31 });
  await deliverer().settled();
}

/** What a client is told of the deliveries of a rule. */
async function listed(alertId: string): Promise<any[]> {
  return (await call('GET', `/api/alerts/${alertId}/deliveries`, { key: scene.readKey })).body.deliveries as any[];
}

/** Lets the time come at which what waits is tried again. */
async function retry(): Promise<void> {
  await change(`UPDATE webhooks SET next_at = ${Date.now()} WHERE next_at IS NOT NULL`);
  deliverer().wake();
  await deliverer().settled();
}

const verify = (secret: string, { text, headers }: Received) =>
  new Verifier(secret).verify(text, headers as Record<string, string>);

it('signs messages as Standard Webhooks specifies', async () => {
  const { webhookSecret, _id } = await scene.makeRule('temperature > 30');
  await notify();
  const [posted] = receiver.received;
  expect(verify(webhookSecret, posted as Received)).toEqual(posted?.body);
  expect(posted?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Dakkio-Webhooks/1' });
  expect(() => verify('whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', posted as Received)).toThrow();
  expect(await listed(_id)).toEqual([
    {
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      webhookId: posted?.headers['webhook-id'],
      event: 'alert.triggered',
      status: 'delivered',
      attempts: 1,
      responseStatus: 204,
      error: null,
      createdAt: expect.any(String),
      lastAttemptAt: expect.any(String),
      nextAttemptAt: null,
    },
  ]);
});

it('signs with both secrets for a day after one is rotated', async () => {
  const { webhookSecret: first, _id } = await scene.makeRule('temperature > 30');
  const before = Date.now();
  const { status, body } = await call('POST', `/api/alerts/${_id}/rotate-secret`, { key: scene.writeKey });
  expect(status).toBe(200);
  expect(Date.parse(body.previousSecretValidUntil) - before).toBeGreaterThanOrEqual(24 * HOUR);
  await notify();
  for (const secret of [first, body.webhookSecret]) verify(secret, receiver.received[0] as Received);
  await change('UPDATE webhooks SET previous_until = 1');
  await scene.send({ temperature: 20 });
  await deliverer().settled();
  verify(body.webhookSecret, receiver.received[1] as Received);
  expect(() => verify(first, receiver.received[1] as Received)).toThrow();
});

it('signs with what the receiver has, though secrets were rotated again within the day', async () => {
  const { webhookSecret: first, _id } = await scene.makeRule('temperature > 30');
  const rotate = async () =>
    (await call('POST', `/api/alerts/${_id}/rotate-secret`, { key: scene.writeKey })).body.webhookSecret as string;
  const second = await rotate();
  const third = await rotate();
  await notify();
  for (const secret of [first, second, third]) verify(secret, receiver.received[0] as Received);
  const [fourth, fifth] = [await rotate(), await rotate()];
  await scene.send({ temperature: 20 });
  await deliverer().settled();
  for (const secret of [second, third, fourth, fifth]) verify(secret, receiver.received[1] as Received);
  expect(() => verify(first, receiver.received[1] as Received)).toThrow();
});

it('says so where the secret was sealed by another server, and heals when it is rotated', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  await change("UPDATE webhooks SET secret = 'v1.AAAA'");
  await notify();
  const said = "The webhook secret cannot be read: the server's own secret is another. Rotate it";
  expect(await listed(_id)).toMatchObject([{ status: 'waiting', attempts: 1, error: said }]);
  const { body } = await call('POST', `/api/alerts/${_id}/rotate-secret`, { key: scene.writeKey });
  await retry();
  expect(receiver.received).toHaveLength(1);
  verify(body.webhookSecret, receiver.received[0] as Received);
});
