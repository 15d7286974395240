import type { DataSource, EntityManager } from 'typeorm';
import { query } from './sql';
import type { Writer, WriteOptions } from './writer';

/** A transaction of the pool for each piece of work. */
export class PostgresWriter implements Writer {
  constructor(private readonly dataSource: DataSource) {}

  write<T>(work: (manager: EntityManager) => Promise<T>, { serializeOn }: WriteOptions = {}): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      if (serializeOn !== undefined)
        await query(manager, 'SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [serializeOn]);
      return work(manager);
    });
  }
}
