// npm test runs this on PostgreSQL too: each database has its own migrations, locks and bulk inserts.
import { DataSource } from 'typeorm';
import { readConfig } from '../../src/common/config/config';
import { databaseOptions } from '../../src/database/options';
import { query, queryLists } from '../../src/database/sql';
import { createDatabase, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createDatabase();
  const options = databaseOptions(readConfig({ DATABASE_URL: database.url }).database, []);
  dataSource = await new DataSource(options).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.remove();
});

it.each([
  ['a bigint', 'CAST(9007199254740991 AS bigint)', 2 ** 53 - 1],
  ['a negative bigint', 'CAST(-9007199254740991 AS bigint)', -(2 ** 53 - 1)],
  ['a count', '(SELECT count(*) FROM (SELECT 1 UNION ALL SELECT 2) AS given)', 2],
  [
    'a sum of bigints',
    '(SELECT sum(CAST(one AS bigint)) FROM (SELECT 4000000000 AS one UNION ALL SELECT 5) AS given)',
    4000000005,
  ],
  ['a missing bigint', 'CAST(NULL AS bigint)', null],
])('reads %s as a number', async (_, sql, expected) => {
  const { manager } = dataSource;
  expect(await query(manager, `SELECT ${sql} AS value`, [])).toEqual([{ value: expected }]);
  expect(await queryLists(manager, `SELECT ${sql} AS value`, [])).toEqual([[expected]]);
  expect(await dataSource.query(`SELECT ${sql} AS value`)).toEqual([{ value: expected }]);
});
