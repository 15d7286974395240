// npm test runs this on PostgreSQL too: each database has its own migrations, locks and bulk inserts.
import { statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { readConfig } from '../../src/common/config/config';
import { databaseFailureOf } from '../../src/common/database-failure';
import { insertTogether, rowInsert } from '../../src/database/insert-together';
import { migrate } from '../../src/database/migrate';
import { databaseOptions } from '../../src/database/options';
import { assertDurable, connectionOf } from '../../src/database/sqlite';
import { Writer } from '../../src/database/writer';
import { ENTITIES } from '../../src/entities';
import { READY } from '../support/call';
import { makeBucket } from '../support/make';
import { createDatabase, EMPTY, ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.remove());

const options = () => databaseOptions(readConfig({ DATABASE_URL: database.url }).database, ENTITIES);
async function withDataSource<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await new DataSource(options()).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
const tablesOf = async (dataSource: DataSource) => {
  const runner = dataSource.createQueryRunner();
  const found = [];
  for (const table of ['organizations', 'buckets', 'api_keys']) found.push(await runner.hasTable(table));
  await runner.release();
  return found;
};

describe('the migrations', () => {
  it('make exactly what the entities describe', async () => {
    await withDataSource(async (dataSource) => {
      await migrate(dataSource);
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    });
  });

  it('can be taken back and run again', async () => {
    await withDataSource(async (dataSource) => {
      await migrate(dataSource);
      expect(await tablesOf(dataSource)).toEqual([true, true, true]);
      for (let left = dataSource.migrations.length; left > 0; left--) await dataSource.undoLastMigration();
      expect(await tablesOf(dataSource)).toEqual([false, false, false]);
      await migrate(dataSource);
      expect(await tablesOf(dataSource)).toEqual([true, true, true]);
    });
  });

  it('run once when six instances start at once', async () => {
    await Promise.all(Array.from({ length: 6 }, () => withDataSource((dataSource) => migrate(dataSource))));
    await withDataSource(async (dataSource) => {
      const rows = await dataSource.query<unknown[]>('SELECT name FROM migrations');
      expect(rows).toHaveLength(dataSource.migrations.length);
    });
  });

  it('leave nothing half-done when one of them fails', async () => {
    class Broken1800000000000 {
      name = 'Broken1800000000000';
      async up(runner: { query(sql: string): Promise<unknown> }): Promise<void> {
        await runner.query('CREATE TABLE half_done (id integer)');
        throw new Error('out of luck');
      }
      async down(): Promise<void> {}
    }
    const dataSource = new DataSource({
      ...options(),
      migrations: [...(options().migrations as []), Broken1800000000000],
    });
    await dataSource.initialize();
    await expect(migrate(dataSource)).rejects.toThrow('out of luck');
    const runner = dataSource.createQueryRunner();
    expect(await runner.hasTable('half_done')).toBe(false);
    await runner.release();
    await dataSource.destroy();
  });
});

(ON_POSTGRES ? describe.skip : describe)('on SQLite', () => {
  it('commits reach the disk, or the start is refused', async () => {
    await withDataSource(async (dataSource) => {
      expect(() => assertDurable(dataSource)).not.toThrow();
      connectionOf(dataSource).pragma('synchronous = NORMAL');
      expect(() => assertDurable(dataSource)).toThrow('SQLite is not set for durable writes');
      return Promise.resolve();
    });
  });

  it('nothing but the writer can write', async () => {
    const server = await startApp({}, database);
    await expect(server.app.get(DataSource).query('DELETE FROM api_keys')).rejects.toThrow(
      'attempt to write a readonly database',
    );
    expect((await server.call('GET', '/api/keys', { key: server.adminKey })).status).toBe(200);
    await server.stop();
  });

  it("the file is its owner's alone from the first moment", async () => {
    const database = await createDatabase(EMPTY);
    const server = await startApp({}, database);
    expect(statSync(database.url.slice('sqlite:'.length)).mode & 0o777).toBe(0o600);
    await server.stop();
    await database.remove();
  });
});

(ON_POSTGRES ? describe : describe.skip)('on PostgreSQL', () => {
  it('writes wait for the disk, and for locks only so long, whatever the database is set to', async () => {
    await withDataSource(async (dataSource) => {
      const name = database.url.split('/').pop() ?? '';
      await dataSource.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    });
    const server = await startApp({}, database);
    const bounds = `SELECT current_setting('synchronous_commit') AS commits, current_setting('lock_timeout') AS locks,
      current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('statement_timeout') AS statement`;

    const inside = await server.app.get(Writer).write((manager) => manager.query(bounds));
    const after = await server.app.get(DataSource).query(bounds);

    expect(inside).toEqual([{ commits: 'on', locks: '4s', idle: '3s', statement: '5s' }]);
    expect(after).toEqual([{ commits: 'off', locks: '0', idle: '0', statement: '0' }]);
    // As the command line does: rebuilds take longer than requests may.
    server.app.get(Writer).liftDeadlines();
    const command = await server.app.get(Writer).write((manager) => manager.query(bounds));
    expect(command).toEqual([{ commits: 'on', locks: '1min', idle: '1min', statement: '0' }]);
    await server.stop();
  });

  it('nothing is asked for when a connection starts that PgBouncer does not hand on', () => {
    expect(options()).not.toHaveProperty('extra.options');
  });
});

describe('a write that fails in the middle of a statement', () => {
  const totals = rowInsert('point_totals (source, count, ingested_at, arrived_at)', 4);
  const rowsFrom = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => [first + index, 1, 0, null]).flat();

  it.each([
    ['alone', 0],
    ['together with others', 3],
  ])('%s leaves nothing behind', async (_, others) => {
    const server = await startApp({}, database);
    const writer = server.app.get(Writer);
    const store = (values: (number | null)[]) => writer.write((manager) => insertTogether(manager, totals, values));
    const failing = store([...rowsFrom(1000, 99), ...rowsFrom(1000, 1)]).catch((cause: unknown) => cause);
    await Promise.all(Array.from({ length: others }, (_, index) => store(rowsFrom(2000 + index, 1))));
    expect(databaseFailureOf(await failing)).toBeUndefined();
    expect(await failing).toBeInstanceOf(Error);
    await store(rowsFrom(3000, 100));
    const count = 'SELECT count(*) AS stored FROM point_totals';
    const [row] = await server.app.get(DataSource).query<[{ stored: number }]>(count);
    expect(Number(row.stored)).toBe(100 + others);
    await server.stop();
  });
});

describe('a database that fails', () => {
  (ON_POSTGRES ? it.skip : it)(
    'takes nothing half when the disk is full, says so, and works on when it is not',
    async () => {
      const server = await startApp({}, database);
      const bucketId = await makeBucket(server);
      const { dataSource } = server.app.get<{ dataSource: DataSource }>(Writer);
      const disk = connectionOf(dataSource);
      const body = { name: 'n'.repeat(100), type: 'write' };
      const create = () => server.call('POST', `/api/buckets/${bucketId}/keys`, { key: server.adminKey, body });
      disk.pragma(`max_page_count = ${disk.pragma('page_count', { simple: true }) as number}`);

      const answers = await Promise.all(Array.from({ length: 200 }, create));

      const refused = answers.filter(({ status }) => status !== 201);
      expect(refused.length).toBeGreaterThan(0);
      for (const { status, body } of refused) {
        expect([status, body]).toEqual([
          507,
          {
            error: 'Insufficient Storage',
            message: "The database's disk is full. Delete data, or ask the operator to make room",
            requestId: expect.any(String),
          },
        ]);
      }
      disk.pragma('max_page_count = 1000000');
      expect((await create()).status).toBe(201);
      const { total } = (await server.call('GET', `/api/buckets/${bucketId}/keys`, { key: server.adminKey })).body
        .pagination as { total: number };
      expect(total).toBe(answers.length - refused.length + 1);
      await server.stop();
    },
  );

  it('is told as unavailable, and serves on when it is back', async () => {
    const server = await startApp({}, database);
    const hide = ON_POSTGRES ? 'ALTER TABLE organizations RENAME TO hidden' : undefined;
    if (hide) await server.app.get(DataSource).query(hide);
    else await withDataSource((dataSource) => dataSource.query('ALTER TABLE organizations RENAME TO hidden'));

    const { status, body } = await server.call('GET', '/health/ready');
    expect([status, body]).toEqual([
      503,
      {
        error: 'Service Unavailable',
        message: 'The server is not ready: the database cannot be used',
        status: 'unavailable',
        checks: { read: 'failed', write: 'ok', data: 'ok' },
        requestId: expect.any(String),
      },
    ]);
    expect((await server.call('GET', '/health/live')).body).toEqual({ status: 'ok' });

    await withDataSource((dataSource) => dataSource.query('ALTER TABLE hidden RENAME TO organizations'));
    const end = performance.now() + 10_000;
    const ready = async () => (await server.call('GET', '/health/ready')).body as object;
    while ('error' in (await ready()) && performance.now() < end) await setTimeout(100);
    expect(await ready()).toEqual(READY);
    await server.stop();
  });
});
