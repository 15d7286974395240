import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { ON_POSTGRES, type TestApp } from './test-app';

/** Changes the database behind a server's back, as an older server or an intruder would have left it. */
export async function writeBehind({ app, database }: TestApp, statement: string): Promise<void> {
  if (ON_POSTGRES) {
    await app.get(DataSource).query(statement);
    return;
  }
  const file = new Database(database.url.slice('sqlite:'.length));
  file.exec(statement);
  file.close();
}
