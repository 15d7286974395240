import BetterSqlite3 from 'better-sqlite3';
import { Client } from 'pg';
import { ON_POSTGRES, type TestDatabase } from './test-app';

type StoredRow = Record<string, string | number | null>;

/** An attacker who can write to the database, and knows everything except the secret. */
export interface Intruder {
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<StoredRow[]>;
  leave(): Promise<void>;
}

/** Connects, and removes the triggers that make the audit log append-only. */
export async function breakIn({ url }: TestDatabase): Promise<Intruder> {
  if (ON_POSTGRES) {
    const client = new Client(url);
    await client.connect();
    await client.query('ALTER TABLE audit_log DISABLE TRIGGER USER');
    return {
      run: async (sql) => void (await client.query(sql)),
      rows: async (sql) => (await client.query(sql)).rows as StoredRow[],
      leave: () => client.end(),
    };
  }
  const connection = new BetterSqlite3(url.slice('sqlite:'.length));
  for (const word of ['update', 'delete']) connection.exec(`DROP TRIGGER IF EXISTS audit_log_no_${word}`);
  return {
    run: (sql) => Promise.resolve(void connection.exec(sql)),
    rows: (sql) => Promise.resolve(connection.prepare(sql).all() as StoredRow[]),
    leave: () => Promise.resolve(void connection.close()),
  };
}
