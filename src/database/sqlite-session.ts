import type { Database } from 'better-sqlite3';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { QueryFailedError, QueryResult } from 'typeorm';
import { sendTo } from './sql';
import { connectionOf } from './sqlite';
import type { TypeOrmResult } from './thread/tasks';
import { ThreadConnection } from './thread/thread-connection';

type TransactionCommand =
  'BEGIN IMMEDIATE' | 'COMMIT' | 'ROLLBACK' | 'SAVEPOINT job' | 'RELEASE job' | 'ROLLBACK TO job';

/** A connection that executes write transactions. */
export interface SqliteSession {
  readonly manager: EntityManager;
  readonly inTransaction: boolean;
  run(command: TransactionCommand): Promise<void> | void;
  /** Rolls back the open transaction, if there is one. Never rejects. */
  rollBack(): Promise<void> | void;
}

/** The connection of the writer itself. Its statements block the event loop, but need no round trip. */
export class OwnSession implements SqliteSession {
  readonly manager: EntityManager;
  private readonly connection: Database;
  private readonly runner: QueryRunner;
  private readonly statements = new Map<TransactionCommand, { run(): unknown }>();

  constructor(dataSource: DataSource) {
    this.connection = connectionOf(dataSource);
    this.runner = dataSource.createQueryRunner();
    this.manager = this.runner.manager;
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

  rollBack(): void {
    if (this.inTransaction) this.run('ROLLBACK');
  }
}

/** A connection in a worker thread, for writes that would block the event loop for long. */
export class ThreadSession implements SqliteSession {
  readonly manager: EntityManager;
  private readonly thread: ThreadConnection;
  private readonly runner: QueryRunner;

  constructor(dataSource: DataSource) {
    this.thread = new ThreadConnection(connectionOf(dataSource).name);
    this.runner = runnerOf(dataSource, this.thread);
    this.manager = this.runner.manager;
    sendTo(this.thread, this.manager);
  }

  get inTransaction(): boolean {
    return this.thread.inTransaction;
  }

  async run(command: TransactionCommand): Promise<void> {
    await this.thread.ask({ kind: 'change', sql: command, values: [] });
    noteTransaction(this.runner, this.inTransaction);
  }

  /** A thread that cannot roll back is ended, and its transaction with it. */
  async rollBack(): Promise<void> {
    if (this.inTransaction) await this.run('ROLLBACK').catch(() => this.thread.close());
    noteTransaction(this.runner, false);
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
function runnerOf(dataSource: DataSource, thread: ThreadConnection): QueryRunner {
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
