// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import fc from 'fast-check';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module';
import { AuditChain } from '../../src/audit/audit-chain';
import { Refusals } from '../../src/audit/refusals';
import { readConfig } from '../../src/common/config/config';
import { Writer } from '../../src/database/writer';
import { AdminKeys } from '../../src/setup/admin-keys';
import { breakIn, type Intruder } from '../support/intruder';
import { makeBucket, makeKey } from '../support/make';
import { FOR_TESTS } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const COLUMNS = [
  ...['id', 'at', 'organization_id', 'bucket_id', 'actor_kind', 'actor_id', 'actor_name', 'action', 'target_type'],
  ...['target_id', 'target_name', 'details', 'address', 'request_id', 'link'],
];

let database: TestDatabase;
let server: TestApp;
let intruder: Intruder;
beforeAll(async () => {
  database = await createDatabase();
  server = await startApp({}, database);
  const bucketId = await makeBucket(server);
  for (let i = 0; i < 12; i++) await makeKey(server, bucketId, i % 2 ? 'read' : 'write');
  intruder = await breakIn(database);
});
afterAll(async () => {
  await intruder.leave();
  await server.stop();
  await database.remove();
});

const verify = () => server.app.get(AuditChain).verify();

/** Changes the log, verifies it, and undoes the change. */
async function findingsAfter(damage: () => Promise<void>): Promise<readonly string[]> {
  await intruder.run('DROP TABLE IF EXISTS kept_log');
  await intruder.run('DROP TABLE IF EXISTS kept_head');
  await intruder.run('CREATE TABLE kept_log AS SELECT * FROM audit_log');
  await intruder.run('CREATE TABLE kept_head AS SELECT * FROM audit_head');
  try {
    await damage();
    return (await verify()).findings;
  } finally {
    for (const name of ['log', 'head']) {
      await intruder.run(`DELETE FROM audit_${name}`);
      await intruder.run(`INSERT INTO audit_${name} SELECT * FROM kept_${name}`);
    }
  }
}

it('reports no findings for an unchanged log', async () => {
  const { count, findings, more, earlier } = await verify();
  expect({ count, findings, more, earlier }).toEqual({ count: 15, findings: [], more: 0, earlier: 0 });
});

it('detects a change of any column of any row, and names the row', async () => {
  const place = fc.record({ seq: fc.integer({ min: 1, max: 15 }), column: fc.constantFrom(...COLUMNS) });
  const change = async ({ seq, column }: { seq: number; column: string }) => {
    const [row] = await intruder.rows(`SELECT ${column} AS value FROM audit_log WHERE seq = ${seq}`);
    const value = column === 'at' ? String(Number(row?.value) + 1) : `'${String(row?.value ?? '').slice(1)}x'`;
    await intruder.run(`UPDATE audit_log SET ${column} = ${value} WHERE seq = ${seq}`);
  };
  await fc.assert(
    fc.asyncProperty(place, async (where) => {
      const findings = await findingsAfter(() => change(where));
      const atTheEnd = where.column === 'link' && where.seq === 15;
      expect(findings).toEqual([
        `Row ${where.seq} was changed`,
        ...(atTheEnd ? ['The last link is not the one that the head has'] : []),
      ]);
    }),
    { numRuns: 60 },
  );
});

it('detects removed rows, including the last one with the head reset', async () => {
  const remove = (from: number, to: number) => () =>
    intruder.run(`DELETE FROM audit_log WHERE seq BETWEEN ${from} AND ${to}`);
  expect(await findingsAfter(remove(1, 1))).toEqual(['Row 1 was removed']);
  expect(await findingsAfter(remove(4, 6))).toEqual(['Rows 4 to 6 were removed']);
  expect(await findingsAfter(remove(15, 15))).toEqual(['Row 15 was removed']);
  expect(await findingsAfter(remove(1, 15))).toEqual(['Rows 1 to 15 were removed']);
  const setBack = async () => {
    await remove(15, 15)();
    await intruder.run('UPDATE audit_head SET count = 14, link = (SELECT link FROM audit_log WHERE seq = 14)');
  };
  expect(await findingsAfter(setBack)).toEqual(['The head of the log was changed']);
});

it('detects inserted rows at any position', async () => {
  const putIn = (seq: number) => () =>
    intruder.run(
      `INSERT INTO audit_log SELECT * FROM (SELECT ${seq} AS seq, ${COLUMNS.join(', ')} FROM audit_log WHERE seq = 7) AS copied`,
    );
  expect(await findingsAfter(putIn(16))).toEqual(expect.arrayContaining(['Row 16 was inserted']));
  expect(await findingsAfter(putIn(0))).toEqual(['Row 0 was inserted']);
  const between = async () => {
    await intruder.run('UPDATE audit_log SET seq = -seq WHERE seq > 9');
    await intruder.run('UPDATE audit_log SET seq = 1 - seq WHERE seq < 0');
    await putIn(10)();
  };
  expect((await findingsAfter(between)).length).toBeGreaterThan(0);
});

it('detects swapped rows, and a changed or missing head', async () => {
  const swap = async () => {
    await intruder.run('UPDATE audit_log SET seq = 1000 WHERE seq = 5');
    await intruder.run('UPDATE audit_log SET seq = 5 WHERE seq = 11');
    await intruder.run('UPDATE audit_log SET seq = 11 WHERE seq = 1000');
  };
  expect(await findingsAfter(swap)).toEqual(expect.arrayContaining(['Row 5 was changed', 'Row 11 was changed']));
  for (const change of ['count = 14', `link = '${'0'.repeat(64)}'`, `seal = '${'0'.repeat(64)}'`])
    expect(await findingsAfter(() => intruder.run(`UPDATE audit_head SET ${change}`))).toContain(
      'The head of the log was changed',
    );
  expect(await findingsAfter(() => intruder.run(`UPDATE audit_head SET secret_check = 'x'`))).toEqual([
    'The head of the log names another secret',
  ]);
  expect(await findingsAfter(() => intruder.run('DELETE FROM audit_head'))).toEqual(
    expect.arrayContaining(['The head of the log was removed']),
  );
});

it('reports the first twenty findings, and how many more there are', async () => {
  const bucketId = await makeBucket(server);
  for (let i = 0; i < 15; i++) await makeKey(server, bucketId, 'read');
  let verification;
  await findingsAfter(async () => {
    await intruder.run(`UPDATE audit_log SET target_name = 'x'`);
    verification = await verify();
  });
  expect(verification).toMatchObject({
    more: 11,
    findings: expect.arrayContaining(['Row 1 was changed', 'Row 20 was changed']),
  });
});

it('verifies while the server writes', async () => {
  const bucketId = await makeBucket(server);
  const keys = Array.from({ length: 200 }, () => makeKey(server, bucketId, 'read'));
  for (let turn = 0; turn < 20; turn++) expect((await verify()).findings).toEqual([]);
  await Promise.all(keys);
  await server.app.get(Refusals).flush();
  expect((await verify()).findings).toEqual([]);
});

it('rejects updates and deletions of audit rows', async () => {
  const own = await createDatabase();
  const other = await startApp({}, own);
  const writer = other.app.get(Writer);
  for (const sql of ["UPDATE audit_log SET action = 'x'", 'DELETE FROM audit_log'])
    await expect(writer.write((manager) => manager.query(sql))).rejects.toThrow('audit_log is append-only');
  await other.stop();
  await own.remove();
});

describe('with another secret', () => {
  const OTHER = { DAKKIO_SECRET_KEY: 'another secret than the one before it' };
  const WRONG = "The server's secret is not the one that the audit log was started with";
  const BY = { kind: 'command line', user: 'tests' } as const;

  it('the server does not start until the chain is restarted, and earlier rows can no longer be verified', async () => {
    const own = await createDatabase();
    const first = await startApp({}, own);
    await makeBucket(first);
    await expect(first.app.get(AuditChain).restart(BY)).rejects.toThrow('there is nothing to restart');
    await first.stop();
    await expect(startApp(OTHER, own)).rejects.toThrow(WRONG);

    // As the command line does, which does not require a first key.
    const config = readConfig({ ...FOR_TESTS, DATABASE_URL: own.url, ...OTHER });
    const context = await NestFactory.createApplicationContext(AppModule.forRoot(config), { logger: false });
    await expect(context.get(AdminKeys).add(BY, { name: 'x' })).rejects.toThrow(WRONG);
    expect((await context.get(AuditChain).verify()).findings).toContain('The head of the log names another secret');
    await context.get(AuditChain).restart(BY);
    await context.close();

    const again = await startApp({ ...OTHER }, own);
    await makeBucket({ ...again, adminKey: first.adminKey });
    expect(await again.app.get(AuditChain).verify()).toMatchObject({ count: 5, earlier: 3, findings: [] });
    await again.stop();
    await expect(startApp({}, own)).rejects.toThrow(WRONG);
    await own.remove();
  });
});
