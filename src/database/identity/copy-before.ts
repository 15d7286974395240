import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Logger } from '@nestjs/common';
import DatabaseFile from 'better-sqlite3';
import { ConfigError } from '../../common/config/settings';
import { compactTime } from './compact-time';

/** Copies kept per database. Older ones are removed after a new one is on disk. */
export const MAX_COPIES = 3;

const MEBIBYTE = 1024 * 1024;
/** The name ends with the time, by which copies are sorted. */
const COPY = /^\.before-v\d+-(\d{8}T\d{6}Z)$/;

/**
 * Copies an SQLite database before a migration, to a file next to it that only its owner can read. The caller holds the write
 * lock, so that nothing is stored between the copy and the migration.
 *
 * @param version the schema version after the migration
 * @throws ConfigError if there is no space for the copy, or it cannot be written
 */
export function copyBeforeMigration(path: string, version: number): void {
  const logger = new Logger('Database');
  const copy = `${path}.before-v${version}-${compactTime(Date.now())}`;
  const draft = `${copy}.part`;
  const connection = new DatabaseFile(path, { readonly: true });
  try {
    assertRoom(path, connection.prepare<[], number>(USED_BYTES).pluck().get() ?? 0);
    logger.log(`The database is copied to ${copy} before it is migrated to version ${version} of its schema`);
    closeSync(openSync(draft, 'wx', 0o600));
    connection.prepare('VACUUM INTO ?').run(draft);
    sync(draft);
    renameSync(draft, copy);
    sync(dirname(path));
  } catch (cause) {
    rmSync(draft, { force: true });
    if (cause instanceof ConfigError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new ConfigError(
      `The database ${path} could not be copied before its migration, which was not begun: ${message} (${code}). Make room beside it, or make the folder writable, then start again`,
    );
  } finally {
    connection.close();
  }
  removeOldCopies(path);
}

const USED_BYTES = `SELECT (page_count - freelist_count) * page_size
  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`;

function assertRoom(path: string, needed: number): void {
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize >= needed) return;
  throw new ConfigError(
    `The database ${path} is copied before its migration, which takes ${inMebibytes(needed)} beside it, and ${inMebibytes(bavail * bsize)} are free. Make room, then start again; the migration was not begun`,
  );
}

function removeOldCopies(path: string): void {
  const name = basename(path);
  const copies = readdirSync(dirname(path)).flatMap((file) => {
    const [, at] = (file.startsWith(name) && COPY.exec(file.slice(name.length))) || [];
    return at === undefined ? [] : [{ file, at }];
  });
  copies.sort((one, other) => other.at.localeCompare(one.at));
  for (const { file } of copies.slice(MAX_COPIES)) rmSync(join(dirname(path), file), { force: true });
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MEBIBYTE)} MiB`;
}
