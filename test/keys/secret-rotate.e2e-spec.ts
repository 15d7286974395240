// npm test leaves this out: large tables that are sealed again.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditChain } from '../../src/audit/audit-chain';
import { LOOPBACK_OPEN, startAlertScene } from '../support/alerts';
import { breakIn } from '../support/intruder';
import { makeBucket } from '../support/make';
import { runProgram, type Ended } from '../support/process';
import { startReceiver, type Received, type Receiver } from '../support/receiver';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';
import { Webhook } from 'standardwebhooks';

const OLD = 'the secret that the server had at first';
const NEW = 'the secret that it is given afterwards';
const BOTH = { DAKKIO_SECRET_KEY: NEW, DAKKIO_SECRET_KEY_PREVIOUS: OLD };

let database: TestDatabase;
let receiver: Receiver;
beforeAll(async () => (receiver = await startReceiver()));
afterAll(() => receiver.close());
beforeEach(async () => (database = await createDatabase()));
afterEach(() => database.remove());

function cli(environment: Record<string, string>, ...args: string[]): Promise<Ended> {
  return runProgram('cli.js', args, { DATABASE_URL: database.url, ...environment }).ended;
}

const start = (environment: Record<string, string>) => startApp({ ...LOOPBACK_OPEN, ...environment }, database);

async function sendTest({ call, adminKey }: TestApp, rule: { _id: string; webhookSecret: string }): Promise<Received> {
  const before = receiver.received.length;
  const sent = await call('POST', `/api/alerts/${rule._id}/test`, { key: adminKey });
  expect(sent.body.delivery).toMatchObject({ delivered: true });
  const posted = await receiver.waitFor(before + 1);
  new Webhook(rule.webhookSecret).verify(posted.text, posted.headers as Record<string, string>);
  return posted;
}

it('moves everything to the new secret, and both secrets decrypt it meanwhile', async () => {
  const scene = await startAlertScene(receiver, { ...LOOPBACK_OPEN, DAKKIO_SECRET_KEY: OLD }, database);
  const rules = [];
  const headers = { Authorization: 'Bearer of the receiver' };
  for (let index = 0; index < 3; index++) rules.push(await scene.makeRule('temperature > 90', { headers }));
  const { adminKey } = scene.app;
  await scene.app.stop();

  const both = { ...(await start(BOTH)), adminKey };
  await sendTest(both, rules[0]);
  await makeBucket(both);
  expect((await both.app.get(AuditChain).verify()).findings).toEqual([]);

  const rotated = await cli(BOTH, 'secret:rotate');
  expect([rotated.code, rotated.stdout]).toEqual([
    0,
    '3 webhooks were encrypted under the current secret\n' +
      'The audit log continues under the current secret.\n' +
      'DAKKIO_SECRET_KEY_PREVIOUS is no longer needed: remove it and restart the servers.\n',
  ]);
  await makeBucket(both);
  await sendTest(both, rules[1]);
  await both.stop();
  const again = await cli(BOTH, 'secret:rotate');
  expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^0 webhooks were encrypted/)]);

  const after = { ...(await start({ DAKKIO_SECRET_KEY: NEW })), adminKey };
  for (const rule of rules) expect((await sendTest(after, rule)).headers.authorization).toBe(headers.Authorization);
  await makeBucket(after);
  expect(await after.app.get(AuditChain).verify()).toMatchObject({ findings: [], earlier: 0 });
  await after.stop();
  await expect(start({ DAKKIO_SECRET_KEY: OLD })).rejects.toThrow('is not the one that the audit log was started with');
});

it('detects changes of earlier rows without the secret that they were written with', async () => {
  const first = await start({ DAKKIO_SECRET_KEY: OLD });
  for (let index = 0; index < 5; index++) await makeBucket(first);
  await first.stop();
  expect((await cli(BOTH, 'secret:rotate')).code).toBe(0);
  const after = await start({ DAKKIO_SECRET_KEY: NEW });
  expect((await after.app.get(AuditChain).verify()).findings).toEqual([]);
  const intruder = await breakIn(database);
  await intruder.run("UPDATE audit_log SET target_name = 'other' WHERE seq = 4");
  expect((await after.app.get(AuditChain).verify()).findings).toContain('Row 4 was changed');
  await intruder.leave();
  await after.stop();
});

it('does not hide earlier changes', async () => {
  const first = await start({ DAKKIO_SECRET_KEY: OLD });
  for (let index = 0; index < 3; index++) await makeBucket(first);
  await first.stop();
  const intruder = await breakIn(database);
  await intruder.run("UPDATE audit_log SET target_name = 'other' WHERE seq = 4");
  await intruder.leave();
  expect((await cli(BOTH, 'secret:rotate')).code).toBe(0);
  const after = await start({ DAKKIO_SECRET_KEY: NEW });
  expect((await after.app.get(AuditChain).verify()).findings).toEqual([
    'The log had been changed already when its secret was changed, before row 6',
  ]);
  await after.stop();
});

it('needs both secrets', async () => {
  await (await start({ DAKKIO_SECRET_KEY: OLD })).stop();
  const { code, stderr } = await cli({ DAKKIO_SECRET_KEY: OLD }, 'secret:rotate');
  expect([code, stderr]).toEqual([1, expect.stringContaining('DAKKIO_SECRET_KEY_PREVIOUS to the previous one')]);
});

it('keeps and counts the values that neither secret decrypts', async () => {
  const scene = await startAlertScene(receiver, { ...LOOPBACK_OPEN, DAKKIO_SECRET_KEY: OLD }, database);
  const rule = await scene.makeRule('temperature > 90');
  await scene.app.stop();
  const intruder = await breakIn(database);
  await intruder.run("UPDATE webhooks SET url = 'v1.AAAA'");
  await intruder.leave();
  const { code, stdout } = await cli(BOTH, 'secret:rotate');
  expect([code, stdout]).toEqual([0, expect.stringContaining('1 webhooks cannot be decrypted with either secret')]);
  expect(rule._id).toMatch(/^[0-9a-f]{24}$/);
});

(ON_POSTGRES ? it.skip : it)('puts a new secret into the file beside an SQLite database', async () => {
  const file = join(database.folder, 'test.db.secret');
  const scene = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  const rule = await scene.makeRule('temperature > 90');
  const { adminKey } = scene.app;
  await scene.app.stop();
  const old = readFileSync(file, 'utf8');

  const begun = await cli({}, 'secret:rotate');
  expect([begun.code, begun.stdout]).toEqual([0, expect.stringContaining('Restart the server if it is running.')]);
  expect(readFileSync(file, 'utf8')).not.toBe(old);
  expect(readFileSync(`${file}.previous`, 'utf8')).toBe(old);
  const meanwhile = { ...(await start({})), adminKey };
  await sendTest(meanwhile, rule);
  await meanwhile.stop();

  const ended = await cli({}, 'secret:rotate');
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('.secret.previous was removed.')]);
  expect(existsSync(`${file}.previous`)).toBe(false);
  const after = { ...(await start({})), adminKey };
  await sendTest(after, rule);
  expect((await after.app.get(AuditChain).verify()).findings).toEqual([]);
  await after.stop();
});
