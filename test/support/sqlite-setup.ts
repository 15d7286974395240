import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atTheEnd, migrateAt } from './migrated';

/** Makes a migrated file that those of applications are copied from, since migrations take much of an application's start. */
export default async function setUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-template-'));
  const path = join(folder, 'migrated.db');
  closeSync(openSync(path, 'w', 0o600));
  await migrateAt({ type: 'sqlite', path });
  process.env.TEST_SQLITE_TEMPLATE = path;
  atTheEnd(() => rmSync(folder, { recursive: true, force: true }));
}
