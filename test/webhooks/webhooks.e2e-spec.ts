import { DataSource } from 'typeorm';
import { IMMEDIATE_YIELD } from '../../src/common/http/yield';
import type { PageQuery } from '../../src/common/pagination';
import { ExpiredRows } from '../../src/database/expired-rows';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { Webhooks } from '../../src/webhooks/webhooks.service';
import { startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Receiver } from '../support/receiver';

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

it('tries again after growing waits under the same id, keeps what failed, and replays it', async () => {
  receiver.behave(answering(500));
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  const waits: number[] = [];
  for (let [delivery] = await listed(_id); delivery.status === 'waiting'; [delivery] = await listed(_id)) {
    expect(delivery).toMatchObject({ responseStatus: 500, error: 'The receiver answered 500' });
    waits.push(Date.parse(delivery.nextAttemptAt) - Date.parse(delivery.lastAttemptAt));
    await retry();
  }
  const planned = [
    ...[5 * SECOND, 15 * SECOND, 30 * SECOND, 60 * SECOND],
    ...[5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR],
  ];
  expect(waits).toHaveLength(planned.length);
  for (const [index, wait] of planned.entries()) {
    expect(waits[index]).toBeGreaterThanOrEqual(wait);
    expect(waits[index]).toBeLessThanOrEqual(1.1 * wait);
  }
  expect(await listed(_id)).toMatchObject([{ status: 'failed', attempts: 10, nextAttemptAt: null }]);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);

  receiver.behave(answering(200));
  const [failed] = await listed(_id);
  const path = `/api/alerts/${_id}/deliveries/${failed._id}`;
  const shown = await call('GET', path, { key: scene.readKey });
  expect(shown.body.delivery.payload).toEqual(receiver.received[0]?.body);
  expect((await call('POST', `${path}/replay`, { key: scene.writeKey })).body).toMatchObject({
    message: 'Delivery queued again',
    delivery: { status: 'waiting', attempts: 0 },
  });
  await deliverer().settled();
  expect(await listed(_id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(failed.webhookId);
});

it('refuses to replay what is still waiting', async () => {
  receiver.behave(answering(503));
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  const [waiting] = await listed(_id);
  const { status } = await call('POST', `/api/alerts/${_id}/deliveries/${waiting._id}/replay`, { key: scene.writeKey });
  expect(status).toBe(409);
});

it.each([
  [503, '1800', HOUR / 2],
  [503, 'a date', HOUR / 2],
  [429, '3600.5', HOUR],
  [429, '999999999', HOUR],
  [429, '2.5', 2.5 * SECOND],
  [500, '999999999', HOUR],
])('waits as long as the receiver asks, up to an hour: %i with Retry-After %s', async (status, text, wait) => {
  const isDate = text === 'a date';
  receiver.behave(answering(status, { 'retry-after': isDate ? new Date(Date.now() + wait).toUTCString() : text }));
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  const [delivery] = await listed(_id);
  const waited = Date.parse(delivery.nextAttemptAt) - Date.parse(delivery.lastAttemptAt);
  expect(waited / wait).toBeGreaterThan(0.99);
  expect(waited / wait).toBeLessThan(1.11);
});

it('switches a webhook off whose receiver says that it is gone, until it has another URL', async () => {
  receiver.behave(answering(410));
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  receiver.behave(answering(200));
  await scene.send({ temperature: 20 });
  await deliverer().settled();
  expect(await listed(_id)).toMatchObject([
    { event: 'alert.resolved', status: 'failed', attempts: 0, error: 'The webhook is off: its receiver answered 410' },
    { event: 'alert.triggered', status: 'failed', attempts: 1, responseStatus: 410 },
  ]);
  expect(receiver.received).toHaveLength(1);
  const body = { webhookUrl: `${receiver.url}/another`, condition: 'temperature > 25' };
  await call('PATCH', `/api/alerts/${_id}`, { key: scene.writeKey, body });
  await notify();
  expect(receiver.received[1]?.path).toBe('/another');
});

it('leaves a webhook on that was given another URL before its old one answered 410', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  const gone = new Promise<() => void>((resolve) =>
    receiver.behave((response) => resolve(() => response.writeHead(410).end())),
  );
  await scene.send({ temperature: 31 });
  const answer = await gone;
  await call('PATCH', `/api/alerts/${_id}`, { key: scene.writeKey, body: { webhookUrl: `${receiver.url}/new` } });
  answer();
  await deliverer().settled();
  receiver.behave(answering(204));
  await scene.send({ temperature: 20 });
  await deliverer().settled();
  expect(await listed(_id)).toMatchObject([{ status: 'delivered' }, { status: 'failed', responseStatus: 410 }]);
});

it('loads none of what was posted for a list that does not show it', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  const { manager } = scene.app.app.get(DataSource);
  const page = { limit: 10, offset: 0 } as PageQuery;
  const [[delivery]] = await scene.app.app.get(Webhooks).list(manager, _id as string, page, IMMEDIATE_YIELD);
  expect(delivery).toMatchObject({ event: 'alert.triggered', status: 'delivered' });
  expect(delivery).not.toMatchObject({ payload: expect.anything() });
  expect(delivery).not.toMatchObject({ summary: expect.anything() });
});

it('keeps what is over for 30 days, and what waits until it is over', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  receiver.behave(answering(500));
  await scene.send({ temperature: 20 });
  await deliverer().settled();
  const month = Date.now() + 30 * 24 * HOUR;
  const expiredRows = scene.app.app.get(ExpiredRows);
  await expiredRows.remove(month - MINUTE);
  expect(await listed(_id)).toHaveLength(2);
  await expiredRows.remove(month);
  expect(await listed(_id)).toMatchObject([{ event: 'alert.resolved', status: 'waiting' }]);
  const history = async () =>
    (await call('GET', `/api/alerts/${_id}/history`, { key: scene.readKey })).body.pagination.total as number;
  expect(await history()).toBe(2);
  await expiredRows.remove(Date.now() + 366 * 24 * HOUR);
  expect(await history()).toBe(0);
});

it('takes the point of a rule whose webhook was stored with a host longer than any name', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  await change(`UPDATE webhooks SET url = 'https://${'a'.repeat(300)}.example.com/'`);
  expect((await scene.send({ temperature: 31 })).status).toBe(201);
  await deliverer().settled();
  expect(await listed(_id)).toMatchObject([
    { status: 'waiting', attempts: 1, error: 'Webhook URL must be an https URL of up to 2000 characters' },
  ]);
});
