import type { EntityManager } from 'typeorm';
import { isPostgres, query } from './sql';

const POSTGRES = `SELECT pg_database_size(current_database()) AS bytes, current_setting('server_version') AS version`;
const SQLITE = `SELECT page_count * page_size AS bytes, sqlite_version() AS version
  FROM pragma_page_count(), pragma_page_size()`;

/** The size of the database in bytes, of the SQLite file or as PostgreSQL reports it, and the version of the database program. */
export async function databaseFacts(manager: EntityManager): Promise<{ bytes: number; version: string }> {
  const [row] = await query<{ bytes: number; version: string }>(manager, isPostgres(manager) ? POSTGRES : SQLITE, []);
  return row ?? { bytes: 0, version: '' };
}

/** The size of the database in bytes. */
export async function databaseBytes(manager: EntityManager): Promise<number> {
  return (await databaseFacts(manager)).bytes;
}
