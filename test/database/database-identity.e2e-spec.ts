// npm test leaves this out: it starts a server for each case.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import DatabaseFile from 'better-sqlite3';
import { PostgresServer } from '../support/postgres-server';
import { onDatabase, startFailure, stateOf } from '../support/refused-start';
import { createDatabase, EMPTY, ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase(EMPTY);
});
afterEach(() => database.remove());

/** Containers often may not. */
function canMountAt(parent: string): boolean {
  const folder = mkdtempSync(join(parent, 'dakkio-mount-'));
  const isMounted = spawnSync('mount', ['--bind', folder, folder]).status === 0;
  if (isMounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return isMounted;
}

const onSqlite = ON_POSTGRES ? describe.skip : describe;
const onPostgres = ON_POSTGRES ? describe : describe.skip;
const pathOf = ({ url }: TestDatabase) => url.slice('sqlite:'.length);

/** Runs statements on the database, beside any server. */
async function run(...statements: string[]): Promise<void> {
  if (ON_POSTGRES) {
    await onDatabase(database.url, async (client) => {
      for (const statement of statements) await client.query(statement);
    });
    return;
  }
  const connection = new DatabaseFile(pathOf(database));
  for (const statement of statements) connection.exec(statement);
  connection.close();
}

/** Refuses the start, with a message of one line, and leaves everything as it was. */
async function expectRefusal(message: RegExp): Promise<void> {
  const before = await stateOf(database);
  const refused = await startFailure(database);
  expect(refused).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(message) });
  expect(refused.message).not.toContain('\n');
  expect(await stateOf(database)).toEqual(before);
}

const startOnce = async () => (await startApp({}, database)).stop();
const FROM_LATER = `INSERT INTO migrations (timestamp, name) VALUES (2900000000000, 'Later2900000000000')`;

describe('a database that a newer version has changed', () => {
  it('is refused by the migration that this version does not know', async () => {
    await startOnce();
    await run(FROM_LATER);
    await expectRefusal(
      /was changed by a newer version of Dakkio: this version does not know Later2900000000000\. Start the newer version, or restore/,
    );
  });

  it('is taken again once it is restored', async () => {
    await startOnce();
    await run(FROM_LATER);
    await startFailure(database);
    await run('DELETE FROM migrations WHERE timestamp = 2900000000000');
    await startOnce();
  });

  it('is refused with a table that this version could not read', async () => {
    await startOnce();
    await run('ALTER TABLE buckets ADD COLUMN colour text', FROM_LATER);
    await expectRefusal(/newer version/);
  });
});

describe('a database of another program', () => {
  it.each([
    ['a table that we have not', ['CREATE TABLE users (id integer)'], /holds tables of another program \(users\)/],
    [
      'tables named like ours',
      ['CREATE TABLE buckets (id integer, owner text)', 'CREATE TABLE points (id integer)'],
      /holds tables of another program \(buckets, points\)/,
    ],
    ['a view alone', ['CREATE VIEW report AS SELECT 1 AS one'], /holds tables of another program \(report\)/],
    [
      'migrations of its own',
      [
        'CREATE TABLE migrations (id integer, timestamp bigint, name varchar)',
        `INSERT INTO migrations VALUES (1, 1, 'CreateUsers1600000000000')`,
        'CREATE TABLE users (id integer)',
      ],
      /holds tables of another program \(migrations, users\)/,
    ],
    [
      'migrations of another shape',
      ['CREATE TABLE migrations (version integer)', 'INSERT INTO migrations VALUES (7)'],
      /holds tables of another program \(migrations\)/,
    ],
    [
      'many tables',
      ['a', 'b', 'c', 'd', 'e'].map((name) => `CREATE TABLE ${name} (id integer)`),
      /\(a, b, c and 2 more\)\. Set DATABASE_URL to a database that is empty or was made by Dakkio$/,
    ],
  ])('is refused: %s', async (_what, statements, message) => {
    await run(...statements);
    await expectRefusal(message);
  });

  it('is not one where other tables were added beside ours', async () => {
    await startOnce();
    await run('CREATE TABLE notes_of_the_operator (text varchar)');
    await startOnce();
  });
});

onSqlite('an SQLite file', () => {
  it('with another application_id is refused, empty or not', async () => {
    await run('PRAGMA application_id = 1234');
    await expectRefusal(/belongs to another program \(application_id 1234\)/);
    await run('CREATE TABLE users (id integer)');
    await expectRefusal(/application_id 1234/);
  });

  it('of another program in WAL mode gets no files beside it', async () => {
    await run('PRAGMA journal_mode = WAL', 'CREATE TABLE users (id integer)');
    await expectRefusal(/users/);
    expect(readdirSync(database.folder)).toEqual(['test.db']);
  });

  it('of another program that has it open is refused, and goes on being used', async () => {
    const other = new DatabaseFile(pathOf(database));
    other.exec('PRAGMA journal_mode = WAL; CREATE TABLE users (id integer)');
    expect((await startFailure(database)).message).toMatch(/\(users\)/);
    other.exec('INSERT INTO users VALUES (1)');
    expect(other.pragma('integrity_check', { simple: true })).toBe('ok');
    other.close();
    await expectRefusal(/users/);
  });

  it('of another program with a schema of many pages is refused', async () => {
    await run(...Array.from({ length: 300 }, (_, index) => `CREATE TABLE t${index} (${'c'.repeat(500)} text)`));
    await expectRefusal(/\(t0, t1, t10 and 297 more\)/);
  });

  it('with a schema version above ours is refused', async () => {
    await startOnce();
    await run('PRAGMA user_version = 9999');
    await expectRefusal(/its schema version is 9999, and this version knows \d+\./);
  });

  const canMount = process.platform === 'linux' && process.getuid?.() === 0 && canMountAt(tmpdir());
  (canMount ? it : it.skip)('on a file system that is mounted read-only is refused', async () => {
    await startOnce();
    execFileSync('mount', ['--bind', database.folder, database.folder]);
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', database.folder]);
      await expectRefusal(
        /^The database .*test\.db cannot be written: .* is read-only for this process \(EROFS\)\. Mount/,
      );
    } finally {
      execFileSync('umount', [database.folder]);
    }
  });

  it('that is a folder or a device is refused', async () => {
    mkdirSync(pathOf(database));
    expect((await startFailure(database)).message).toMatch(
      /^DATABASE_URL names .*test\.db, which is not a file\. Set it to the path of a database file$/,
    );
    expect(readdirSync(database.folder)).toEqual(['test.db']);
    expect((await startFailure({ url: 'sqlite:/dev/null' })).message).toMatch(/\/dev\/null, which is not a file/);
    expect(existsSync('/dev/null.secret')).toBe(false);
  });

  it('that is empty, or has never held a table, begins a database', async () => {
    await run('PRAGMA journal_mode = WAL');
    await startOnce();
    const connection = new DatabaseFile(pathOf(database), { readonly: true });
    expect(connection.pragma('application_id', { simple: true })).toBe(0x64616b6b);
    connection.close();
    expect(existsSync(join(database.folder, 'test.db.secret'))).toBe(true);
  });
});

onPostgres('on PostgreSQL', () => {
  it('a server that is read-only for the role is refused', async () => {
    const name = database.url.split('/').pop() ?? '';
    await startOnce();
    await run(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await expectRefusal(/^The PostgreSQL database ".*" is read-only for this role\. Set default_transaction_read_only/);
  });

  it('a standby is refused, before and after it holds our database', async () => {
    const server = await PostgresServer.create();
    try {
      server.demote();
      await server.start();
      expect(await startFailure({ url: server.urlOf() })).toMatchObject({
        name: 'ConfigError',
        message:
          'The PostgreSQL server of DATABASE_URL is a standby, which takes no writes. Set DATABASE_URL to the primary, or promote the standby',
      });
    } finally {
      await server.remove();
    }
  });

  it('views of an extension are no tables of another program', async () => {
    await run('CREATE EXTENSION IF NOT EXISTS pg_stat_statements').catch(() => run('SELECT 1'));
    await startOnce();
  });
});
