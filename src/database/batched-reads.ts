import { Injectable } from '@nestjs/common';
import type { Statement } from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { boundPool, type BoundedPool } from './bounded-pool';
import { readOnceUnlocked } from './lock-wait';
import { isConnectionLost } from './postgres-errors';
import { isPostgres, withNumbers } from './sql';
import { connectionOf } from './sqlite';

/** Longer than a response may take. A read that took longer also waited for a connection, and is not retried. */
const LATEST_RETRY_MILLIS = 2500;

/** Runs a statement with one `?` and returns its only row, or undefined. */
export type BatchedRead<Row> = (value: string) => Promise<Row | undefined>;

/** Creates lookups for hot paths. Calls of the same turn of the event loop are batched. A result is never older than its request. */
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

/** The most lookups in one statement. */
const MAX_LOOKUPS_PER_STATEMENT = 100;

/**
 * On PostgreSQL, lookups use the `keys` lane. Those of one turn of the event loop share a statement, which is sent at the end of
 * the turn. If its connection is lost, it is retried once, which is safe for reads.
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
    for (let from = 0; from < waiting.length; from += MAX_LOOKUPS_PER_STATEMENT) {
      const some = waiting.slice(from, from + MAX_LOOKUPS_PER_STATEMENT);
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
 * On SQLite, most of the cost of a small read is the file lock. Lookups of one turn of the event loop share a lock, which is
 * taken at the end of the turn.
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
