import type { Database, Statement } from 'better-sqlite3';
import type { SqlValue } from './sql-value';

/** The size of the statement caches: statements of varying length would otherwise fill the memory. */
export const MAX_KEPT = 200;

/** Statements of an SQLite connection, which are prepared once. */
export class PreparedStatements {
  private readonly kept = new Map<string, Statement>();
  private readonly keptLists = new Map<string, Statement>();

  constructor(private readonly connection: Database) {}

  /** @param asLists whether it returns rows as lists of values in the statement's order */
  of(sql: string, asLists = false): Statement {
    const kept = asLists ? this.keptLists : this.kept;
    let statement = kept.get(sql);
    if (!statement) {
      if (kept.size === MAX_KEPT) kept.clear();
      statement = this.connection.prepare(sql);
      if (asLists) statement.raw(true);
      kept.set(sql, statement);
    }
    return statement;
  }

  rows(sql: string, values: readonly SqlValue[]): unknown[] {
    const statement = this.of(sql);
    if (statement.reader) return statement.all(...values);
    statement.run(...values);
    return [];
  }

  lists(sql: string, values: readonly SqlValue[]): SqlValue[][] {
    return this.of(sql, true).all(...values) as SqlValue[][];
  }

  /** The first row for each of these lists of parameters. */
  each(sql: string, lists: readonly (readonly SqlValue[])[]): SqlValue[][] {
    const statement = this.of(sql, true);
    const read = () => lists.map((values) => statement.get(...values) as SqlValue[]);
    // Outside of a transaction, SQLite locks and unlocks the file for each statement.
    return this.connection.inTransaction ? read() : this.connection.transaction(read)();
  }

  /** The number of changed rows. */
  change(sql: string, values: readonly SqlValue[]): number {
    return this.of(sql).run(...values).changes;
  }
}
