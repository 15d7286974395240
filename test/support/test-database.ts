import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

export const ON_POSTGRES = process.env.TEST_DATABASE === 'postgres';

/** Of the global set-up. */
export const MIGRATED = 'migrated';

/** A database of one test, and how to delete it. */
export interface TestDatabase {
  readonly url: string;
  /** Where the SQLite file is. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** An empty database. On PostgreSQL a copy of the template, since migrations take much of an application's start. */
export async function createDatabase(template = 'template1'): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-db-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  if (!ON_POSTGRES)
    return { url: `sqlite:${join(folder, 'test.db')}`, folder, remove: () => Promise.resolve(removeFolder()) };
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
