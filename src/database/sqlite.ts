import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { DataSource } from 'typeorm';
import { readOnceUnlocked } from './lock-wait';

const LONGEST_WAIT_FOR_LOCK_MILLIS = 5000;
const SYNCHRONOUS_FULL = 2;
/** 16 MB of log between checkpoints, instead of 4: keys come in random order, and touch the same pages again and again. */
export const CHECKPOINT_PAGES = 4000;

/**
 * Sets what every connection needs. `synchronous=FULL` is what makes an answered write survive a power cut: the build's
 * default in WAL mode loses it.
 */
export function prepareSqlite(connection: Database): void {
  connection.pragma(`busy_timeout = ${LONGEST_WAIT_FOR_LOCK_MILLIS}`);
  connection.pragma('journal_mode = WAL');
  connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('trusted_schema = OFF');
}

/** Leaves waiting for another process' lock to the caller: inside SQLite it would stop the whole process. */
export function doNotBlockOnLocks(dataSource: DataSource): void {
  connectionOf(dataSource).pragma('busy_timeout = 0');
}

/** Makes a connection one for reads alone, all of which wait for another process' lock without blocking. */
export function readOnly(dataSource: DataSource): void {
  const connection = connectionOf(dataSource);
  connection.pragma('query_only = ON');
  doNotBlockOnLocks(dataSource);
  // A SQLite connection has one query runner, which repositories and query builders share.
  const runner = dataSource.createQueryRunner();
  const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
  const queryOnceUnlocked = (...args: unknown[]) =>
    query(...args).catch((cause: unknown) => readOnceUnlocked(connection, cause, () => query(...args)));
  Object.assign(runner, { query: queryOnceUnlocked });
}

/** Makes the database file, readable by its owner alone, before SQLite would make it readable by all. */
export function createSqliteFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a', 0o600));
}

/**
 * Checks that a connection's commits reach the disk.
 *
 * @throws Error when a setting is not what `prepareSqlite` asked for
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

/** The bare driver's connection, for pragmas and transaction statements. */
export function connectionOf(dataSource: DataSource): Database {
  return (dataSource.driver as unknown as { databaseConnection: Database }).databaseConnection;
}
