import { Logger } from '@nestjs/common';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { repeat } from '../common/repeat';
import { copyBeforeMigration } from './identity/copy-before';
import { assertKnownMigrations, markSqlite, schemaVersionOf, stopWriters } from './identity/schema-version';
import { isPostgres } from './sql';
import { connectionOf } from './sqlite';

/** An arbitrary number that every version of the server must use. */
const MIGRATION_LOCK = 0x64616b6b;
const WAIT_LOGGED_EVERY_MILLIS = 10_000;

/**
 * Lifts the time limits of the role, the database and DATABASE_URL for a migration. An instance that hangs between two statements
 * still loses its session, which releases the lock that other instances wait for.
 */
const SET_LIMITS = `SELECT set_config(name, CASE name
    WHEN 'idle_in_transaction_session_timeout' THEN '60s' WHEN 'synchronous_commit' THEN 'on' ELSE '0' END, true)
  FROM pg_settings
  WHERE name IN ('statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')
    OR (name = 'synchronous_commit' AND setting = 'off')`;

/** Migrates the schema. Instances that start at the same time wait for the one that migrates. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await (isPostgres(dataSource.manager) ? migratePostgres(dataSource, runner) : migrateSqlite(dataSource, runner));
  } finally {
    await runner.release();
  }
}

/** Uses one transaction with a transaction-level lock, which also works behind PgBouncer. */
async function migratePostgres(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  await runner.startTransaction();
  try {
    await runner.query(SET_LIMITS);
    await takeMigrationLock(runner);
    await executePending(dataSource, runner);
    await runner.commitTransaction();
  } catch (cause) {
    // If the connection is lost, the rollback fails too: report the first error.
    await runner.rollbackTransaction().catch(() => {});
    throw cause;
  }
}

/** Logs at once and every ten seconds while another instance holds the lock. */
async function takeMigrationLock(runner: QueryRunner): Promise<void> {
  const take = 'SELECT pg_try_advisory_xact_lock($1) AS taken';
  const [row] = (await runner.query(take, [MIGRATION_LOCK])) as { taken: boolean }[];
  if (row?.taken) return;
  const logger = new Logger('Database');
  const startedAt = Date.now();
  logger.log('Another instance is migrating the database: waiting for it to finish');
  const repetition = repeat(WAIT_LOGGED_EVERY_MILLIS, () => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    logger.log(`Still waiting for the instance that is migrating the database (${seconds} s)`);
  });
  try {
    await runner.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  } finally {
    await repetition.stop();
  }
  logger.log('The other instance has finished migrating the database');
}

/** Takes SQLite's write lock before it reads which migrations are pending. */
async function migrateSqlite(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  await runner.query('PRAGMA foreign_keys = OFF');
  await runner.query('BEGIN IMMEDIATE');
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
  try {
    const done = await executePending(dataSource, runner);
    if (done > 0) await assertReferences(runner);
    markSqlite(dataSource);
    await runner.query('COMMIT');
  } catch (cause) {
    // A full disk makes SQLite roll back by itself.
    if (connectionOf(dataSource).inTransaction) await runner.query('ROLLBACK');
    throw cause;
  } finally {
    Object.assign(runner, { isTransactionActive: false, transactionDepth: 0 });
    await runner.query('PRAGMA foreign_keys = ON');
  }
}

/**
 * Runs pending migrations in the runner's transaction.
 *
 * @returns the number of migrations that were run
 */
async function executePending(dataSource: DataSource, runner: QueryRunner): Promise<number> {
  const executor = new MigrationExecutor(dataSource, runner);
  executor.transaction = 'none';
  await assertKnownMigrations(dataSource, runner);
  const pending = await executor.getPendingMigrations();
  if (pending.length === 0) return 0;
  if (isPostgres(runner.manager)) await stopWriters(runner);
  else if (pending.length < dataSource.migrations.length)
    copyBeforeMigration(fileOf(dataSource), schemaVersionOf(dataSource));
  return (await executor.executePendingMigrations()).length;
}

function fileOf({ options }: DataSource): string {
  return String(options.database);
}

async function assertReferences(runner: QueryRunner): Promise<void> {
  const broken = (await runner.query('PRAGMA foreign_key_check')) as unknown[];
  if (broken.length > 0) throw new Error(`A migration left ${broken.length} rows that refer to nothing`);
}
