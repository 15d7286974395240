import { closeSync, existsSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import DatabaseFile, { type Database } from 'better-sqlite3';
import { ConfigError } from '../../common/config/settings';
import type { Contents } from './contents';

const LONGEST_WAIT_FOR_LOCK_MILLIS = 5000;
/** The schema is near the beginning of the file. A multiple of every page size. */
const MAX_READ_BYTES = 16 * 1024 * 1024;
const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
/** Offsets in the header (https://www.sqlite.org/fileformat.html). */
const PAGE_SIZE_AT = 16;
const WRITE_VERSION_AT = 18;
const READ_VERSION_AT = 19;
const PAGE_COUNT_AT = 28;
const ROLLBACK_JOURNAL = 1;

const TABLES = `SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;

/**
 * Reads the contents of an SQLite file without changing the file or its folder. Undefined if there is no file.
 *
 * @throws an SQLite error for a file that is not a database
 */
export function sqliteContents(path: string): Contents | undefined {
  const before = statSync(path, { throwIfNoEntry: false });
  if (!before) return undefined;
  if (!before.isFile())
    throw new ConfigError(`DATABASE_URL names ${path}, which is not a file. Set it to the path of a database file`);
  if (before.size === 0) return { where: whereOf(path), tables: [], migrations: undefined, isSealed: false };
  if (isInUse(path)) return lookInFile(path);
  // Opening a file in WAL mode creates files next to it. If there are none, read the file into memory instead.
  const contents = lookInMemory(path);
  const isUnchanged = !isInUse(path) && sameState(before, statSync(path, { throwIfNoEntry: false }));
  return contents && isUnchanged ? contents : lookInFile(path);
}

function lookInFile(path: string): Contents {
  const connection = new DatabaseFile(path, { readonly: true, timeout: LONGEST_WAIT_FOR_LOCK_MILLIS });
  try {
    return contentsOf(connection, whereOf(path));
  } finally {
    connection.close();
  }
}

/** Undefined if the beginning of the file is not sufficient. */
function lookInMemory(path: string): Contents | undefined {
  const bytes = firstBytes(path);
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  bytes[WRITE_VERSION_AT] = ROLLBACK_JOURNAL;
  bytes[READ_VERSION_AT] = ROLLBACK_JOURNAL;
  const pageSize = bytes.readUInt16BE(PAGE_SIZE_AT);
  bytes.writeUInt32BE(Math.floor(bytes.length / (pageSize === 1 ? 65_536 : pageSize)), PAGE_COUNT_AT);
  let connection: Database | undefined;
  try {
    connection = new DatabaseFile(bytes);
    return contentsOf(connection, whereOf(path));
  } catch {
    return undefined;
  } finally {
    connection?.close();
  }
}

function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(statSync(path).size, MAX_READ_BYTES));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

function contentsOf(connection: Database, where: string): Contents {
  const tables = connection.prepare<[], string>(TABLES).pluck().all();
  const has = (table: string, column: string) =>
    tables.includes(table) &&
    connection.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column) !== undefined;
  const names = has('migrations', 'name') && connection.prepare('SELECT name FROM migrations').pluck().all();
  return {
    where,
    tables,
    migrations: names ? names.map(String) : undefined,
    isSealed: has('audit_head', 'secret_check') && connection.prepare('SELECT 1 FROM audit_head').get() !== undefined,
    header: {
      applicationId: connection.pragma('application_id', { simple: true }) as number,
      schemaVersion: connection.pragma('user_version', { simple: true }) as number,
    },
  };
}

/** Whether another connection has the file open, or has left a WAL or journal behind. */
function isInUse(path: string): boolean {
  return ['-wal', '-shm', '-journal'].some((suffix) => existsSync(path + suffix));
}

function sameState(before: Stats, after: Stats | undefined): boolean {
  return after?.ino === before.ino && after.size === before.size && after.mtimeMs === before.mtimeMs;
}

function whereOf(path: string): string {
  return `The database file ${path}`;
}
