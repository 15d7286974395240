import type { Database } from 'better-sqlite3';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { QueryFailedError, QueryResult } from 'typeorm';
import { PreparedStatements } from './prepared-statements';
import { paceWith, sendTo, type Thread } from './sql';
import { connectionOf } from './sqlite';
import type { SqlTask, TypeOrmResult } from './thread/tasks';
import { ThreadConnection } from './thread/thread-connection';
import { TransactionPace } from './transaction-pace';

type TransactionCommand =
  'BEGIN IMMEDIATE' | 'COMMIT' | 'ROLLBACK' | 'SAVEPOINT job' | 'RELEASE job' | 'ROLLBACK TO job';

/** For how long reads of a transaction may block the event loop before they run in the thread. */
const LONGEST_READS_MILLIS = 2;

/** A connection that executes write transactions. */
export interface SqliteSession {
  readonly manager: EntityManager;
  readonly inTransaction: boolean;
  run(command: TransactionCommand): Promise<void> | void;
  /** Begins a transaction, unless `commit` has. */
  begin(): Promise<void> | void;
  /** Call it before each work of the transaction, and without an argument after the last one. @param givesWay see `WriteOptions` */
  beginWork(givesWay?: () => boolean): void;
  /** @param beginsNext whether it tries to begin the next transaction at once */
  commit(beginsNext: boolean): Promise<void> | void;
  /** Rolls back the open transaction, if there is one. Never rejects. */
  rollBack(): Promise<void> | void;
}

/** The connection of the writer itself. Its statements need no round trip. Each blocks the event loop. */
export class OwnSession implements SqliteSession {
  readonly manager: EntityManager;
  private readonly connection: Database;
  private readonly runner: QueryRunner;
  private readonly statements = new Map<TransactionCommand, { run(): unknown }>();
  private readonly pace = new TransactionPace();

  constructor(dataSource: DataSource) {
    this.connection = connectionOf(dataSource);
    this.runner = dataSource.createQueryRunner();
    this.manager = this.runner.manager;
    paceWith(this.pace, this.manager);
  }

  get inTransaction(): boolean {
    return this.connection.inTransaction;
  }

  run(command: TransactionCommand): void {
    let statement = this.statements.get(command);
    if (!statement) this.statements.set(command, (statement = this.connection.prepare(command)));
    statement.run();
    noteTransaction(this.runner, this.inTransaction);
  }

  begin(): void {
    this.pace.begin();
    this.run('BEGIN IMMEDIATE');
  }

  beginWork(givesWay?: () => boolean): void {
    this.pace.beginWork(givesWay);
  }

  commit(): void {
    this.run('COMMIT');
  }

  rollBack(): void {
    if (this.inTransaction) this.run('ROLLBACK');
  }
}

/**
 * A connection in a worker thread, for writes that would block the event loop for long. Until a transaction changes something, its reads
 * run on the connection of the writer, without a round trip: the transaction has locked the database, so both connections see the same.
 */
export class ThreadSession implements SqliteSession, Thread {
  /** Whether a transaction has begun together with the last commit, for the next work. */
  hasBegun = false;
  /** Since when the database has been locked without a gap, by `performance.now()`. */
  lockedAt = -Infinity;
  readonly manager: EntityManager;
  private readonly thread: ThreadConnection;
  private readonly statements: PreparedStatements;
  private readonly runner: QueryRunner;
  /** How long reads of this transaction have blocked the event loop. No more of them run here once it is Infinity. */
  private readMillis = 0;

  constructor(dataSource: DataSource) {
    const connection = connectionOf(dataSource);
    this.thread = new ThreadConnection(connection.name);
    this.statements = new PreparedStatements(connection);
    this.runner = runnerOf(dataSource, this);
    this.manager = this.runner.manager;
    sendTo(this, this.manager);
  }

  /** Executes a task of the open transaction. */
  ask<T>(task: SqlTask): Promise<T> {
    const rows = this.readMillis < LONGEST_READS_MILLIS ? this.readHere(task) : undefined;
    if (rows) return Promise.resolve(rows as T);
    this.readMillis = Infinity;
    return this.thread.ask(task);
  }

  /** The rows of a query; undefined for a task that changes something, or if the query fails here. */
  private readHere(task: SqlTask): unknown[] | undefined {
    if (task.kind !== 'rows' && task.kind !== 'lists' && task.kind !== 'each') return undefined;
    if (!/^\s*SELECT\b/.test(task.sql)) return undefined;
    const startedAt = performance.now();
    try {
      if (task.kind === 'each') return this.statements.each(task.sql, task.lists);
      return this.statements[task.kind](task.sql, task.values);
    } catch {
      return undefined;
    } finally {
      this.readMillis += performance.now() - startedAt;
    }
  }

  get inTransaction(): boolean {
    return this.thread.inTransaction;
  }

  async run(command: TransactionCommand): Promise<void> {
    await this.send(command);
    noteTransaction(this.runner, this.inTransaction);
  }

  async begin(): Promise<void> {
    if (!this.hasBegun) {
      await this.run('BEGIN IMMEDIATE');
      this.lockedAt = performance.now();
    }
    this.hasBegun = false;
    this.readMillis = 0;
  }

  beginWork(): void {
    // Its statements do not block the event loop.
  }

  async commit(beginsNext: boolean): Promise<void> {
    const committing = this.send('COMMIT');
    const beginning =
      beginsNext &&
      this.send('BEGIN IMMEDIATE').then(
        () => true,
        () => false,
      );
    await committing;
    this.hasBegun = await beginning;
    noteTransaction(this.runner, this.inTransaction);
  }

  /** A thread that cannot roll back is ended, and its transaction with it. */
  async rollBack(): Promise<void> {
    this.hasBegun = false;
    if (this.inTransaction) await this.send('ROLLBACK').catch(() => this.thread.close());
    noteTransaction(this.runner, false);
  }

  private send(command: TransactionCommand): Promise<unknown> {
    return this.thread.ask({ kind: 'change', sql: command, values: [] });
  }

  /** Why the thread could not be started. */
  get startFailure(): Error | undefined {
    return this.thread.startFailure;
  }

  close(): Promise<void> {
    return this.thread.close();
  }
}

/** A query runner of TypeORM whose statements a worker thread executes. */
function runnerOf(dataSource: DataSource, thread: Thread): QueryRunner {
  const query = async (sql: string, parameters: unknown[] = [], isStructured = false): Promise<unknown> => {
    const values = parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value)) as string[];
    try {
      return resultOf(await thread.ask<TypeOrmResult>({ kind: 'typeorm', sql, values }), isStructured);
    } catch (cause) {
      throw new QueryFailedError(sql, values, cause as Error);
    }
  };
  const runner = Object.create(dataSource.createQueryRunner(), { query: { value: query } }) as QueryRunner;
  return Object.assign(runner, { manager: dataSource.createEntityManager(runner) });
}

function resultOf(found: TypeOrmResult, isStructured: boolean): unknown {
  const result = new QueryResult();
  if ('rows' in found) {
    result.raw = found.rows;
    result.records = found.rows;
  } else {
    result.raw = found.lastId;
    result.affected = found.changes;
  }
  return isStructured ? result : (result.raw as unknown);
}

/** Keeps TypeORM's `save` from beginning a nested transaction. */
function noteTransaction(runner: QueryRunner, isActive: boolean): void {
  Object.assign(runner, { isTransactionActive: isActive, transactionDepth: isActive ? 1 : 0 });
}
