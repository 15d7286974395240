// npm test leaves this out: it starts servers that wait for a database.
import { readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import DatabaseFile from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { readConfig } from '../../src/common/config/config';
import { migrate } from '../../src/database/migrate';
import { MAX_COPIES } from '../../src/database/identity/copy-before';
import { databaseOptions } from '../../src/database/options';
import { Writer } from '../../src/database/writer';
import { makeBucket } from '../support/make';
import { onDatabase, startFailure } from '../support/refused-start';
import { createDatabase, EMPTY, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const SENTENCE = 'Another version of the server has changed the database. The operator must update this server';
const onSqlite = ON_POSTGRES ? describe.skip : describe;

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase(EMPTY);
});
afterEach(() => database.remove());

const pathOf = ({ url }: TestDatabase) => url.slice('sqlite:'.length);
const options = () => databaseOptions(readConfig({ DATABASE_URL: database.url }).database, []);

class Later2900000000000 {
  async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
    await runner.query('ALTER TABLE buckets ADD COLUMN colour varchar(9)');
  }
  async down(): Promise<void> {}
}

/** What the start of a later version does to the database, beside a server that runs. */
async function migrateFurther(): Promise<void> {
  const migrations = [...(options().migrations as []), Later2900000000000];
  const later = await new DataSource({ ...options(), migrations }).initialize();
  await migrate(later).finally(() => later.destroy());
}

const create = ({ call, adminKey }: TestApp) => call('POST', '/api/buckets', { key: adminKey, body: { name: 'Shed' } });

describe('a server whose database a later version migrates', () => {
  it('stores nothing from then on, and reads go on', async () => {
    const server = await startApp({}, database);
    const bucketId = await makeBucket(server);
    await migrateFurther();

    const answers = await Promise.all([create(server), create(server), create(server)]);
    for (const answer of answers) {
      expect(answer.headers.get('retry-after')).toBe('60');
      expect([answer.status, answer.body.message]).toEqual([503, SENTENCE]);
    }
    const { status, body } = await server.call('GET', '/api/buckets', { key: server.adminKey });
    expect([status, body.buckets.map(({ _id }: { _id: string }) => _id)]).toEqual([200, [bucketId]]);
    await server.stop();
    expect((await startFailure(database)).message).toMatch(/newer version of Dakkio/);
  });

  it('stores again once the earlier schema is restored', async () => {
    const server = await startApp({}, database);
    await migrateFurther();
    expect((await create(server)).status).toBe(503);
    const undo = ['ALTER TABLE buckets DROP COLUMN colour', 'DELETE FROM migrations WHERE timestamp = 2900000000000'];
    if (ON_POSTGRES) await onDatabase(database.url, (client) => client.query(undo.join(';')));
    else {
      const file = new DatabaseFile(pathOf(database));
      for (const statement of undo) file.exec(statement);
      file.pragma(`user_version = ${(options().migrations as []).length}`);
      file.close();
    }
    expect((await create(server)).status).toBe(201);
    await server.stop();
  });

  it('finishes what it was writing before the schema changes', async () => {
    const server = await startApp({}, database);
    const order: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let begun = () => {};
    const isUnderWay = new Promise<void>((resolve) => (begun = resolve));
    const write = server.app.get(Writer).write(async (manager) => {
      begun();
      if (ON_POSTGRES) await held;
      await manager.query(`UPDATE organizations SET name = 'Renamed'`);
      order.push('written');
    });
    await isUnderWay;
    const migration = migrateFurther().then(() => order.push('migrated'));
    // The migration asks for the lock of writers while the write has it.
    if (ON_POSTGRES) {
      await waitingForLock();
      const { status, body } = await create(server);
      expect([status, body.message]).toEqual([503, 'The database cannot be used right now. Please try again']);
    }
    release();
    await Promise.all([write, migration]);
    expect(order).toEqual(['written', 'migrated']);
    await server.stop();
  });
});

async function waitingForLock(): Promise<void> {
  await onDatabase(database.url, async (client) => {
    for (let waiting = 0; waiting === 0;) {
      const { rows } = await client.query<{ count: string }>(
        `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      waiting = Number(rows[0]?.count);
    }
  });
}

it('a migration of a later version that is faster than the start refuses it within the lock', async () => {
  await (await startApp({}, database)).stop();
  await migrateFurther();
  const ours = await new DataSource(options()).initialize();
  await expect(migrate(ours)).rejects.toThrow(/newer version of Dakkio: this version does not know Later2900000000000/);
  await ours.destroy();
});

(ON_POSTGRES ? it : it.skip)('a restored database from before there was a check stops writes', async () => {
  const server = await startApp({}, database);
  await onDatabase(database.url, (client) => client.query('DROP FUNCTION assert_schema_version(integer)'));
  const { status, body } = await create(server);
  expect([status, body.message]).toEqual([503, SENTENCE]);
  await server.stop();
});

onSqlite('a copy before a migration', () => {
  const copies = () => readdirSync(database.folder).filter((name) => name.includes('.before-'));

  it('is made of a database that is there, for its owner alone, and holds what was stored', async () => {
    const server = await startApp({}, database);
    const bucketId = await makeBucket(server);
    await server.app.close();
    expect(copies()).toEqual([]);
    await migrateFurther();

    const [name = '', ...others] = copies();
    expect([name, others]).toEqual([expect.stringMatching(/^test\.db\.before-v\d+-\d{8}T\d{6}Z$/), []]);
    const path = `${database.folder}/${name}`;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const copy = new DatabaseFile(path, { readonly: true });
    expect(copy.prepare('SELECT id FROM buckets').pluck().all()).toEqual([bucketId]);
    expect(copy.prepare(`SELECT count(*) FROM pragma_table_info('buckets') WHERE name = 'colour'`).pluck().get()).toBe(
      0,
    );
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    copy.close();
    await startFailure(database);
    expect(copies()).toEqual([name]);
  });

  it('can be put in the place of the database', async () => {
    const first = await startApp({}, database);
    const bucketId = await makeBucket(first);
    await first.app.close();
    await migrateFurther();
    renameSync(`${database.folder}/${copies()[0]}`, pathOf(database));
    const again = await startApp({}, database);
    const { body } = await again.call('GET', `/api/buckets/${bucketId}`, { key: first.adminKey });
    expect(body.bucket._id).toBe(bucketId);
    await again.stop();
  });

  it('leaves the newest three', async () => {
    await (await startApp({}, database)).stop();
    const old = [1, 2, 3, 4].map((day) => `test.db.before-v${30 - day}-2025010${day}T000000Z`);
    for (const name of old) writeFileSync(`${database.folder}/${name}`, '');
    await migrateFurther();
    expect(copies()).toHaveLength(MAX_COPIES);
    expect(copies()).toEqual(expect.arrayContaining(old.slice(2)));
  });
});
