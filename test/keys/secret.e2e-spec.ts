import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/common/config/config';
import { createApp } from '../../src/app';
import { createDatabase, ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

const GIVEN = 'a secret that the operator made up';

let database: TestDatabase;
let file: string;
beforeEach(async () => {
  database = await createDatabase();
  file = join(database.folder, 'test.db.secret');
});
afterEach(() => database.remove());

/** Starts on the test's database, and stops again. */
async function startOnce(environment: Record<string, string> = {}): Promise<void> {
  await (await startApp(environment, database)).stop();
}

/** The error of an application that cannot be created. */
async function failure(environment: Record<string, string>): Promise<Error> {
  const config = readConfig({ DATABASE_URL: database.url, ...environment });
  return createApp(config, { log() {}, warn() {}, error() {} }).then(
    () => Promise.reject(new Error('It was made')),
    (cause: unknown) => cause as Error,
  );
}

const onSqlite = ON_POSTGRES ? describe.skip : describe;
const onPostgres = ON_POSTGRES ? describe : describe.skip;

onSqlite('the secret of a server on SQLite', () => {
  it('is created at the first start, readable only by its owner', async () => {
    await startOnce();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('stays the same, and differs for another database', async () => {
    await startOnce();
    const first = readFileSync(file, 'utf8');
    await startOnce();
    expect(readFileSync(file, 'utf8')).toBe(first);

    const other = await createDatabase();
    await (await startApp({}, other)).stop();
    expect(readFileSync(join(other.folder, 'test.db.secret'), 'utf8')).not.toBe(first);
    await other.remove();
  });

  it('is not created when the operator provides one', async () => {
    await startOnce({ DAKKIO_SECRET_KEY: GIVEN });
    expect(existsSync(file)).toBe(false);
  });

  it('is refused when its file is truncated, and the file is kept', async () => {
    writeFileSync(file, 'abc\n');
    expect(await failure({})).toMatchObject({
      name: 'ConfigError',
      message: `${file} is cut short: put the secret back that it held`,
    });
    expect(readFileSync(file, 'utf8')).toBe('abc\n');
  });
});

onPostgres('the secret of a server on PostgreSQL', () => {
  it('is required', async () => {
    expect(await failure({})).toMatchObject({
      name: 'ConfigError',
      message:
        'DAKKIO_SECRET_KEY or DAKKIO_SECRET_KEY_FILE must be set on PostgreSQL, the same for every instance. `openssl rand -hex 32` prints one',
    });
  });

  it('is never written', async () => {
    await startOnce({ DAKKIO_SECRET_KEY: GIVEN });
    expect(existsSync(file)).toBe(false);
  });
});

it('accepts the secret in a file of the operator', async () => {
  const own = join(database.folder, 'own');
  writeFileSync(own, `${GIVEN}\n`);
  await startOnce({ DAKKIO_SECRET_KEY: '', DAKKIO_SECRET_KEY_FILE: own });
  await startOnce({ DAKKIO_SECRET_KEY: GIVEN });
  expect(existsSync(file)).toBe(false);
});

it.each(['', 'too short', 'x'.repeat(31)])('is refused without being shown when it is %j', (secret) => {
  const own = join(database.folder, 'own');
  writeFileSync(own, secret);
  expect(() => readConfig({ DATABASE_URL: database.url, DAKKIO_SECRET_KEY_FILE: own })).toThrow(
    /^DAKKIO_SECRET_KEY must have at least 32 characters$/,
  );
});
