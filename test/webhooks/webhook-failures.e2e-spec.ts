// npm test runs this on PostgreSQL too: deliveries are rows of each database.
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Receiver } from '../support/receiver';

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

const deliverer = () => scene.app.app.get(Deliverer);
const test = async (alertId: string) =>
  (await scene.app.call('POST', `/api/alerts/${alertId}/test`, { key: scene.writeKey })).body.delivery;
const webhookOf = async (alertId: string) => (await scene.rule(alertId)).webhook;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

async function ring(values: object): Promise<void> {
  await scene.send(values);
  await deliverer().settled();
}

async function overview(): Promise<unknown> {
  const { body } = await scene.app.call('GET', '/api/analytics/overview', { key: scene.app.adminKey });
  return body.overview.webhooks;
}

it('shows in the rule since when and why its messages fail, until one is delivered', async () => {
  const made = await scene.makeRule('temperature > 30');
  const untried = { status: 'ok', lastAttemptAt: null, lastError: null, failedSince: null };
  expect(made.webhook).toEqual(untried);
  const id = made._id as string;
  receiver.behave(answering(500));
  await ring({ temperature: 31 });
  const failing = await webhookOf(id);
  expect(failing).toEqual({
    status: 'failing',
    lastAttemptAt: TIME,
    lastError: 'The receiver answered 500',
    failedSince: TIME,
  });
  receiver.behave(answering(503, { 'retry-after': '60' }));
  await scene.app.app.get(Writer).write((manager) => manager.query('UPDATE webhooks SET next_at = 1'));
  deliverer().wake();
  await deliverer().settled();
  const again = await webhookOf(id);
  expect(again).toMatchObject({ lastError: 'The receiver answered 503', failedSince: failing.failedSince });
  expect(Date.parse(again.lastAttemptAt as string)).toBeGreaterThan(Date.parse(failing.lastAttemptAt as string));
  expect(await overview()).toEqual({ failing: 1, switchedOff: 0, deliveriesFailedLast24h: 0 });
  const path = `/api/buckets/${scene.bucketId}/alerts`;
  const { body } = await scene.app.call('GET', path, { key: scene.readKey });
  expect(body.alertRules[0].webhook).toEqual(again);

  receiver.behave(answering(204));
  expect(await test(id)).toMatchObject({ delivered: true });
  await deliverer().settled();
  expect(await webhookOf(id)).toEqual({ status: 'ok', lastAttemptAt: TIME, lastError: null, failedSince: null });
  // The sample, and what waited for the end of the minute.
  expect(receiver.received.slice(2).map(({ body }) => body.test ?? false)).toEqual([true, false]);
  expect(await overview()).toEqual({ failing: 0, switchedOff: 0, deliveriesFailedLast24h: 0 });
});

it('logs one warning when a webhook begins to fail, and one when a message is given up', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  const warnings = () => scene.app.logs.filter((line) => line.includes(`alert rule ${_id}`));
  receiver.behave(answering(500));
  await ring({ temperature: 31 });
  const retry = async () => {
    await scene.app.app.get(Writer).write((manager) => manager.query('UPDATE webhooks SET next_at = 1'));
    deliverer().wake();
    await deliverer().settled();
  };
  await retry();
  expect(warnings()).toHaveLength(1);
  expect(warnings()[0]).toContain(`failed at 127.0.0.1:${receiver.port}: The receiver answered 500`);
  receiver.behave(answering(404));
  await retry();
  expect(warnings()).toHaveLength(2);
  expect(await overview()).toEqual({ failing: 1, switchedOff: 0, deliveriesFailedLast24h: 1 });
});

it('switches a webhook that answered 410 on again with a test that arrives, and with no other', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  const id = _id as string;
  receiver.behave(answering(410));
  await ring({ temperature: 31 });
  expect(await webhookOf(id)).toMatchObject({
    status: 'off',
    lastError: 'The receiver answered 410',
    failedSince: TIME,
  });
  expect(await overview()).toEqual({ failing: 0, switchedOff: 1, deliveriesFailedLast24h: 1 });
  receiver.behave(answering(500));
  expect(await test(id)).toMatchObject({ delivered: false });
  expect(await webhookOf(id)).toMatchObject({ status: 'off', lastError: 'The receiver answered 500' });
  await ring({ temperature: 20 });
  expect(receiver.received).toHaveLength(2);
  receiver.behave(answering(204));
  expect(await test(id)).toMatchObject({ delivered: true });
  expect((await webhookOf(id)).status).toBe('ok');
  await ring({ temperature: 20.5 });
  await scene.makeRule('humidity > 80');
  await ring({ humidity: 85 });
  expect(receiver.received).toHaveLength(4);
});

it('resets the failure state when a rule gets another URL', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  receiver.behave(answering(500));
  await ring({ temperature: 31 });
  receiver.behave(() => undefined);
  const body = { webhookUrl: `${receiver.url}/other` };
  const { body: changed } = await scene.app.call('PATCH', `/api/alerts/${_id}`, { key: scene.writeKey, body });
  const untried = { status: 'ok', lastAttemptAt: null, lastError: null, failedSince: null };
  expect(changed.alertRule.webhook).toEqual(untried);
});

it('does not count failures of deleted rules', async () => {
  receiver.behave(answering(404));
  const { _id } = await scene.makeRule('temperature > 30');
  await ring({ temperature: 31 });
  expect(await overview()).toEqual({ failing: 1, switchedOff: 0, deliveriesFailedLast24h: 1 });
  await scene.app.call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey });
  expect(await overview()).toEqual({ failing: 0, switchedOff: 0, deliveriesFailedLast24h: 0 });
});
