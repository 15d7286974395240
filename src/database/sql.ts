import type { Database } from 'better-sqlite3';
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import { readOnceUnlocked } from './lock-wait';
import { MAX_KEPT, PreparedStatements } from './prepared-statements';
import type { SqlValue } from './sql-value';
import { connectionOf } from './sqlite';
import type { SqlTask } from './thread/tasks';
import type { TransactionPace } from './transaction-pace';

export type { SqlValue } from './sql-value';

/** An SQLite connection in a worker thread. */
export interface Thread {
  ask<T>(task: SqlTask): Promise<T>;
}

const numbered = new Map<string, string>();

/** The connections of open transactions, so that statements bypass TypeORM. */
const connections = new WeakMap<EntityManager, PoolClient>();
const threads = new WeakMap<EntityManager, Thread>();
const paces = new WeakMap<EntityManager, TransactionPace>();
const prepared = new WeakMap<Database, PreparedStatements>();

/**
 * Runs a statement with `?` parameters on either database. String literals must not contain `?`. For hot paths: it bypasses
 * TypeORM, within the manager's transaction.
 *
 * @returns the rows of a query, with integers of every width as numbers: see `postgres-numbers.ts`
 */
export async function query<Row>(manager: EntityManager, sql: string, values: readonly SqlValue[]): Promise<Row[]> {
  if (isPostgres(manager)) {
    const connection = connections.get(manager);
    if (connection) return (await connection.query(withNumbers(sql), values as SqlValue[])).rows as Row[];
    return rowsOf(await manager.query<unknown>(withNumbers(sql), values as SqlValue[]));
  }
  const thread = threads.get(manager);
  if (thread) return thread.ask({ kind: 'rows', sql, values });
  return readSqlite(manager, (statements) => statements.rows(sql, values) as Row[]);
}

/** Like `query`, but returns the number of changed rows. */
export async function change(manager: EntityManager, sql: string, values: readonly SqlValue[]): Promise<number> {
  if (isPostgres(manager)) {
    const connection = connections.get(manager);
    if (connection) return (await connection.query(withNumbers(sql), values as SqlValue[])).rowCount ?? 0;
    const [, count] = await manager.query<[unknown, number]>(withNumbers(sql), values as SqlValue[]);
    return count;
  }
  const thread = threads.get(manager);
  if (thread) return thread.ask({ kind: 'change', sql, values });
  const pausing = pauseIfDue(manager);
  if (pausing) await pausing;
  return statementsOf(connectionOf(manager.connection)).change(sql, values);
}

/** Like `query`, but returns each row as a list of values in the statement's order, which is faster for many rows. */
export async function queryLists(
  manager: EntityManager,
  sql: string,
  values: readonly SqlValue[],
): Promise<(string | number | null)[][]> {
  if (isPostgres(manager)) return (await query<Record<string, SqlValue>>(manager, sql, values)).map(Object.values);
  const thread = threads.get(manager);
  if (thread) return thread.ask({ kind: 'lists', sql, values });
  return readSqlite(manager, (statements) => statements.lists(sql, values));
}

/** The first row of a query, as a list, for each of these lists of parameters. Only for SQLite. */
export async function queryEach(
  manager: EntityManager,
  sql: string,
  lists: readonly (readonly SqlValue[])[],
): Promise<SqlValue[][]> {
  const thread = threads.get(manager);
  if (thread) return thread.ask({ kind: 'each', sql, lists });
  return readSqlite(manager, (statements) => statements.each(sql, lists));
}

/** Sends the statements of a manager over this connection, until the returned function is called. */
export function sendOver(connection: PoolClient, manager: EntityManager): () => void {
  connections.set(manager, connection);
  return () => connections.delete(manager);
}

/** Sends the statements of a manager to a worker thread. */
export function sendTo(thread: Thread, manager: EntityManager): void {
  threads.set(manager, thread);
}

/** Makes the statements of a manager pause, so that a long transaction does not block the event loop. */
export function paceWith(pace: TransactionPace, manager: EntityManager): void {
  paces.set(manager, pace);
}

/** How long the transactions of a manager have let other work run, in milliseconds: the sum of all so far. */
export function awayMillisOf(manager: EntityManager): number {
  return paces.get(manager)?.awayMillis ?? 0;
}

/** The worker thread that executes the statements of a manager; undefined if none does. */
export function threadOf(manager: EntityManager): Thread | undefined {
  return threads.get(manager);
}

/** TypeORM returns `[rows, count]` for an UPDATE or a DELETE. */
function rowsOf<Row>(result: unknown): Row[] {
  const [rows, count] = result as unknown[];
  return (Array.isArray(rows) && typeof count === 'number' ? rows : result) as Row[];
}

/** ` FOR SHARE` or ` FOR UPDATE` on PostgreSQL; empty on SQLite, where write transactions never overlap. */
export function rowLock(manager: EntityManager, kind: 'SHARE' | 'UPDATE'): string {
  return isPostgres(manager) ? ` FOR ${kind}` : '';
}

export function isPostgres(manager: EntityManager): boolean {
  return manager.connection.options.type === 'postgres';
}

/** Retries while another process holds the lock. */
async function readSqlite<T>(manager: EntityManager, read: (statements: PreparedStatements) => T): Promise<T> {
  const pausing = pauseIfDue(manager);
  if (pausing) await pausing;
  const connection = connectionOf(manager.connection);
  const statements = statementsOf(connection);
  try {
    return read(statements);
  } catch (cause) {
    return readOnceUnlocked(connection, cause, () => read(statements));
  }
}

/** Mostly undefined, which is not awaited: that would delay each statement. */
function pauseIfDue(manager: EntityManager): Promise<void> | undefined {
  const pace = paces.get(manager);
  return pace?.isDue ? pace.pause() : undefined;
}

function statementsOf(connection: Database): PreparedStatements {
  let statements = prepared.get(connection);
  if (!statements) prepared.set(connection, (statements = new PreparedStatements(connection)));
  return statements;
}

/** The statement with PostgreSQL's `$1` parameters. */
export function withNumbers(sql: string): string {
  let text = numbered.get(sql);
  if (text === undefined) {
    if (numbered.size === MAX_KEPT) numbered.clear();
    let index = 0;
    text = sql.replace(/\?/g, () => `$${++index}`);
    numbered.set(sql, text);
  }
  return text;
}
