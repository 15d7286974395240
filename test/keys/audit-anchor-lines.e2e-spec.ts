// npm test leaves this out: it starts a server for each case.
// test:all leaves PostgreSQL out: anchors are lines of a file. audit-anchor compares them with the log of each database.
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AnchorFile, MAX_ANCHOR_FILE_BYTES } from '../../src/audit/anchor-file';
import { AuditChain } from '../../src/audit/audit-chain';
import { breakIn, type Intruder } from '../support/intruder';
import { makeBucket } from '../support/make';
import { runProgram, startServer, stopProgram, type Ended } from '../support/process';
import { createDatabase, startApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
let file: string;
let environment: Record<string, string>;
beforeEach(async () => {
  adminKey = '';
  database = await createDatabase();
  file = join(database.folder, 'anchors');
  environment = { DAKKIO_AUDIT_ANCHOR_FILE: file };
});
afterEach(() => database.remove());

const lines = () => readFileSync(file, 'utf8').trimEnd().split('\n');
/** Only the first start prints the key. */
let adminKey: string;
const start = async () => {
  const server = await startApp(environment, database);
  adminKey ||= server.adminKey;
  return { ...server, adminKey };
};

/** Runs an action as an intruder while no server runs. */
async function intrude(work: (intruder: Intruder) => Promise<void>): Promise<void> {
  const intruder = await breakIn(database);
  await work(intruder);
  await intruder.leave();
}

function cli(...args: string[]): Promise<Ended> {
  return runProgram('cli.js', args, { DATABASE_URL: database.url, ...environment }).ended;
}

it('prints anchors for a log collector, and audit:verify reads them from its output', async () => {
  environment = { DAKKIO_AUDIT_ANCHOR_FILE: 'off' };
  const server = await startServer({ DATABASE_URL: database.url, ...environment });
  const [, key = ''] = /(dakkio_a_[0-9A-Za-z]{36})/.exec(server.printed.stdout) ?? [];
  await server.call('POST', '/api/buckets', { key, body: { name: 'Greenhouse' } });
  await server.waitFor(/^audit-anchor v1 .*$/m);
  await stopProgram(server);
  const collected = join(database.folder, 'collected.log');
  writeFileSync(collected, server.printed.stdout.replace(/^/gm, '2026-11-28 host dakkio[7]: '));
  expect((await cli('audit:verify', '--anchor', collected)).code).toBe(0);
  await intrude(async (intruder) => {
    await intruder.run('DELETE FROM audit_log');
    await intruder.run('DELETE FROM audit_head');
  });
  const { code, stdout } = await cli('audit:verify', '--anchor', collected);
  expect([code, stdout]).toEqual([1, expect.stringContaining('The head of the log is missing, but row ')]);

  // A restarted server does not know what it printed, and prints lower anchors: the lines alone are enough to detect it.
  const later = await startServer({ DATABASE_URL: database.url, ...environment });
  await later.call('POST', '/api/buckets', { key, body: { name: 'Greenhouse' } });
  await later.waitFor(/^audit-anchor v1 .*$/m);
  await stopProgram(later);
  writeFileSync(collected, `${server.printed.stdout}${later.printed.stdout}`);
  const dropped = await cli('audit:verify', '--anchor', collected);
  expect([dropped.code, dropped.stdout]).toEqual([1, expect.stringContaining('the log was restored in between')]);
  expect((await cli('audit:restart', '--yes', '--anchor', collected)).code).toBe(0);
});

it('keeps the anchor file small', async () => {
  const anchors = new AnchorFile(file);
  for (let index = 0; index < 300; index++) await anchors.add(`line ${index} ${'x'.repeat(150)}`);
  expect(statSync(file).size).toBeLessThan(MAX_ANCHOR_FILE_BYTES + 200);
  expect(lines().at(-1)).toMatch(/^line 299 /);
});

it('starts a new file when it is missing, and reports that there is none yet', async () => {
  const server = await start();
  await server.stop();
  rmSync(file);
  const { code, stdout } = await cli('audit:verify');
  expect([code, stdout]).toEqual([0, expect.stringContaining('Anchored: nothing yet in ')]);
  expect(existsSync(file)).toBe(true);
});

it('detects a head that was reset and then sealed again by the next row', async () => {
  environment = { DAKKIO_AUDIT_ANCHOR_FILE: 'off' };
  const server = await start();
  for (let index = 0; index < 4; index++) await makeBucket(server);
  await server.stop();
  await intrude(async (intruder) => {
    await intruder.run('DELETE FROM audit_log WHERE seq > 4');
    await intruder.run('UPDATE audit_head SET count = 4, link = (SELECT link FROM audit_log WHERE seq = 4)');
  });
  const again = await start();
  await makeBucket(again);
  expect((await again.app.get(AuditChain).verify()).findings).toEqual(['The head of the log was changed before row 5']);
  await again.stop();
});

it('appends after the last row when only the head was reset', async () => {
  environment = { DAKKIO_AUDIT_ANCHOR_FILE: 'off' };
  const server = await start();
  await makeBucket(server);
  await server.stop();
  await intrude((intruder) => intruder.run('CREATE TABLE kept_head AS SELECT * FROM audit_head'));
  const later = await start();
  for (let index = 0; index < 3; index++) await makeBucket(later);
  await later.stop();
  await intrude(async (intruder) => {
    await intruder.run('DELETE FROM audit_head');
    await intruder.run('INSERT INTO audit_head SELECT * FROM kept_head');
  });
  const again = await start();
  await makeBucket(again);
  expect((await again.app.get(AuditChain).verify()).findings).toEqual(['The head of the log was changed before row 7']);
  await again.stop();
});
