// npm test leaves this out: anchors of a log that is damaged in many ways. audit-chain covers the chain.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditAnchors } from '../../src/audit/audit-anchors';
import { AuditChain } from '../../src/audit/audit-chain';
import { breakIn, type Intruder } from '../support/intruder';
import { makeBucket } from '../support/make';
import { runProgram, type Ended } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const LINE = /^audit-anchor v1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (\d+):([0-9a-f]{64}) [0-9a-f]{64}$/;
const BY = { kind: 'command line', user: 'tests' } as const;

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
const anchorsOf = ({ app }: TestApp) => app.get(AuditAnchors);

/** Runs an action as an intruder while no server runs. */
async function intrude(work: (intruder: Intruder) => Promise<void>): Promise<void> {
  const intruder = await breakIn(database);
  await work(intruder);
  await intruder.leave();
}

function cli(...args: string[]): Promise<Ended> {
  return runProgram('cli.js', args, { DATABASE_URL: database.url, ...environment }).ended;
}

/** A log of which the intruder kept an earlier copy, and which has since grown and been anchored. */
async function withOlderState(): Promise<void> {
  const server = await start();
  await makeBucket(server);
  await server.stop();
  await intrude(async (intruder) => {
    await intruder.run('CREATE TABLE kept_log AS SELECT * FROM audit_log');
    await intruder.run('CREATE TABLE kept_head AS SELECT * FROM audit_head');
  });
  const again = await start();
  for (let index = 0; index < 3; index++) await makeBucket(again);
  await again.stop();
}

const putBack = (intruder: Intruder) =>
  ['log', 'head'].reduce(
    (before, name) =>
      before
        .then(() => intruder.run(`DELETE FROM audit_${name}`))
        .then(() => intruder.run(`INSERT INTO audit_${name} SELECT * FROM kept_${name}`)),
    Promise.resolve(),
  );

it('writes an anchor outside the database after the commit', async () => {
  const server = await start();
  await makeBucket(server);
  await anchorsOf(server).anchor();
  const { count, link } = await server.app.get(AuditChain).verify();
  const last = LINE.exec(lines().at(-1) ?? '');
  expect(last?.slice(1)).toEqual([String(count), link]);
  const before = lines().length;
  await anchorsOf(server).anchor();
  expect(lines()).toHaveLength(before);
  await makeBucket(server);
  await server.stop();
  expect(LINE.exec(lines().at(-1) ?? '')?.[1]).toBe(String(count + 1));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('detects a log restored to an earlier state with a valid seal, and keeps the evidence', async () => {
  await withOlderState();
  await intrude(putBack);
  const anchored = lines().at(-1);
  const server = await start();
  const finding = 'The log ends at row 3, but row 6 was anchored at ';
  expect(server.logs.join('')).toContain(finding);
  // The chain itself is valid: only the anchor shows the restore.
  expect((await server.app.get(AuditChain).verify()).findings).toEqual([]);
  for (let index = 0; index < 5; index++) await makeBucket(server);
  await anchorsOf(server).anchor();
  expect(lines().at(-1)).toBe(anchored);
  await server.stop();

  const verified = await cli('audit:verify');
  expect(verified.code).toBe(1);
  expect(verified.stdout).toContain('Row 6 is not the one that was anchored at ');
});

it('detects that both tables are empty', async () => {
  const server = await start();
  await makeBucket(server);
  await server.stop();
  await intrude(async (intruder) => {
    await intruder.run('DELETE FROM audit_log');
    await intruder.run('DELETE FROM audit_head');
  });
  const verified = await cli('audit:verify');
  expect([verified.code, verified.stdout]).toEqual([
    1,
    expect.stringMatching(
      /^The head of the log is missing, but row 3 was anchored at [^]*The log is empty although organizations exist/,
    ),
  ]);
  expect((await cli('audit:verify')).code).toBe(1);
});

it('detects an emptied log without an anchor when organizations exist', async () => {
  environment = { DAKKIO_AUDIT_ANCHOR_FILE: 'off' };
  const server = await start();
  await server.stop();
  await intrude(async (intruder) => {
    await intruder.run('DELETE FROM audit_log');
    await intruder.run('DELETE FROM audit_head');
  });
  const { code, stdout } = await cli('audit:verify');
  expect([code, stdout]).toEqual([
    1,
    expect.stringMatching(/^The log is empty although organizations exist: its rows were deleted\n[^]*Anchored: no/),
  ]);
  // The first row written afterwards records it permanently.
  const again = await cli('audit:verify');
  expect([again.code, again.stdout]).toEqual([
    1,
    expect.stringMatching(/^The head of the log was changed before row 1\n/),
  ]);
});

it('accepts a restored backup once it is declared', async () => {
  await withOlderState();
  await intrude(putBack);
  const declared = await cli('audit:restart', '--yes');
  expect([declared.code, declared.stderr]).toEqual([0, expect.anything()]);
  const verified = await cli('audit:verify');
  expect([verified.code, verified.stdout]).toEqual([
    0,
    expect.stringMatching(/rows verified\nAnchored: row \d+ at [^]* in [^]*anchors\n/),
  ]);
  const server = await start();
  expect(server.logs.join('')).not.toContain('anchored at');
  await makeBucket(server);
  await anchorsOf(server).anchor();
  expect(await anchorsOf(server).findings()).toEqual([]);
  await expect(server.app.get(AuditChain).restart(BY)).rejects.toThrow('there is nothing to restart');
  await server.stop();
});

it('ignores lines that were not written with the secret', async () => {
  const server = await start();
  await makeBucket(server);
  await server.stop();
  const forged = `audit-anchor v1 2999-01-01T00:00:00.000Z 99:${'a'.repeat(64)} ${'b'.repeat(64)}`;
  writeFileSync(file, `${readFileSync(file, 'utf8')}${forged}\nnoise\n`);
  const { code, stdout } = await cli('audit:verify');
  expect([code, stdout]).toEqual([0, expect.stringContaining('Anchored: row 3 at ')]);
});

it('continues to write anchors after a restored backup is declared while the server runs', async () => {
  await withOlderState();
  await intrude(putBack);
  const server = await start();
  await makeBucket(server);
  await anchorsOf(server).anchor();
  expect((await cli('audit:restart', '--yes')).code).toBe(0);
  await makeBucket(server);
  await anchorsOf(server).anchor();
  const { count } = await server.app.get(AuditChain).verify();
  expect(LINE.exec(lines().at(-1) ?? '')?.[1]).toBe(String(count));
  await server.stop();
});

it('stops writing anchors, and logs why, when the log is restored while the server runs', async () => {
  const server = await start();
  await makeBucket(server);
  const intruder = await breakIn(database);
  await intruder.run('CREATE TABLE kept_log AS SELECT * FROM audit_log');
  await intruder.run('CREATE TABLE kept_head AS SELECT * FROM audit_head');
  for (let index = 0; index < 3; index++) await makeBucket(server);
  await anchorsOf(server).anchor();
  const anchored = lines().at(-1);
  await putBack(intruder);
  await intruder.leave();
  await makeBucket(server);
  await anchorsOf(server).anchor();
  expect(server.logs.join('')).toContain('it was restored to an earlier state, or emptied');
  expect(lines().at(-1)).toBe(anchored);
  await server.stop();
});
