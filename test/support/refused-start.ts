import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { createApp } from '../../src/app';
import { readConfig, type DatabaseUse } from '../../src/common/config/config';
import { FOR_TESTS } from './process';
import { ON_POSTGRES, type TestDatabase } from './test-app';

/** The error of a refused start on this database. Fails if it starts. */
export async function startFailure(
  { url }: Pick<TestDatabase, 'url'>,
  environment: Record<string, string> = {},
  databaseUse: DatabaseUse = 'serve',
): Promise<Error> {
  const config = { ...readConfig({ ...FOR_TESTS, DATABASE_URL: url, ...environment }), databaseUse };
  const starting = createApp(config, { log() {}, warn() {}, error() {} });
  const failure = await starting.then(() => undefined).catch((cause: unknown) => cause as Error);
  if (failure) return failure;
  await (await starting).close();
  throw new Error('It started');
}

/** Everything that a start could change: the bytes of all files in the folder, and the catalog and rows on PostgreSQL. */
export async function stateOf({ url, folder }: TestDatabase): Promise<unknown> {
  const files = readdirSync(folder).sort();
  const bytes = files.map((name) => [
    name,
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex'),
  ]);
  return ON_POSTGRES ? [bytes, await catalogOf(url)] : bytes;
}

async function catalogOf(url: string): Promise<unknown> {
  return onDatabase(url, async (client) => {
    const { rows } = await client.query<{ name: string; kind: string }>(
      `SELECT relname AS name, relkind AS kind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const tables = rows.filter(({ kind }) => kind === 'r').map(({ name }) => name);
    const counts: unknown[] = [];
    // One after the other: a connection runs one query at a time.
    for (const name of tables) counts.push((await client.query(`SELECT count(*) FROM "${name}"`)).rows);
    const functions = await client.query(`SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`);
    return [rows, counts, functions.rows];
  });
}

/** Does something with a connection of its own to a PostgreSQL database. */
export async function onDatabase<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
