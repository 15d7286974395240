import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { isPostgres } from './sql';

/** Any fixed number serves; every instance of the server must use the same one. */
const MIGRATION_LOCK = 0x64616b6b;

/** Brings the schema up to date. Any number of instances may do so at once: one works, the others wait and find it done. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await (isPostgres(dataSource.manager) ? migratePostgres(dataSource, runner) : migrateSqlite(dataSource, runner));
  } finally {
    await runner.release();
  }
}

async function migratePostgres(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await new MigrationExecutor(dataSource, runner).executePendingMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
  }
}

/** SQLite's own lock for writers is held from before the look at what is pending until all is done. */
async function migrateSqlite(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  await runner.query('PRAGMA foreign_keys = OFF');
  await runner.query('BEGIN IMMEDIATE');
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
  try {
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'none';
    const done = await executor.executePendingMigrations();
    if (done.length > 0) await assertReferences(runner);
    await runner.query('COMMIT');
  } catch (cause) {
    await runner.query('ROLLBACK');
    throw cause;
  } finally {
    Object.assign(runner, { isTransactionActive: false, transactionDepth: 0 });
    await runner.query('PRAGMA foreign_keys = ON');
  }
}

async function assertReferences(runner: QueryRunner): Promise<void> {
  const broken = (await runner.query('PRAGMA foreign_key_check')) as unknown[];
  if (broken.length > 0) throw new Error(`A migration left ${broken.length} rows that refer to nothing`);
}
