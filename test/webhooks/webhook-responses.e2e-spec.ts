// npm test leaves this out: receivers that limit, for minutes of their clock.
// test:all leaves PostgreSQL out: what a message says, and how it is sent, is the same on each database.
import { Webhook as Verifier } from 'standardwebhooks';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { startAlertScene, type AlertScene } from '../support/alerts';
import { answering, startReceiver, type Received, type Receiver } from '../support/receiver';

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

const verify = (secret: string, { text, headers }: Received) =>
  new Verifier(secret).verify(text, headers as Record<string, string>);

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
});

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
