import Database from 'better-sqlite3';
import type { EntityManager } from 'typeorm';
import { insertTogether, rowInsert, writeTogether } from './insert-together';
import { query } from './sql';

const INTO_A = rowInsert('a (id, value)', 2);
const INTO_B = rowInsert('b (id)', 1, ' ON CONFLICT (id) DO NOTHING');

/** A database with two tables, and the number of rows of each INSERT. */
function setUp() {
  const inserts: number[] = [];
  const verbose = (sql?: unknown) => {
    if (String(sql).startsWith('INSERT')) inserts.push(String(sql).split('), (').length);
  };
  const connection = new Database(':memory:', { verbose });
  connection.exec(
    'CREATE TABLE a (id integer PRIMARY KEY, value real NOT NULL); CREATE TABLE b (id integer PRIMARY KEY)',
  );
  const manager = {
    connection: { options: { type: 'better-sqlite3' }, driver: { databaseConnection: connection } },
  } as unknown as EntityManager;
  const rowsOf = (table: string) => connection.prepare(`SELECT * FROM ${table} ORDER BY id`).raw().all();
  return { manager, inserts, rowsOf };
}

const ITEMS = Array.from({ length: 126 }, (_, index) => index);

it('inserts the rows of many items with few statements', async () => {
  const { manager, inserts, rowsOf } = setUp();
  await writeTogether(manager, ITEMS, async (item) => {
    await insertTogether(manager, INTO_A, [item, item / 2]);
    await insertTogether(manager, INTO_B, [item]);
  });
  expect(rowsOf('a')).toEqual(ITEMS.map((item) => [item, item / 2]));
  expect(rowsOf('b')).toEqual(ITEMS.map((item) => [item]));
  expect(inserts).toEqual([100, 20, 4, 1, 1, 100, 20, 4, 1, 1]);
});

it('inserts the rows of an item before it goes on', async () => {
  const { manager } = setUp();
  const seen: number[] = [];
  await writeTogether(manager, ITEMS, async (item) => {
    await insertTogether(manager, INTO_A, [item, 1, 1000 + item, 2]);
    const [row] = await query<{ sum: number }>(manager, 'SELECT sum(value) AS sum FROM a WHERE id IN (?, ?)', [
      item,
      1000 + item,
    ]);
    seen.push(row?.sum ?? 0);
  });
  expect(seen).toEqual(ITEMS.map(() => 3));
});

it('does not wait for items that insert nothing, or end early', async () => {
  const { manager, rowsOf } = setUp();
  await writeTogether(manager, ITEMS, async (item) => {
    if (item % 3 === 0) return;
    if (item % 3 === 1) await query(manager, 'SELECT 1 AS one', []);
    await insertTogether(manager, item % 2 === 0 ? INTO_A : INTO_B, item % 2 === 0 ? [item, 0] : [item]);
    await insertTogether(manager, INTO_B, []);
  });
  const expected = ITEMS.filter((item) => item % 3 !== 0);
  expect(rowsOf('a')).toEqual(expected.filter((item) => item % 2 === 0).map((item) => [item, 0]));
  expect(rowsOf('b')).toEqual(expected.filter((item) => item % 2 === 1).map((item) => [item]));
});

it('fails if one of the rows does, and gathers no rows afterwards', async () => {
  const { manager, inserts } = setUp();
  const failing = writeTogether(manager, ITEMS, (item) =>
    insertTogether(manager, INTO_A, [item, item === 7 ? null : 0]),
  );
  await expect(failing).rejects.toThrow('NOT NULL');
  inserts.length = 0;
  await insertTogether(manager, INTO_B, [1]);
  expect(inserts).toEqual([1]);
});
