import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import { readOnceUnlocked } from './lock-wait';

const LONGEST_WAIT_FOR_LOCK_MILLIS = 5000;
const SYNCHRONOUS_FULL = 2;
/** Pages of the WAL at which SQLite runs its automatic checkpoint, within a commit. Usually `Checkpoints` has run one before. */
export const LONGEST_LOG_PAGES = 12_000;

/**
 * Sets the pragmas of every connection. With `synchronous=FULL` a committed write survives a power failure, which the build's
 * default in WAL mode does not guarantee.
 */
export function prepareSqlite(connection: Database): void {
  connection.pragma(`busy_timeout = ${LONGEST_WAIT_FOR_LOCK_MILLIS}`);
  connection.pragma('journal_mode = WAL');
  connection.pragma(`wal_autocheckpoint = ${LONGEST_LOG_PAGES}`);
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('trusted_schema = OFF');
}

/** Makes the caller wait for locks of other processes: waiting within SQLite would block the event loop. */
export function doNotBlockOnLocks(dataSource: DataSource): void {
  connectionOf(dataSource).pragma('busy_timeout = 0');
}

/** Makes a connection read-only. Its reads wait for locks of other processes without blocking the event loop. */
export function readOnly(dataSource: DataSource): void {
  const connection = connectionOf(dataSource);
  connection.pragma('query_only = ON');
  doNotBlockOnLocks(dataSource);
  // An SQLite connection has one query runner, which repositories and query builders share.
  const runner = dataSource.createQueryRunner();
  const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
  const queryOnceUnlocked = (...args: unknown[]) =>
    query(...args).catch((cause: unknown) => readOnceUnlocked(connection, cause, () => query(...args)));
  Object.assign(runner, { query: queryOnceUnlocked });
}

/** Creates the database file, readable only by its owner: SQLite would make it readable by all. */
export function createSqliteFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a', 0o600));
}

/**
 * Checks that a connection's commits reach the disk.
 *
 * @throws Error if a setting differs from `prepareSqlite`
 */
export function assertDurable(dataSource: DataSource): void {
  const connection = connectionOf(dataSource);
  const found = {
    journal_mode: connection.pragma('journal_mode', { simple: true }),
    synchronous: connection.pragma('synchronous', { simple: true }),
    foreign_keys: connection.pragma('foreign_keys', { simple: true }),
  };
  if (found.journal_mode !== 'wal' || found.synchronous !== SYNCHRONOUS_FULL || found.foreign_keys !== 1) {
    throw new Error(`SQLite is not set for durable writes: ${JSON.stringify(found)}`);
  }
}

/** The driver's connection, for pragmas and transaction statements. */
export function connectionOf(dataSource: DataSource): Database {
  return (dataSource.driver as unknown as { databaseConnection: Database }).databaseConnection;
}
