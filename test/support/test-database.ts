import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

export const ON_POSTGRES = process.env.TEST_DATABASE === 'postgres';

/** The template with all migrations, which the global set-up makes. */
export const MIGRATED = 'migrated';
/** A database without tables. On SQLite its file does not exist. */
export const EMPTY = 'template1';

/** A database of one test, and how to delete it. */
export interface TestDatabase {
  readonly url: string;
  /** Where the SQLite file is. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** A new database, which is a copy of a template. */
export async function createDatabase(template: typeof MIGRATED | typeof EMPTY = MIGRATED): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-db-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  if (!ON_POSTGRES) {
    const path = join(folder, 'test.db');
    if (template === MIGRATED) copyFileSync(process.env.TEST_SQLITE_TEMPLATE ?? '', path);
    return { url: `sqlite:${path}`, folder, remove: () => Promise.resolve(removeFolder()) };
  }
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const remove = async () => {
    removeFolder();
    await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
  };
  return { url: `${process.env.TEST_POSTGRES_URL}/${name}`, folder, remove };
}

async function onServer(statement: string): Promise<void> {
  const client = new Client(`${process.env.TEST_POSTGRES_URL}/postgres`);
  await client.connect();
  await client.query(statement);
  await client.end();
}
