import { Injectable } from '@nestjs/common';
import type { Statement } from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { readOnceUnlocked } from './lock-wait';
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
      answer(waiting, this.read(waiting));
    } catch (cause) {
      readOnceUnlocked(this.statement.database, cause, () => this.read(waiting)).then(
        (rows) => answer(waiting, rows),
        (final: unknown) => {
          for (const { reject } of waiting) reject(final);
        },
      );
    }
  }

  private read(waiting: readonly Waiting<Row>[]): (Row | undefined)[] {
    const [only] = waiting;
    if (only && waiting.length === 1) return [this.statement.get(only.value)];
    try {
      this.begin.run();
      return waiting.map(({ value }) => this.statement.get(value));
    } finally {
      if (this.statement.database.inTransaction) this.end.run();
    }
  }
}

function answer<Row>(waiting: readonly Waiting<Row>[], rows: readonly (Row | undefined)[]): void {
  waiting.forEach(({ resolve }, index) => resolve(rows[index]));
}
