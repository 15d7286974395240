import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { compactTime } from './compact-time';

/** Pages copied per turn of the event loop, in about a millisecond. */
const PAGES_AT_ONCE = 100;

/** Candidate paths of a rescue copy: next to the database, then in the folder for temporary files. */
export function rescuePaths(path: string): string[] {
  const name = `${basename(path)}.rescue-${compactTime(Date.now())}`;
  return [join(dirname(path), name), join(tmpdir(), name)];
}

/**
 * Copies the open database to a new file that only its owner can read, in steps so that other requests are served in between.
 * The file appears only when it is complete.
 */
export async function writeRescueCopy(connection: Database, path: string): Promise<void> {
  const draft = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(draft, 'wx', 0o600));
  try {
    await connection.backup(draft, { progress: () => PAGES_AT_ONCE });
    await sync(draft);
    await rename(draft, path);
    await sync(dirname(path));
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause;
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}
