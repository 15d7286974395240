import { Injectable } from '@nestjs/common';
import type { Statement } from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { isPostgres, query } from './sql';
import { connectionOf } from './sqlite';

/** Finds the one row of a statement with one `?`, or nothing. */
export type Lookup<Row> = (value: string) => Promise<Row | undefined>;

/** Makes look-ups for what every request needs: the fastest way that each database has, and never older than the request. */
@Injectable()
export class Lookups {
  constructor(private readonly dataSource: DataSource) {}

  create<Row>(sql: string): Lookup<Row> {
    const { manager } = this.dataSource;
    if (isPostgres(manager)) return (value) => query<Row>(manager, sql, [value]).then(([row]) => row);
    return new SharedReads<Row>(this.dataSource, sql).find;
  }
}

interface Waiting<Row> {
  readonly value: string;
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * On SQLite most of a small read is taking and leaving the file's lock. What is asked for during one turn of the event
 * loop is read under one lock, which is taken after the last of it was asked: nobody is shown an older state.
 */
class SharedReads<Row> {
  private readonly statement: Statement<[string], Row>;
  private readonly begin: Statement;
  private readonly end: Statement;
  private waiting: Waiting<Row>[] = [];

  constructor(dataSource: DataSource, sql: string) {
    const connection = connectionOf(dataSource);
    this.statement = connection.prepare(sql);
    this.begin = connection.prepare('BEGIN');
    this.end = connection.prepare('COMMIT');
  }

  readonly find: Lookup<Row> = (value) =>
    new Promise((resolve, reject) => {
      if (this.waiting.push({ value, resolve, reject }) === 1) setImmediate(() => this.readTogether());
    });

  private readTogether(): void {
    const { waiting } = this;
    this.waiting = [];
    try {
      const [only] = waiting;
      if (only && waiting.length === 1) return only.resolve(this.statement.get(only.value));
      this.begin.run();
      const rows = waiting.map(({ value }) => this.statement.get(value));
      this.end.run();
      waiting.forEach(({ resolve }, index) => resolve(rows[index]));
    } catch (cause) {
      if (this.statement.database.inTransaction) this.end.run();
      for (const { reject } of waiting) reject(cause);
    }
  }
}
