import type { DataSource } from 'typeorm';
import type { JournalEvent } from '../common/journal';
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
    return this.dataSource.transaction(async (manager) => {
      if (serializeOn !== undefined)
        await query(manager, 'SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [serializeOn]);
      const events: JournalEvent[] = [];
      const value = await work(manager, (event) => events.push(event));
      await this.keep(manager, events);
      return value;
    });
  }
}
