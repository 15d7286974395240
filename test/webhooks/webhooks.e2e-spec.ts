import { Webhook as Verifier } from 'standardwebhooks';
import { DataSource } from 'typeorm';
import { IMMEDIATE_YIELD } from '../../src/common/http/yield';
import type { PageQuery } from '../../src/common/pagination';
import { ExpiredRows } from '../../src/database/expired-rows';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { Webhooks } from '../../src/webhooks/webhooks.service';
import { startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Received, type Receiver } from '../support/receiver';

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

it('waits for a receiver that takes its time, for up to 10 seconds', async () => {
  const answers: (() => void)[] = [];
  const asked = new Promise<void>((resolve) =>
    receiver.behave((response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      answers.push(() => response.end('o'.repeat(100)));
      response.write('slowly');
      resolve();
    }),
  );
  const { _id } = await scene.makeRule('temperature > 30');
  await scene.send({ temperature: 31 });
  await asked;
  expect(await listed(_id)).toMatchObject([{ status: 'waiting', attempts: 0 }]);
  for (const answer of answers) answer();
  await deliverer().settled();
  expect(await listed(_id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);

  receiver.behave(() => undefined);
  const { body } = await call('POST', `/api/alerts/${_id}/test`, { key: scene.writeKey });
  expect(body.delivery).toMatchObject({ delivered: false, responseStatus: null, error: 'No answer within 10 seconds' });
  expect(body.delivery.durationMs).toBeGreaterThanOrEqual(9_990);
}, 30_000);

it('does not delay other requests while a receiver is slow', async () => {
  receiver.behave(() => undefined);
  for (let index = 0; index < 30; index++) await scene.makeRule('temperature > 30');
  await scene.send({ temperature: 31 });
  await receiver.waitFor(8);
  const other = await startReceiver();
  await scene.makeRule('humidity > 80', { webhookUrl: `${other.url}/` });
  await scene.send({ humidity: 85 });
  await other.waitFor(1);
  expect(receiver.received).toHaveLength(8);
  await other.close();
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

it('takes the point of a rule whose webhook was stored with a host longer than any name', async () => {
  const { _id } = await scene.makeRule('temperature > 30');
  await change(`UPDATE webhooks SET url = 'https://${'a'.repeat(300)}.example.com/'`);
  expect((await scene.send({ temperature: 31 })).status).toBe(201);
  await deliverer().settled();
  expect(await listed(_id)).toMatchObject([
    { status: 'waiting', attempts: 1, error: 'Webhook URL must be an https URL of up to 2000 characters' },
  ]);
});

it('does not follow redirects', async () => {
  const elsewhere = await startReceiver();
  receiver.behave(answering(307, { location: `${elsewhere.url}/` }));
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  expect(await listed(_id)).toMatchObject([
    { status: 'waiting', error: 'The receiver answered 307. Redirects are not followed' },
  ]);
  expect(elsewhere.connections()).toBe(0);
  await elsewhere.close();
});

it('reports the reason when no response arrives', async () => {
  receiver.behave((response) => response.destroy());
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  expect(await listed(_id)).toMatchObject([
    { status: 'waiting', responseStatus: null, error: 'The connection was closed before an answer came' },
  ]);
});

it('takes the head of an answer for the whole, and reads no more than 16 KB of it', async () => {
  let written = 0;
  receiver.behave((response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(8192))) written += 8192;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  const { _id } = await scene.makeRule('temperature > 30');
  await notify();
  expect(await listed(_id)).toMatchObject([{ status: 'delivered', responseStatus: 200 }]);
  // What the sockets of both sides hold comes on top.
  expect(written).toBeLessThan(16_000_000);
});

describe('other services', () => {
  it.each([
    ['slack', (body: any) => body.text],
    ['discord', (body: any) => body.content],
    ['teams', (body: any) => JSON.stringify(body.attachments[0].content.body)],
  ])('get the shape that they understand: %s', async (format, textOf) => {
    await scene.makeRule('temperature > 30', {
      name: 'Too <hot>',
      webhookUrl: `${receiver.url}/hook?a=1&format=${format}`,
    });
    await notify();
    const [posted] = receiver.received;
    expect(posted?.path).toBe('/hook?a=1');
    const text = textOf(posted?.body) as string;
    expect(text).toMatch(format === 'slack' ? /Alert: Too &lt;hot&gt;/ : /Alert: Too <hot>/);
    expect(text).toMatch(/temperature > 30|temperature &gt; 30/);
    expect(text).toContain('Rack 3');
  });

  it('cannot mention everyone', async () => {
    const more = { name: '@everyone [x](https://example.com)', webhookUrl: `${receiver.url}/?format=discord` };
    await scene.makeRule('temperature > 30', more);
    await notify();
    expect(receiver.received[0]?.body).toMatchObject({ allowed_mentions: { parse: [] } });
    expect(receiver.received[0]?.body.content).toContain('\\[x\\]\\(');
  });
});

describe('a test', () => {
  it('is sent once, in the same way, and returns the result', async () => {
    const { _id, webhookSecret } = await scene.makeRule('temperature > 30');
    const sent = await call('POST', `/api/alerts/${_id}/test`, { key: scene.writeKey });
    expect(sent.body).toEqual({
      message: 'Test delivery sent',
      delivery: { delivered: true, responseStatus: 204, error: null, durationMs: expect.any(Number) },
    });
    const [posted] = receiver.received;
    verify(webhookSecret, posted as Received);
    expect(posted?.body).toMatchObject({
      event: 'alert.triggered',
      test: true,
      data: { currentValue: 30, threshold: 30 },
    });
    expect(await listed(_id)).toEqual([]);
    expect((await scene.rule(_id)).state).toBe('ok');
  });

  it('goes no way that real ones may not go', async () => {
    const { _id } = await scene.makeRule('temperature > 30', { webhookUrl: 'https://localhost/' });
    await change("UPDATE webhooks SET url = 'http://10.0.0.1/'");
    const { body } = await call('POST', `/api/alerts/${_id}/test`, { key: scene.writeKey });
    expect(body.delivery).toMatchObject({ delivered: false, responseStatus: null });
    expect(body.delivery.error).toMatch(/must not lead to a private/);
  });
});
