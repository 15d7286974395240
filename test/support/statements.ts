import type { Database } from 'better-sqlite3';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { Writer } from '../../src/database/writer';
import { ON_POSTGRES, type TestApp } from './test-app';

/** The statements and transactions of some work. */
export interface Asked {
  readonly transactions: number;
  /** Those of the writer's own connection are only counted on PostgreSQL. */
  readonly statements: number;
}

/** Counts the transactions of the writer and the statements, of any connection, while some work is done. */
export async function asked({ app }: TestApp, work: () => Promise<unknown>): Promise<Asked> {
  const write = jest.spyOn(app.get(Writer), 'write');
  const statements = ON_POSTGRES
    ? [jest.spyOn(Client.prototype, 'query')]
    : (['all', 'run'] as const).map((name) => jest.spyOn(statementOf(app.get(DataSource)), name));
  try {
    await work();
    const count = statements.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    return { transactions: write.mock.calls.length, statements: count };
  } finally {
    for (const spy of [write, ...statements]) spy.mockRestore();
  }
}

/** What all prepared statements of SQLite share. */
function statementOf(dataSource: DataSource): { all: () => unknown; run: () => unknown } {
  const { databaseConnection } = dataSource.driver as unknown as { databaseConnection: Database };
  return Object.getPrototypeOf(databaseConnection.prepare('SELECT 1')) as ReturnType<typeof statementOf>;
}
