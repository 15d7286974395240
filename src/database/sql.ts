import type { EntityManager } from 'typeorm';

export type SqlValue = string | number | boolean | null;

const numbered = new Map<string, string>();

/**
 * Runs one statement written with `?` for its parameters, in which no string literal may hold a `?`, on either database.
 * It is the way for hot paths: six times as fast as the entity manager's finders.
 *
 * @returns the rows of a query, with `bigint` columns as numbers on SQLite and as texts on PostgreSQL
 */
export function query<Row>(manager: EntityManager, sql: string, values: readonly SqlValue[]): Promise<Row[]> {
  return manager.query(isPostgres(manager) ? withNumbers(sql) : sql, values as SqlValue[]);
}

/** ` FOR SHARE` or ` FOR UPDATE` where rows can be locked. On SQLite the writer's transaction has the database to itself. */
export function rowLock(manager: EntityManager, kind: 'SHARE' | 'UPDATE'): string {
  return isPostgres(manager) ? ` FOR ${kind}` : '';
}

export function isPostgres(manager: EntityManager): boolean {
  return manager.connection.options.type === 'postgres';
}

function withNumbers(sql: string): string {
  let text = numbered.get(sql);
  if (text === undefined) {
    let index = 0;
    text = sql.replace(/\?/g, () => `$${++index}`);
    numbered.set(sql, text);
  }
  return text;
}
