// npm test runs this on PostgreSQL too: each database has its own migrations, locks and bulk inserts.
import { Client } from 'pg';
import { runProgram, startServer, stopProgram, type RunningProgram } from '../support/process';
import { createDatabase, EMPTY, ON_POSTGRES, type TestDatabase } from '../support/test-app';

/** The lock that an instance takes while it migrates. */
const MIGRATION_LOCK = 0x64616b6b;
/** Without the locks that a server's first writes take. */
const LOCKS = `SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory' AND objid = ${MIGRATION_LOCK}
  AND classid = 0 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

let database: TestDatabase;
let other: Client;
const running: RunningProgram[] = [];
beforeEach(async () => {
  database = await createDatabase(EMPTY);
  other = new Client(database.url);
  if (ON_POSTGRES) await other.connect();
});
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
  await other.end();
  await database.remove();
});

function start(): RunningProgram {
  const program = runProgram('main.js', [], { PORT: '0', DATABASE_URL: database.url });
  running.push(program);
  return program;
}

const logged = async ({ child, printed }: RunningProgram, text: string) => {
  while (!printed.stderr.includes(text)) await new Promise((resolve) => child.stderr?.once('data', resolve));
};

(ON_POSTGRES ? describe : describe.skip)('the lock of the migrations on PostgreSQL', () => {
  it('is waited for, which is logged, whatever lock_timeout the database sets, and is not kept', async () => {
    const name = database.url.split('/').pop() ?? '';
    await other.query(`ALTER DATABASE ${name} SET lock_timeout = 100`);
    await other.query(`ALTER DATABASE ${name} SET statement_timeout = 100`);
    await other.query('BEGIN');
    await other.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);

    const server = start();
    await logged(server, 'Another instance is migrating the database: waiting for it to finish');
    // Longer than the database's own limits would let it wait.
    await other.query('SELECT pg_sleep(0.5)');
    expect(server.child.exitCode).toBe(null);
    await other.query('ROLLBACK');
    await other.query(`ALTER DATABASE ${name} RESET ALL`);

    await logged(server, 'The other instance has finished migrating the database');
    await server.waitFor(/ready at/);
    expect((await other.query(LOCKS)).rows).toEqual([{ held: 0 }]);
    expect(await stopProgram(server)).toBe(0);
  });

  it('leaves nothing half-done when an instance is killed while it migrates', async () => {
    await other.query('BEGIN');
    await other.query('CREATE TABLE organizations (id integer)');
    const first = start();
    const waits = `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database()
      AND wait_event_type = 'Lock' AND query LIKE 'CREATE TABLE%'`;
    const watcher = await new Client(database.url).connect();
    while ((await watcher.query(waits)).rows[0].waiting === 0);
    first.child.kill('SIGKILL');
    await first.ended;
    await other.query('ROLLBACK');
    await watcher.end();

    const second = await startServer({ DATABASE_URL: database.url });
    running.push(second);
    expect(second.printed.stdout).toContain('Your Admin key');
  });
});
