import type { Database, Statement } from 'better-sqlite3';
import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';
import { readOnceUnlocked } from './lock-wait';
import { connectionOf } from './sqlite';

export type SqlValue = string | number | null;

const numbered = new Map<string, string>();

/** The connections of open transactions, so that statements bypass TypeORM. */
const connections = new WeakMap<EntityManager, PoolClient>();

/** The size of the statement caches: statements of varying length would otherwise fill the memory. */
export const MAX_KEPT = 200;
const prepared = new WeakMap<Database, Map<string, Statement>>();

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
  const connection = connectionOf(manager.connection);
  const run = () => runSqlite(prepare(connection, sql), values) as Row[];
  try {
    return run();
  } catch (cause) {
    return readOnceUnlocked(connection, cause, run);
  }
}

function runSqlite(statement: Statement, values: readonly SqlValue[]): unknown[] {
  if (statement.reader) return statement.all(...values);
  statement.run(...values);
  return [];
}

/** Like `query`, but returns the number of changed rows. */
export async function change(manager: EntityManager, sql: string, values: readonly SqlValue[]): Promise<number> {
  if (!isPostgres(manager)) return prepare(connectionOf(manager.connection), sql).run(...values).changes;
  const connection = connections.get(manager);
  if (connection) return (await connection.query(withNumbers(sql), values as SqlValue[])).rowCount ?? 0;
  const [, count] = await manager.query<[unknown, number]>(withNumbers(sql), values as SqlValue[]);
  return count;
}

/** Like `query`, but returns each row as a list of values in the statement's order, which is faster for many rows. */
export async function queryLists(
  manager: EntityManager,
  sql: string,
  values: readonly SqlValue[],
): Promise<(string | number | null)[][]> {
  if (isPostgres(manager)) return (await query<Record<string, SqlValue>>(manager, sql, values)).map(Object.values);
  const connection = connectionOf(manager.connection);
  const run = () => prepare(connection, sql, true).all(...values) as SqlValue[][];
  try {
    return run();
  } catch (cause) {
    return readOnceUnlocked(connection, cause, run);
  }
}

/** The first row of a query, as a list, for each of these lists of parameters. Only for SQLite. */
export async function queryEach(
  manager: EntityManager,
  sql: string,
  lists: readonly (readonly SqlValue[])[],
): Promise<SqlValue[][]> {
  const connection = connectionOf(manager.connection);
  const run = () => {
    const statement = prepare(connection, sql, true);
    return lists.map((values) => statement.get(...values) as SqlValue[]);
  };
  try {
    return run();
  } catch (cause) {
    return readOnceUnlocked(connection, cause, run);
  }
}

/** Sends the statements of a manager over this connection, until the returned function is called. */
export function sendOver(connection: PoolClient, manager: EntityManager): () => void {
  connections.set(manager, connection);
  return () => connections.delete(manager);
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

function prepare(connection: Database, sql: string, asLists = false): Statement {
  const statements = prepared.get(connection) ?? new Map<string, Statement>();
  prepared.set(connection, statements);
  const name = asLists ? `lists ${sql}` : sql;
  let statement = statements.get(name);
  if (!statement) {
    if (statements.size === MAX_KEPT) statements.clear();
    statement = connection.prepare(sql);
    if (asLists) statement.raw(true);
    statements.set(name, statement);
  }
  return statement;
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
