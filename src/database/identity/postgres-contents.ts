import type { DataSource } from 'typeorm';
import { ConfigError } from '../../common/config/settings';
import type { Contents } from './contents';

const ROLE = `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS "readOnly",
  current_schema() AS schema, current_database() AS database`;

/** Excludes objects of extensions. */
const TABLES = `SELECT c.relname AS name FROM pg_catalog.pg_class c
  WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = current_schema())
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

const HAS_NAMES = `SELECT 1 FROM pg_catalog.pg_attribute
  WHERE attrelid = to_regclass('migrations') AND attname = 'name' AND NOT attisdropped`;

const HEAD = 'SELECT 1 FROM audit_head';

interface Role {
  readonly standby: boolean;
  readonly readOnly: boolean;
  readonly schema: string | null;
  readonly database: string;
}

/**
 * Reads the contents of the current schema from the catalog.
 *
 * @throws ConfigError for a read-only server, database or role
 */
export async function postgresContents(dataSource: DataSource): Promise<Contents> {
  const [role] = await dataSource.query<[Role]>(ROLE);
  assertWritable(role);
  const tables = (await dataSource.query<{ name: string }[]>(TABLES)).map(({ name }) => name);
  const hasNames = tables.includes('migrations') && (await dataSource.query<unknown[]>(HAS_NAMES)).length > 0;
  const rows = hasNames ? await dataSource.query<{ name: unknown }[]>('SELECT name FROM migrations') : undefined;
  return {
    where: `The schema ${JSON.stringify(role.schema)} of the PostgreSQL database ${JSON.stringify(role.database)}`,
    tables,
    migrations: rows?.map(({ name }) => String(name)),
    isSealed: tables.includes('audit_head') && (await dataSource.query<unknown[]>(HEAD)).length > 0,
  };
}

function assertWritable({ standby, readOnly, database }: Role): void {
  if (standby)
    throw new ConfigError(
      'The PostgreSQL server of DATABASE_URL is a standby, which takes no writes. Set DATABASE_URL to the primary, or promote the standby',
    );
  if (readOnly)
    throw new ConfigError(
      `The PostgreSQL database ${JSON.stringify(database)} is read-only for this role. Set default_transaction_read_only to off for it, or use another role`,
    );
}
