import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { AuditEvent } from '../common/audit-event';
import type { AuditStore } from './audit-store';
import { boundPool, type BoundedPool } from './bounded-pool';
import { OutcomeUnknownError, proveByNumber, type CommitProof } from './commit-proof';
import { OUTCOME_MILLIS, WRITE_MILLIS } from './deadlines';
import { gather } from './gather';
import type { HeldConnection } from './held-connection';
import { assertSchemaVersion } from './identity/schema-version';
import { query, sendOver } from './sql';
import { within } from './within';
import { begin, commit, rollBack } from './write-transaction';
import { Writer, type Work, type WriteOptions } from './writer';

const NEXT_TRY_MILLIS = 200;

/** The result of the work before its commit. */
interface Done<T> {
  readonly value: T;
  readonly proof: CommitProof | undefined;
}

/** Runs each job in a separate transaction on a pooled connection. */
export class PostgresWriter extends Writer {
  /** Fewer than the connections of the `writes` lane, which other requests need too. */
  override readonly atOnce = 3;
  private readonly logger = new Logger('Database');
  private readonly pool: BoundedPool;
  private readonly schemaCheck: string;

  constructor(
    private readonly dataSource: DataSource,
    auditStore: AuditStore,
  ) {
    super(auditStore);
    this.pool = boundPool(dataSource);
    this.schemaCheck = assertSchemaVersion(dataSource);
  }

  override get queued(): number {
    return this.pool.waitingFor('writes');
  }

  override onConnect(listener: () => void): void {
    this.pool.onConnect(listener);
  }

  override liftDeadlines(): void {
    this.pool.hasDeadlines = false;
  }

  async write<T>(work: Work<T>, options: WriteOptions = {}): Promise<T> {
    const begunAt = performance.now();
    if (options.requests) await gather(options.requests, options.isShared);
    const held = await begin(this.pool, this.schemaCheck);
    const { value, proof } = await this.run(held, (manager) => this.work(manager, work, options));
    if (await commit(held)) return value;
    const isStored = proof && (await this.askFor(proof, begunAt));
    if (isStored === true) return value;
    if (isStored === false) throw new Error('Connection terminated before the transaction was committed');
    this.logger.warn('The answer to a COMMIT was lost, and its outcome could not be found out');
    throw new OutcomeUnknownError();
  }

  private async work<T>(
    manager: EntityManager,
    work: Work<T>,
    { serializeOn, countsUp = false }: WriteOptions,
  ): Promise<Done<T>> {
    if (serializeOn !== undefined)
      await query(manager, 'SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [serializeOn]);
    const events: AuditEvent[] = [];
    const value = await work(manager, (event) => events.push(event));
    const proof = await this.storeAudit(manager, events);
    return { value, proof: countsUp && !proof ? await proveByNumber(manager) : proof };
  }

  /** Runs the work on a connection. If it fails, rolls back and releases the connection. */
  private async run<T>(held: HeldConnection, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner('master');
    // Keeps TypeORM's `save` from beginning a nested transaction.
    Object.assign(runner, { databaseConnection: held.client, isTransactionActive: true, transactionDepth: 1 });
    const stop = sendOver(held.client, runner.manager);
    try {
      return await work(runner.manager);
    } catch (cause) {
      await rollBack(held, cause, this.pool);
      throw held.failure ?? cause;
    } finally {
      // Work that continues after its promise has settled must not write to another transaction.
      stop();
      Object.assign(runner, { isReleased: true });
    }
  }

  /** Whether the transaction was committed; undefined if that is not known in time. */
  private async askFor(proof: CommitProof, begunAt: number): Promise<boolean | undefined> {
    const endsAt = Math.max(begunAt + WRITE_MILLIS, performance.now() + OUTCOME_MILLIS);
    for (;;) {
      const leftMillis = endsAt - performance.now();
      if (leftMillis <= 0) return undefined;
      try {
        return await within(leftMillis, 'Asking for the outcome of a COMMIT', () => this.askOnce(proof));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, NEXT_TRY_MILLIS));
      }
    }
  }

  private async askOnce(proof: CommitProof): Promise<boolean> {
    const held = await begin(this.pool, this.schemaCheck);
    const isStored = await this.run(held, proof);
    await commit(held);
    return isStored;
  }
}
