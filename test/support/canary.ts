import { existsSync, readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { isKeyText } from '../../src/api-keys/key-text';
import type { TestApp } from './test-app';

const KEY = /dakkio_[awr]_[0-9A-Za-z]{36}/g;

/** The whole keys in a text: well-formed, and with a checksum that fits. */
export function keysIn(text: string): string[] {
  return [...text.matchAll(KEY)].map(([key]) => key).filter(isKeyText);
}

/**
 * Everything that the server has stored: its database (on SQLite the bytes of the file and its WAL)
 * and its log. No test may leave a whole key there.
 */
export async function leakedKeys({
  app,
  database,
  logs,
}: Pick<TestApp, 'app' | 'database' | 'logs'>): Promise<string[]> {
  const texts = [...logs, ...filesOf(database.url), ...(await rowsOf(app.get(DataSource)))];
  return texts.flatMap(keysIn);
}

function filesOf(url: string): string[] {
  if (!url.startsWith('sqlite:')) return [];
  const path = url.slice('sqlite:'.length);
  return ['', '-wal', '-shm', '.secret']
    .map((ending) => path + ending)
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'latin1'));
}

async function rowsOf(dataSource: DataSource): Promise<string[]> {
  if (dataSource.options.type !== 'postgres') return [];
  const texts: string[] = [];
  for (const { tableName } of dataSource.entityMetadatas) {
    const rows = await dataSource.query<{ text: string }[]>(`SELECT t::text AS text FROM ${tableName} t`);
    texts.push(...rows.map(({ text }) => text));
  }
  return texts;
}
