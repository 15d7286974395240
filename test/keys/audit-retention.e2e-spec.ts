import { AuditChain } from '../../src/audit/audit-chain';
import { AuditRetention } from '../../src/audit/audit-retention';
import { Writer } from '../../src/database/writer';
import { breakIn } from '../support/intruder';
import { makeBucket } from '../support/make';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const DAY_MILLIS = 86_400_000;
const ENVIRONMENT = { DAKKIO_AUDIT_RETENTION_DAYS: '30' };

let database: TestDatabase;
let server: TestApp;
beforeEach(async () => {
  database = await createDatabase();
  server = await startApp(ENVIRONMENT, database);
  for (let index = 0; index < 8; index++) await makeBucket(server);
});
afterEach(async () => {
  await server.stop();
  await database.remove();
});

const chain = () => server.app.get(AuditChain);
const cutLater = (days: number) => server.app.get(AuditRetention).cut(Date.now() + days * DAY_MILLIS);

it('removes old rows up to a sealed cut, and verifies the rest from there', async () => {
  const before = await chain().verify();
  expect(await cutLater(29)).toBe(0);
  expect(await cutLater(31)).toBe(before.count);
  const after = await chain().verify();
  expect(after).toMatchObject({ count: before.count + 1, cut: before.count, findings: [], more: 0 });
  const { auditEvents } = (await server.call('GET', '/api/audit?limit=1000', { key: server.adminKey })).body;
  expect(auditEvents).toEqual([]);
  await makeBucket(server);
  expect((await chain().verify()).findings).toEqual([]);
  // Anchors from before the cut can no longer be verified; an anchor at the cut can.
  expect(await chain().passes({ count: 1, link: 'x' })).toBe(true);
  expect(await chain().passes(before)).toBe(true);
  expect(await chain().passes({ count: before.count, link: 'x'.repeat(64) })).toBe(false);
});

it('detects rows removed beyond the cut, and a moved cut', async () => {
  await cutLater(31);
  for (let index = 0; index < 4; index++) await makeBucket(server);
  const { count, cut } = await chain().verify();
  const intruder = await breakIn(database);
  await intruder.run(`DELETE FROM audit_log WHERE seq = ${cut + 1}`);
  expect((await chain().verify()).findings).toEqual([`Row ${cut + 1} was removed`]);
  await intruder.run(
    `UPDATE audit_head SET cut_count = ${cut + 1}, cut_link = (SELECT link FROM audit_log WHERE seq = ${cut + 2})`,
  );
  expect((await chain().verify()).findings).toContain('The beginning of the log was changed');
  await intruder.run(`UPDATE audit_head SET cut_count = NULL`);
  expect((await chain().verify()).findings).toContain(`Rows 1 to ${cut + 1} were removed`);
  expect(count).toBeGreaterThan(cut);
  await intruder.leave();
});

it('rejects deletions after the cut', async () => {
  await cutLater(31);
  await makeBucket(server);
  const remove = server.app.get(Writer).write((manager) => manager.query('DELETE FROM audit_log'));
  await expect(remove).rejects.toThrow('audit_log is append-only');
  expect((await chain().verify()).findings).toEqual([]);
});

it('removes nothing when no retention is set', async () => {
  const other = await createDatabase();
  const kept = await startApp({}, other);
  expect(await kept.app.get(AuditRetention).cut(Date.now() + 1e12)).toBe(0);
  await kept.stop();
  await other.remove();
});

it('verifies while old rows are being removed', async () => {
  const [removed, verification] = await Promise.all([cutLater(31), chain().verify()]);
  expect(removed).toBeGreaterThan(0);
  expect(verification.findings).toEqual([]);
});

it('keeps a changed row whose time was moved back', async () => {
  const intruder = await breakIn(database);
  await intruder.run('UPDATE audit_log SET at = 1 WHERE seq <= 4');
  await expect(server.app.get(AuditRetention).cut()).rejects.toThrow('row 1 was changed');
  expect((await chain().verify()).findings).toContain('Row 1 was changed');
  await intruder.leave();
});

it('removes nothing when the start of the log was moved', async () => {
  await cutLater(31);
  for (let index = 0; index < 4; index++) await makeBucket(server);
  const { cut } = await chain().verify();
  const intruder = await breakIn(database);
  await intruder.run(
    `UPDATE audit_head SET cut_count = ${cut + 1}, cut_link = (SELECT link FROM audit_log WHERE seq = ${cut + 1})`,
  );
  await intruder.run(`DELETE FROM audit_log WHERE seq = ${cut + 1}`);
  await expect(cutLater(62)).rejects.toThrow('the head or the beginning of the log was changed');
  await intruder.leave();
});

it('accepts only a linked row as a change of the secret', async () => {
  const { count } = await chain().verify();
  const intruder = await breakIn(database);
  await intruder.run(`UPDATE audit_log SET action = 'audit.secretChanged' WHERE seq = ${count}`);
  await intruder.run('UPDATE audit_log SET at = 1 WHERE seq <= 4');
  await expect(server.app.get(AuditRetention).cut()).rejects.toThrow('row 1 was changed');
  await intruder.leave();
});
