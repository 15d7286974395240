import { DataSource } from 'typeorm';
import { query } from '../../src/database/sql';
import { Writer } from '../../src/database/writer';
import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN, startAlertScene } from '../support/alerts';
import { startReceiver, type Receiver } from '../support/receiver';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const PATH = 'services/T0000/B0000/the-part-that-protects-it';

let database: TestDatabase;
let receiver: Receiver;
beforeAll(async () => (receiver = await startReceiver()));
afterAll(() => receiver.close());
beforeEach(async () => (database = await createDatabase()));
afterEach(() => database.remove());

/** Every text of the tables that have to do with a webhook, as the database has it. */
async function storedTexts({ app }: TestApp): Promise<string> {
  const { manager } = app.get(DataSource);
  const tables = ['webhooks', 'webhook_deliveries', 'alert_rules', 'alert_events', 'audit_log'];
  const rows = await Promise.all(tables.map((table) => query(manager, `SELECT * FROM ${table}`, [])));
  return JSON.stringify(rows);
}

async function storedUrl({ app }: TestApp, id: string): Promise<string> {
  const [row] = await query<{ url: string }>(app.get(DataSource).manager, 'SELECT url FROM webhooks WHERE id = ?', [
    id,
  ]);
  return row?.url ?? '';
}

it('keeps no part of a webhook’s path in the database, and delivers there', async () => {
  const scene = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  const webhookUrl = `${receiver.url}/${PATH}?token=also-secret`;
  const rule = await scene.makeRule('temperature > 30', { webhookUrl });
  await scene.send({ temperature: 31 });
  const delivered = await receiver.waitFor(1);
  expect(delivered.path).toBe(`/${PATH}?token=also-secret`);
  await scene.app.app.get(Deliverer).settled();
  await scene.app.call('PATCH', `/api/alerts/${rule._id}`, {
    key: scene.writeKey,
    body: { webhookUrl: `${receiver.url}/${PATH}/moved` },
  });
  const texts = await storedTexts(scene.app);
  expect(texts).not.toContain('the-part-that-protects-it');
  expect(texts).not.toContain('also-secret');
  const shown = await scene.app.call('GET', `/api/alerts/${rule._id}`, { key: scene.app.adminKey });
  expect(shown.body.alertRule.webhookUrl).toBe(`${receiver.url}/${PATH}/moved`);
  await scene.app.stop();
});

it('seals at startup what an earlier version stored in plain text', async () => {
  const scene = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  const ids: string[] = [];
  for (let index = 0; index < 3; index++) ids.push((await scene.makeRule('temperature > 90'))._id as string);
  const plain = `${receiver.url}/plain`;
  await scene.app.app.get(Writer).write(async (manager) => {
    for (const id of ids) await query(manager, 'UPDATE webhooks SET url = ? WHERE id = ?', [plain, id]);
  });
  expect(
    (await scene.app.call('GET', `/api/alerts/${ids[0]}`, { key: scene.app.adminKey })).body.alertRule.webhookUrl,
  ).toBe(plain);
  await scene.app.stop();

  const again = await startApp(LOOPBACK_OPEN, database);
  for (const id of ids) {
    for (let turn = 0; turn < 200 && (await storedUrl(again, id)).startsWith('http'); turn++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await storedUrl(again, id)).toMatch(/^v1\.[A-Za-z0-9+/=]+$/);
  }
  await again.stop();
});

it('opens a URL only in its own row', async () => {
  const scene = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  const [one, other] = [
    await scene.makeRule('temperature > 90', { webhookUrl: `${receiver.url}/one` }),
    await scene.makeRule('temperature > 90', { webhookUrl: `${receiver.url}/other` }),
  ];
  const sealed = await storedUrl(scene.app, one._id as string);
  await scene.app.app
    .get(Writer)
    .write((manager) => query(manager, 'UPDATE webhooks SET url = ? WHERE id = ?', [sealed, other._id as string]));
  const shown = await scene.app.call('GET', `/api/alerts/${other._id}`, { key: scene.app.adminKey });
  expect(shown.body.alertRule.webhookUrl).toBe('https://unreadable.invalid/');
  const test = await scene.app.call('POST', `/api/alerts/${other._id}/test`, { key: scene.app.adminKey });
  expect(JSON.stringify(test.body)).toContain(
    "The webhook URL cannot be read: it was stored under another secret of the server. Set the rule's webhookUrl again",
  );
  // What cannot be read stops no point.
  expect((await scene.send({ temperature: 91 })).status).toBe(201);
  await scene.app.call('PATCH', `/api/alerts/${other._id}`, {
    key: scene.app.adminKey,
    body: { webhookUrl: `${receiver.url}/again` },
  });
  const healed = await scene.app.call('GET', `/api/alerts/${other._id}`, { key: scene.app.adminKey });
  expect(healed.body.alertRule.webhookUrl).toBe(`${receiver.url}/again`);
  await scene.app.stop();
});
