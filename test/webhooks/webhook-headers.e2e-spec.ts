// test:all leaves PostgreSQL out: what a message says, and how it is sent, is the same on each database.
import { DataSource } from 'typeorm';
import { query } from '../../src/database/sql';
import { Deliverer } from '../../src/webhooks/deliverer';
import { startAlertScene, type AlertScene } from '../support/alerts';
import { startReceiver, type Receiver } from '../support/receiver';

const TOKEN = 'Bearer tk_this-must-not-be-seen';

let receiver: Receiver;
let other: Receiver;
let scene: AlertScene;

beforeAll(async () => {
  [receiver, other] = [await startReceiver(), await startReceiver()];
  scene = await startAlertScene(receiver);
});

afterAll(async () => {
  await scene.app.stop();
  await receiver.close();
  await other.close();
});

const patch = (id: string, body: object, key = scene.writeKey) =>
  scene.app.call('PATCH', `/api/alerts/${id}`, { key, body });
const make = (headers: unknown, more = {}) =>
  scene.app.call('POST', '/api/alerts', {
    key: scene.writeKey,
    body: {
      ...{ dataSourceId: scene.sourceId, name: 'Too hot', condition: 'temperature > 90' },
      ...{ webhookUrl: `${receiver.url}/hook`, headers, ...more },
    },
  });

/** What arrives of a sample of a rule, at whichever receiver. */
async function sample(alertId: string, at = receiver) {
  const before = at.received.length;
  await scene.app.call('POST', `/api/alerts/${alertId}/test`, { key: scene.writeKey });
  return at.waitFor(before + 1);
}

async function made(headers: unknown): Promise<string> {
  const { status, body } = await make(headers);
  expect(status).toBe(201);
  return body.alertRule._id as string;
}

it('are sent along, in place of the server’s own where they may be', async () => {
  const id = await made({ Authorization: TOKEN, 'X-Gotify-Key': ' A1 ', 'User-Agent': 'Ours/1', Accept: 'text/plain' });
  const { headers, body } = await sample(id);
  expect(headers).toMatchObject({
    authorization: TOKEN,
    'x-gotify-key': 'A1',
    'user-agent': 'Ours/1',
    accept: 'text/plain',
    'content-type': 'application/json',
    host: `127.0.0.1:${receiver.port}`,
  });
  expect(headers['webhook-signature']).toMatch(/^v1,/);
  expect(body.test).toBe(true);
});

it('are never shown, and are not stored in plain text', async () => {
  const { body } = await make({ Authorization: TOKEN });
  const id = body.alertRule._id as string;
  const shown = { Authorization: '…' };
  expect(body.alertRule.headers).toEqual(shown);
  const paths = [`/api/alerts/${id}`, `/api/buckets/${scene.bucketId}/alerts?limit=100`, `/api/alerts/${id}/history`];
  const answers = [];
  for (const key of [scene.app.adminKey, scene.writeKey, scene.readKey])
    for (const path of paths) answers.push((await scene.app.call('GET', path, { key })).body);
  expect(answers[0].alertRule.headers).toEqual(shown);
  const { body: changed } = await patch(id, { headers: { Authorization: `${TOKEN}2` } });
  const audit = await scene.app.call('GET', '/api/audit?limit=100', { key: scene.app.adminKey });
  const { manager } = scene.app.app.get(DataSource);
  const tables = ['webhooks', 'webhook_deliveries', 'alert_rules', 'audit_log', 'idempotency_records'];
  const rows = await Promise.all(tables.map((table) => query(manager, `SELECT * FROM ${table}`, [])));
  const all = JSON.stringify([body, ...answers, changed, audit.body, rows, scene.app.logs]);
  expect(all).not.toContain('must-not-be-seen');
  expect(JSON.stringify(audit.body)).toContain('"headers":["Authorization"]');
});

it('stay as they are where … is sent back, and go with {} and null', async () => {
  const id = await made({ Authorization: TOKEN, 'X-Two': '2' });
  const changes = [
    [{ name: 'Another' }, { authorization: TOKEN, 'x-two': '2' }],
    [{ headers: { authorization: '…', 'X-Three': '3' } }, { authorization: TOKEN, 'x-three': '3' }],
    [{ headers: null }, {}],
    [{ headers: { 'X-Four': '4' } }, { 'x-four': '4' }],
    [{ headers: {} }, {}],
  ] as const;
  for (const [body, wanted] of changes) {
    expect((await patch(id, body)).status).toBe(200);
    const { headers } = await sample(id);
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => /^(auth|x-)/.test(name)));
    expect([body, own]).toEqual([body, wanted]);
  }
});

it('do not follow a URL to another origin, unless they are sent again', async () => {
  const id = await made({ Authorization: TOKEN });
  expect((await patch(id, { webhookUrl: `${receiver.url}/elsewhere` })).body.alertRule.headers).toEqual({
    Authorization: '…',
  });
  expect((await sample(id)).headers.authorization).toBe(TOKEN);
  const masked = await patch(id, { webhookUrl: `${other.url}/hook`, headers: { Authorization: '…' } });
  expect([masked.status, masked.body.details]).toEqual([
    400,
    [
      {
        path: ['body', 'headers', 'Authorization'],
        message:
          'The value … of a header means the one before, which this rule does not have for its origin. Send the value',
      },
    ],
  ]);
  expect((await sample(id)).path).toBe('/elsewhere');
  expect((await patch(id, { webhookUrl: `${other.url}/hook` })).body.alertRule.headers).toEqual({});
  expect((await sample(id, other)).headers.authorization).toBeUndefined();
  const again = { webhookUrl: `${receiver.url}/hook`, headers: { Authorization: 'Basic eDp5' } };
  expect((await patch(id, again)).status).toBe(200);
  expect((await sample(id)).headers.authorization).toBe('Basic eDp5');
});

it.each([
  ['Host', 'example.com', /set by the server/],
  ['content-length', '1', /set by the server/],
  ['Transfer-Encoding', 'chunked', /set by the server/],
  ['Connection', 'close', /set by the server/],
  ['Expect', '100-continue', /set by the server/],
  ['Upgrade', 'h2c', /set by the server/],
  ['Content-Type', 'text/plain', /set by the server/],
  ['Proxy-Authorization', 'x', /set by the server/],
  ['WebHook-Signature', 'v1,AAAA', /set by the server/],
  ['webhook-id', 'msg_1', /set by the server/],
  ['X Y', '1', /^Header names must/],
  ['X:Y', '1', /^Header names must/],
  ['', '1', /^Header names must/],
  ['X-Ünïcode', '1', /^Header names must/],
  ['x'.repeat(65), '1', /^Header names must/],
  ['X-Lines', 'a\r\nHost: b', /^Header values must/],
  ['X-Zero', 'a\0b', /^Header values must/],
  ['X-Empty', '  ', /^Header values must/],
  ['X-Letters', 'für', /^Header values must/],
  ['X-Long', 'x'.repeat(2001), /^Header values must/],
  ['X-Number', 5, /^Header values must/],
  ['X-List', ['a'], /^Header values must/],
  ['X-None', '…', /means the one before/],
])('refuses the header %j with %j', async (name, value, said) => {
  const { status, body } = await make({ [name]: value });
  expect(status).toBe(400);
  expect(body.details).toEqual([{ path: ['body', 'headers', name], message: expect.stringMatching(said) }]);
});

it.each([
  ['a list', ['Authorization: x'], /must be an object of up to 10/],
  ['a text', 'Authorization: x', /must be an object of up to 10/],
  [
    'eleven',
    Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`X-${at}`, '1'])),
    /must be an object of up to 10/,
  ],
  ['more than 6,000 characters', { A: 'x'.repeat(2000), B: 'x'.repeat(2000), C: 'x'.repeat(2000) }, /6000 characters/],
  ['two that differ in case', { 'X-A': '1', 'x-a': '2' }, /differ by more than/],
])('refuses %s', async (_, headers, said) => {
  const { status, body } = await make(headers);
  expect([status, body.message]).toEqual([400, expect.stringMatching(said)]);
});

it('are taken up to ten', async () => {
  const ten = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`X-${at}`, '1']));
  const { status, body } = await make(ten);
  expect([status, Object.keys(body.alertRule.headers as object)]).toEqual([201, Object.keys(ten)]);
});

it('are sent with messages of the queue too', async () => {
  const { body } = await make({ Authorization: TOKEN }, { condition: 'humidity > 80' });
  const before = receiver.received.length;
  await scene.send({ humidity: 85 });
  await scene.app.app.get(Deliverer).settled();
  const posted = receiver.received.slice(before).find((one) => one.body.data.alertId === body.alertRule._id);
  expect(posted?.headers.authorization).toBe(TOKEN);
});
