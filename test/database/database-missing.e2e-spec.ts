// npm test leaves this out: it starts servers that wait for a database.
// test:all leaves PostgreSQL out: it is about SQLite alone.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFailure, stateOf } from '../support/refused-start';
import { runProgram, stopProgram } from '../support/process';
import { createDatabase, EMPTY, ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

const GIVEN = { DAKKIO_SECRET_KEY: 'a secret that the operator made up' };
const KEY = /dakkio_a_[0-9A-Za-z]{36}/;

let database: TestDatabase;
let path: string;
beforeEach(async () => {
  database = await createDatabase(EMPTY);
  path = join(database.folder, 'test.db');
});
afterEach(() => database.remove());

const onSqlite = ON_POSTGRES ? describe.skip : describe;
const filesOf = () => readdirSync(database.folder).sort();
const startOnce = async (environment = {}) => (await startApp(environment, database)).stop();
const cli = (args: string[], environment = {}) =>
  runProgram('cli.js', args, { DATABASE_URL: database.url, ...environment }).ended;

async function expectRefusal(message: RegExp, environment = {}): Promise<void> {
  const before = await stateOf(database);
  expect(await startFailure(database, environment)).toMatchObject({
    name: 'ConfigError',
    message: expect.stringMatching(message),
  });
  expect(await stateOf(database)).toEqual(before);
}

onSqlite('a start that finds no database', () => {
  it('is refused where the secret shows that there was one', async () => {
    await startOnce();
    rmSync(path);
    await expectRefusal(
      /^There is no database at .*test\.db, but there was one: .*test\.db\.secret belongs? to it\. .* start once with `npm start -- --new`$/,
    );
  });

  it.each([
    'test.db.secret.previous',
    'test.db.anchor',
    'test.db.rescue-20260131T120000Z',
    'test.db.before-v18-20260131T120000Z',
    'test.db-wal',
  ])('is refused where %s shows that there was one', async (name) => {
    writeFileSync(join(database.folder, name), 'x'.repeat(40));
    await expectRefusal(/there was one/, GIVEN);
  });

  it('is refused where an anchor elsewhere shows that there was one', async () => {
    const anchor = join(database.folder, 'notes');
    writeFileSync(anchor, 'audit-anchor v1\n');
    await expectRefusal(/there was one: .*notes belongs to it/, { ...GIVEN, DAKKIO_AUDIT_ANCHOR_FILE: anchor });
  });

  it('is refused where the file was emptied', async () => {
    await startOnce();
    writeFileSync(path, '');
    await expectRefusal(/^The database file .*test\.db is empty, but there was one/);
  });

  it('begins one where nothing shows that there was another', async () => {
    writeFileSync(join(database.folder, 'other.db.secret'), 'x'.repeat(40));
    await startOnce();
    expect(filesOf()).toContain('test.db.secret');
  });

  it('begins one in a file that a first start left empty, before there was a secret', async () => {
    writeFileSync(path, '');
    await startOnce();
    expect(filesOf()).toContain('test.db.secret');
  });
});

onSqlite('npm start -- --new', () => {
  it('begins a database, and keeps what belonged to the one before', async () => {
    await startOnce();
    const before = readFileSync(`${path}.secret`, 'utf8');
    rmSync(path);
    const server = runProgram('main.js', ['--new'], { PORT: '0', DATABASE_URL: database.url });
    await server.waitFor(KEY);
    await stopProgram(server);
    const kept = filesOf().filter((name) => /^test\.db\.secret\.aside-\d{8}T\d{6}Z$/.test(name));
    expect(kept).toHaveLength(1);
    expect(readFileSync(join(database.folder, kept[0] ?? ''), 'utf8')).toBe(before);
    expect(readFileSync(`${path}.secret`, 'utf8')).not.toBe(before);
    expect(server.printed.stderr).toContain(kept[0]);
    await startOnce();
  });

  it('is refused on a database that is there', async () => {
    await startOnce();
    const before = await stateOf(database);
    const { code, stderr } = await runProgram('main.js', ['--new'], { DATABASE_URL: database.url }).ended;
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^Cannot start: The database file .*test\.db is in use: --new begins a new database only/),
    ]);
    expect(await stateOf(database)).toEqual(before);
  });
});

it('another argument is refused', async () => {
  const { code, stderr } = await runProgram('main.js', ['--port=80'], { DATABASE_URL: database.url }).ended;
  expect([code, stderr]).toEqual([1, expect.stringContaining('Cannot start: Unknown argument --port=80.')]);
});

onSqlite('a database without its secret', () => {
  it('is refused, and no secret is made', async () => {
    await startOnce();
    rmSync(`${path}.secret`);
    await expectRefusal(
      /^The secret of the database .*test\.db is missing: restore .*test\.db\.secret, or set DAKKIO_SECRET_KEY/,
    );
  });

  it('is refused to commands too, which make none', async () => {
    await startOnce(GIVEN);
    const before = await stateOf(database);
    for (const command of [['audit:verify'], ['admin-key']]) {
      const { code, stderr } = await cli(command);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^Cannot run the command: The secret of the database/)]);
    }
    expect(await stateOf(database)).toEqual(before);
  });

  it('gets a new one from audit:restart, when the old one is lost for good', async () => {
    await startOnce();
    rmSync(`${path}.secret`);
    expect(await cli(['audit:restart', '--yes'])).toMatchObject({ code: 0 });
    await startOnce();
  });
});

describe('commands', () => {
  it('that need a database do not make one', async () => {
    for (const command of [['audit:verify'], ['audit:restart', '--yes']]) {
      const { code, stderr } = await cli(command);
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(
          /^Cannot run the command: (There is no database at|The schema "public" .* is empty\.) .*Set DATABASE_URL/,
        ),
      ]);
    }
    expect(filesOf()).toEqual([]);
  });
});

onSqlite('a start that fails on another file', () => {
  it('leaves no secret', async () => {
    writeFileSync(path, 'no database at all'.repeat(100));
    await startFailure(database);
    expect(existsSync(`${path}.secret`)).toBe(false);
  });
});
