import type { Database, Statement } from 'better-sqlite3';
import type { DataSource, QueryRunner } from 'typeorm';
import { MIGRATING_CODE, OTHER_VERSION_CODE } from '../../common/database-failure';
import { connectionOf } from '../sqlite';
import { APPLICATION_ID, newerThan } from './contents';

/** A PostgreSQL advisory lock: writers hold it shared, via `assert_schema_version`; a migration holds it exclusively. */
const WRITERS_LOCK = 1_684_106_092;

const UNDEFINED_FUNCTION = '42883';

/** The database was migrated by another version of the server, or restored from one, while this one runs. */
export class OtherSchemaVersion extends Error {
  readonly code = OTHER_VERSION_CODE;
}

/** The schema version: the number of migrations. */
export function schemaVersionOf({ migrations }: DataSource): number {
  return migrations.length;
}

/**
 * A PostgreSQL statement for the start of a write transaction. It never waits, and fails if the schema has another version or a
 * migration is running.
 */
export function assertSchemaVersion(dataSource: DataSource): string {
  return `SELECT assert_schema_version(${schemaVersionOf(dataSource)})`;
}

/** The error if that statement has failed, after which the connection stays usable; undefined for other failures. */
export function schemaRefusalOf(cause: unknown): Error | undefined {
  const { code, message = '' } = (cause ?? {}) as { code?: string; message?: string };
  if (code === OTHER_VERSION_CODE || code === MIGRATING_CODE) return cause as Error;
  // A backup of a version without the function was restored.
  const isMissing = code === UNDEFINED_FUNCTION && message.includes('assert_schema_version');
  return isMissing ? new OtherSchemaVersion(message) : undefined;
}

/**
 * Checks within the migration lock that no newer version has migrated the database.
 *
 * @throws ConfigError if the database has a migration that this version does not know
 */
export async function assertKnownMigrations(dataSource: DataSource, runner: QueryRunner): Promise<void> {
  if (!(await runner.hasTable('migrations'))) return;
  const known = namesOf(dataSource);
  const rows = (await runner.query('SELECT name FROM migrations')) as { name: string }[];
  const unknown = rows.map(({ name }) => name).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw newerThan('The database', unknown);
}

/** On PostgreSQL, waits for other write transactions to end and blocks new ones until the migration has ended. */
export async function stopWriters(runner: QueryRunner): Promise<void> {
  await runner.query('SELECT pg_advisory_xact_lock($1)', [WRITERS_LOCK]);
}

/** Names as TypeORM stores them. */
function namesOf({ migrations }: DataSource): string[] {
  return migrations.map((migration) => migration.name ?? migration.constructor.name);
}

/** Writes the application id and the schema version to the header of an SQLite file, in the open transaction. */
export function markSqlite(dataSource: DataSource): void {
  const connection = connectionOf(dataSource);
  const marks = { application_id: APPLICATION_ID, user_version: schemaVersionOf(dataSource) };
  for (const [name, value] of Object.entries(marks))
    if (connection.pragma(name, { simple: true }) !== value) connection.pragma(`${name} = ${value}`);
}

/** Checks that the SQLite schema still has this server's version. Takes about 2 µs while no other process writes. */
export class SqliteSchemaGuard {
  private readonly dataVersion: Statement<[], number>;
  private readonly userVersion: Statement<[], number>;
  private readonly names: Statement<[], string>;
  private readonly known: readonly string[];
  private seen: number | undefined;
  private isOther = false;

  constructor(dataSource: DataSource) {
    const connection: Database = connectionOf(dataSource);
    this.known = namesOf(dataSource);
    this.dataVersion = connection.prepare<[], number>('PRAGMA data_version').pluck();
    this.userVersion = connection.prepare<[], number>('PRAGMA user_version').pluck();
    this.names = connection.prepare<[], string>('SELECT name FROM migrations').pluck();
  }

  /**
   * Call it in a transaction that holds the write lock.
   *
   * @throws OtherSchemaVersion if another process has changed the schema version
   */
  assert(): void {
    // `data_version` changes whenever another connection has committed.
    const seen = this.dataVersion.get();
    if (seen !== this.seen) {
      this.isOther = !this.fits();
      this.seen = seen;
    }
    if (this.isOther)
      throw new OtherSchemaVersion('The schema of the database file has another version than this server');
  }

  private fits(): boolean {
    const stored = this.names.all();
    const isKnown = stored.length === this.known.length && stored.every((name) => this.known.includes(name));
    return isKnown && this.userVersion.get() === this.known.length;
  }
}
