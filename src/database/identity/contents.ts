import { ConfigError } from '../../common/config/settings';

/** SQLite's `application_id` of Dakkio: "dakk". */
export const APPLICATION_ID = 0x64616b6b;

const MAX_NAMED = 3;

/** The contents of a database that identify its owner. */
export interface Contents {
  /** The database's name in error messages. */
  readonly where: string;
  /** Tables and views, except system tables and those of extensions. */
  readonly tables: readonly string[];
  /** The names in the migrations table; undefined if there is no such table or it has other columns. */
  readonly migrations: readonly string[] | undefined;
  /** Whether the audit log, which is sealed with the server's secret, has begun. */
  readonly isSealed: boolean;
  /** On SQLite: values from the header of the file. */
  readonly header?: { readonly applicationId: number; readonly schemaVersion: number };
}

/** `empty` if a new database can be created there. */
export type Ownership = 'empty' | 'ours';

/**
 * Whether a database is empty or ours.
 *
 * @param known the names of the migrations of this version
 * @throws ConfigError for a database of another program or a newer version
 */
export function ownershipOf({ where, tables, migrations, header }: Contents, known: readonly string[]): Ownership {
  if (header && header.applicationId !== 0 && header.applicationId !== APPLICATION_ID)
    throw foreign(`${where} belongs to another program (application_id ${header.applicationId})`);
  const isMarked = header?.applicationId === APPLICATION_ID;
  const names = migrations ?? [];
  const isOurs = isMarked || names.some((name) => known.includes(name));
  const unknown = names.filter((name) => !known.includes(name));
  const others = tables.filter((name) => name !== 'migrations');
  if (isOurs && unknown.length > 0) throw newerThan(where, unknown);
  if (header && header.schemaVersion > known.length && (isOurs || tables.length === 0))
    throw newer(
      `${where} was changed by a newer version of Dakkio: its schema version is ${header.schemaVersion}, and this version knows ${known.length}`,
    );
  if (names.length === 0 && others.length === 0 && (migrations !== undefined || tables.length === 0)) return 'empty';
  if (names.length === 0 || !isOurs) throw foreign(`${where} holds tables of another program (${listed(tables)})`);
  return 'ours';
}

/** The error for a database with unknown migrations. */
export function newerThan(where: string, unknown: readonly string[]): ConfigError {
  return newer(`${where} was changed by a newer version of Dakkio: this version does not know ${listed(unknown)}`);
}

function newer(found: string): ConfigError {
  return new ConfigError(`${found}. Start the newer version, or restore a copy from before its first start`);
}

function foreign(found: string): ConfigError {
  return new ConfigError(`${found}. Set DATABASE_URL to a database that is empty or was made by Dakkio`);
}

function listed(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, MAX_NAMED).join(', ');
  return names.length > MAX_NAMED ? `${shown} and ${names.length - MAX_NAMED} more` : shown;
}
