import type { EntityManager } from 'typeorm';
import { isPostgres, query } from './sql';

/** The size of the database in bytes: of the SQLite file, or as PostgreSQL reports it. */
export async function databaseBytes(manager: EntityManager): Promise<number> {
  const sql = isPostgres(manager)
    ? 'SELECT pg_database_size(current_database()) AS bytes'
    : 'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()';
  const [size] = await query<{ bytes: number }>(manager, sql, []);
  return size?.bytes ?? 0;
}
