import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Config } from '../../common/config/config';
import { ConfigError } from '../../common/config/settings';
import { findServerSecret, secretPath, type SecretSettings } from '../../common/server-secret';
import { createSqliteFile } from '../sqlite';
import { ownershipOf, type Contents } from './contents';
import { postgresContents } from './postgres-contents';
import { sqliteContents } from './sqlite-contents';
import { setAside, tracesOf, type TraceSettings } from './traces';

export type AdmissionSettings = SecretSettings & TraceSettings & Pick<Config, 'databaseUse'>;

/**
 * Checks that the SQLite file belongs to this server before it is opened for writing, and creates the file of a new database.
 *
 * @param known the names of the migrations of this version
 * @throws ConfigError for a database that this process must not use, before anything is written
 */
export function admitSqlite(path: string, known: readonly string[], settings: AdmissionSettings): void {
  const hadSecret = findServerSecret(settings) !== undefined;
  // Order matters: another process may be creating the database, and writes the secret last.
  const traces = tracesOf(settings);
  const contents = sqliteContents(path);
  const isNew = isEmpty(contents, known, settings, traces, path);
  assertWritable(path);
  if (!isNew && contents?.isSealed && !hadSecret) assertSecret(path, settings);
  if (isNew) beginNew(traces);
  createSqliteFile(path);
}

/**
 * The same check for PostgreSQL, where the database already exists.
 *
 * @param dataSource a connected data source
 */
export async function admitPostgres(
  dataSource: DataSource,
  known: readonly string[],
  settings: AdmissionSettings,
): Promise<void> {
  const traces = tracesOf(settings);
  const contents = await postgresContents(dataSource);
  if (isEmpty(contents, known, settings, traces, contents.where)) beginNew(traces);
}

function isEmpty(
  contents: Contents | undefined,
  known: readonly string[],
  { databaseUse = 'serve' }: AdmissionSettings,
  traces: readonly string[],
  place: string,
): boolean {
  if (contents && ownershipOf(contents, known) === 'ours') {
    if (databaseUse === 'begin' && contents.isSealed)
      throw new ConfigError(
        `${contents.where} is in use: --new begins a new database only where there is none. Start without --new, or set DATABASE_URL to another place`,
      );
    return false;
  }
  const missing = contents ? `${contents.where} is empty` : `There is no database at ${place}`;
  if (databaseUse === 'existing' || databaseUse === 'replace secret')
    throw new ConfigError(`${missing}. Set DATABASE_URL to the database that the server uses`);
  if (databaseUse === 'serve' && traces.length > 0)
    throw new ConfigError(
      `${missing}, but there was one: ${traces.join(', ')} belong${traces.length === 1 ? 's' : ''} to it. Restore it or correct DATABASE_URL; to begin a new database, start once with \`npm start -- --new\``,
    );
  return true;
}

function assertSecret(path: string, settings: AdmissionSettings): void {
  if (settings.databaseUse === 'replace secret' || findServerSecret(settings)) return;
  throw new ConfigError(
    `The secret of the database ${path} is missing: restore ${secretPath(path)}, or set DAKKIO_SECRET_KEY where the server has it from there. If it is lost for good, \`npm run audit:restart -- --yes\` makes a new one`,
  );
}

function beginNew(traces: readonly string[]): void {
  for (const file of setAside(traces))
    new Logger('Database').warn(`A new database begins: kept of an earlier one: ${file}`);
}

/** SQLite writes to the file and creates other files next to it. */
function assertWritable(path: string): void {
  const folder = dirname(path);
  for (const each of [folder, path].filter((name) => existsSync(name))) {
    try {
      accessSync(each, constants.R_OK | constants.W_OK);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new ConfigError(
        `The database ${path} cannot be written: ${each} is read-only for this process (${code}). Mount it for writing, or correct its owner and permissions`,
      );
    }
  }
}
