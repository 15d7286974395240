import { Injectable } from '@nestjs/common';
import type { Statement } from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { boundPool, type BoundedPool } from './bounded-pool';
import { readOnceUnlocked } from './lock-wait';
import { isConnectionLost } from './postgres-errors';
import { isPostgres, withNumbers } from './sql';
import { connectionOf } from './sqlite';

/** Longer than one answer may take: what waited for a connection too is not asked again. */
const LATEST_RETRY_MILLIS = 2500;

/** Finds the one row of a statement with one `?`, or nothing. */
export type BatchedRead<Row> = (value: string) => Promise<Row | undefined>;

/** Makes look-ups for what every request needs: the fastest way that each database has, and never older than the request. */
@Injectable()
export class BatchedReads {
  constructor(private readonly dataSource: DataSource) {}

  create<Row extends object>(sql: string): BatchedRead<Row> {
    const { manager } = this.dataSource;
    if (isPostgres(manager)) return new PooledReads<Row>(boundPool(this.dataSource), sql).find;
    return new SharedReads<Row>(this.dataSource, sql).find;
  }
}

interface Waiting<Row> {
  readonly value: string;
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

/** Look-ups that one statement answers at most. */
const MOST_TOGETHER = 100;

/**
 * On PostgreSQL they have connections to themselves. What is asked for during one turn of the event loop is one statement, sent
 * after the last of it was asked. What was lost with its connection is asked once more: it changes nothing.
 */
class PooledReads<Row extends object> {
  private readonly single: string;
  private readonly several: string;
  private waiting: Waiting<Row>[] = [];

  constructor(
    private readonly pool: BoundedPool,
    sql: string,
  ) {
    this.single = withNumbers(sql);
    this.several = `SELECT found.*, asked.place FROM unnest($1::text[]) WITH ORDINALITY AS asked(value, place)
      CROSS JOIN LATERAL (${sql.replace('?', 'asked.value')}) AS found`;
  }

  readonly find: BatchedRead<Row> = (value) =>
    new Promise((resolve, reject) => {
      if (this.waiting.push({ value, resolve, reject }) === 1) setImmediate(() => this.readAll());
    });

  private readAll(): void {
    const { waiting } = this;
    this.waiting = [];
    for (let from = 0; from < waiting.length; from += MOST_TOGETHER) {
      const some = waiting.slice(from, from + MOST_TOGETHER);
      this.read(some.map(({ value }) => value)).then(
        (rows) => answer(some, rows),
        (cause: unknown) => some.forEach(({ reject }) => reject(cause)),
      );
    }
  }

  private async read(values: readonly string[]): Promise<(Row | undefined)[]> {
    const askedAt = performance.now();
    try {
      return await this.readOnce(values);
    } catch (cause) {
      if (!isConnectionLost(cause) || performance.now() - askedAt > LATEST_RETRY_MILLIS) throw cause;
      return this.readOnce(values);
    }
  }

  private async readOnce(values: readonly string[]): Promise<(Row | undefined)[]> {
    const held = await this.pool.take('keys');
    try {
      const { client } = held;
      if (values.length === 1) {
        const { rows } = await client.query<Row>(this.single, [values[0]]);
        held.release();
        return rows;
      }
      const { rows } = await client.query<Row & { place: string }>(this.several, [values]);
      held.release();
      const found = new Map(rows.map((row) => [Number(row.place), row]));
      return values.map((_, index) => found.get(index + 1));
    } catch (cause) {
      held.release(isConnectionLost(cause) ? (cause as Error) : undefined);
      throw held.failure ?? cause;
    }
  }
}

/**
 * On SQLite most of a small read is taking and leaving the file's lock. What is asked for during one turn of the event
 * loop is read under one lock, which is taken after the last request: no read returns an older state.
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

  readonly find: BatchedRead<Row> = (value) =>
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
