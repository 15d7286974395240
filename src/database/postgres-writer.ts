import type { EventEmitter } from 'node:events';
import type { DataSource, EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import type { JournalEvent } from '../common/journal';
import { BEGIN_WRITE } from './deadlines';
import { query } from './sql';
import { Writer, type Work, type WriteOptions } from './writer';

/** A transaction of the pool for each piece of work. */
export class PostgresWriter extends Writer {
  /** Well below the pool's connections, which others need too. */
  override readonly atOnce = 3;

  constructor(private readonly dataSource: DataSource) {
    super();
  }

  write<T>(work: Work<T>, { serializeOn }: WriteOptions = {}): Promise<T> {
    return this.inTransaction(async (manager) => {
      if (serializeOn !== undefined)
        await query(manager, 'SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [serializeOn]);
      const events: JournalEvent[] = [];
      const value = await work(manager, (event) => events.push(event));
      await this.keep(manager, events);
      return value;
    });
  }

  override onConnect(listener: () => void): void {
    const pool = (this.dataSource.driver as PostgresDriver).master as EventEmitter;
    pool.on('connect', listener);
  }

  private async inTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query(BEGIN_WRITE);
      // Keeps TypeORM's own `save` from beginning a transaction of its own.
      Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
      const value = await work(runner.manager);
      await runner.commitTransaction();
      return value;
    } catch (cause) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw cause;
    } finally {
      await runner.release();
    }
  }
}
