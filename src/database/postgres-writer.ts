import type { DataSource, EntityManager } from 'typeorm';
import type { JournalEvent } from '../common/journal';
import { boundPool, type BoundedPool } from './bounded-pool';
import { BEGIN_COMMAND, BEGIN_WRITE, DEADLINES, LIVENESS_MILLIS } from './deadlines';
import type { HeldConnection } from './held-connection';
import { isConnectionLost } from './postgres-errors';
import { query } from './sql';
import { Writer, type Work, type WriteOptions } from './writer';

/** A transaction of the pool for each piece of work. */
export class PostgresWriter extends Writer {
  /** Fewer than the connections for writes, which others need too. */
  override readonly atOnce = 3;
  private readonly pool: BoundedPool;

  constructor(private readonly dataSource: DataSource) {
    super();
    this.pool = boundPool(dataSource);
  }

  override onConnect(listener: () => void): void {
    this.pool.onConnect(listener);
  }

  override liftDeadlines(): void {
    this.pool.hasDeadlines = false;
  }

  async write<T>(work: Work<T>, { serializeOn }: WriteOptions = {}): Promise<T> {
    const held = await this.begin();
    const runner = this.runnerOn(held);
    try {
      if (serializeOn !== undefined)
        await query(runner.manager, 'SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [serializeOn]);
      const events: JournalEvent[] = [];
      const value = await work(runner.manager, (event) => events.push(event));
      await this.keep(runner.manager, events);
      await commit(held);
      return value;
    } catch (cause) {
      await this.rollBack(held, cause);
      throw cause;
    } finally {
      // Work that goes on although its promise was settled must not write into another transaction.
      Object.assign(runner, { isReleased: true });
      held.release();
    }
  }

  /** A connection that was cut off while it was idle shows here, where nothing is lost by taking another one. */
  private async begin(): Promise<HeldConnection> {
    const first = await this.pool.take('writes');
    const cause = await this.beginOn(first);
    if (!cause) return first;
    if (!isConnectionLost(cause)) throw cause;
    const second = await this.pool.take('writes');
    const again = await this.beginOn(second);
    if (again) throw again;
    return second;
  }

  /** Gives the connection back where it fails, and says why. */
  private async beginOn(held: HeldConnection): Promise<Error | undefined> {
    const { hasDeadlines } = this.pool;
    try {
      if (hasDeadlines) held.expireIn(LIVENESS_MILLIS);
      await held.client.query(hasDeadlines ? BEGIN_WRITE : BEGIN_COMMAND);
      if (hasDeadlines) held.expireIn(DEADLINES.writes.useMillis);
      return undefined;
    } catch (cause) {
      held.release(cause as Error);
      return cause as Error;
    }
  }

  /** TypeORM's way to one connection. `save` and the like begin no transaction of their own in it. */
  private runnerOn({ client }: HeldConnection): { readonly manager: EntityManager } {
    const runner = this.dataSource.createQueryRunner('master');
    return Object.assign(runner, { databaseConnection: client, isTransactionActive: true, transactionDepth: 1 });
  }

  private async rollBack(held: HeldConnection, cause: unknown): Promise<void> {
    if (held.failure) return;
    if (isConnectionLost(cause)) return held.release(cause as Error);
    if (this.pool.hasDeadlines) held.expireIn(LIVENESS_MILLIS);
    await held.client.query('ROLLBACK').catch((failure: Error) => held.release(failure));
  }
}

/** @throws Error where PostgreSQL has rolled back instead, because the work went on after a statement of it had failed */
async function commit({ client }: HeldConnection): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('A statement of this transaction had failed, so nothing of it was stored');
}
