import { Client } from 'pg';
import type { Database } from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { makeBucket, makeKey } from '../support/make';
import { openSession } from '../support/sessions';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

/** Counts the statements that read keys while some work is done. */
async function keyReads(work: () => Promise<unknown>): Promise<number> {
  if (ON_POSTGRES) {
    const spy = jest.spyOn(Client.prototype, 'query');
    await work();
    const count = spy.mock.calls.filter(([sql]) => String(sql).includes('FROM api_keys')).length;
    spy.mockRestore();
    return count;
  }
  const { databaseConnection } = server.app.get(DataSource).driver as unknown as { databaseConnection: Database };
  const statement = Object.getPrototypeOf(databaseConnection.prepare('SELECT 1')) as Record<'get', () => unknown>;
  const spy = jest.spyOn(statement, 'get');
  await work();
  const count = (spy.mock.contexts as { source: string }[]).filter(({ source }) =>
    source.includes('FROM api_keys'),
  ).length;
  spy.mockRestore();
  return count;
}

it('takes one lookup for a key, and two for a session key', async () => {
  const { key } = await makeKey(server, await makeBucket(server), 'read');
  const session = await openSession(server, key);
  const check = (text: string) => () => server.call('GET', '/api/data/latest', { key: text });
  expect(await keyReads(check(key))).toBe(1);
  expect(await keyReads(check(session.key))).toBe(2);
  expect(await keyReads(check('dakkio_r_000000000000000000000000000000000000'))).toBe(0);
});
