import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { compactTime } from './compact-time';

/** Copied between two turns of the event loop: about a millisecond. */
const PAGES_AT_ONCE = 100;

/** Where a rescue copy goes: beside the path of the database, or to the system's folder for temporary files. */
export function rescuePaths(path: string): string[] {
  const name = `${basename(path)}.rescue-${compactTime(Date.now())}`;
  return [join(dirname(path), name), join(tmpdir(), name)];
}

/**
 * Copies what a connection still has open to a new file that its owner alone can read, page by page, so that other requests
 * are served meanwhile. The file is there as a whole or not at all.
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
