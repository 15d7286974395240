// npm test runs this on PostgreSQL too: each database has its own migrations, locks and bulk inserts.
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';
import { readConfig } from '../../src/common/config/config';
import { bulkAdd, bulkInsert } from '../../src/database/bulk-insert';
import { IdColumn, MillisColumn } from '../../src/database/columns';
import { databaseOptions } from '../../src/database/options';
import { selectRows } from '../../src/database/select-rows';
import { createDatabase, type TestDatabase } from '../support/test-app';

const asWords = { to: (words: readonly string[]) => words.join(' '), from: (text: string) => text.split(' ') };

@Entity('many_types')
class ManyTypes {
  @IdColumn()
  readonly id: string;

  @MillisColumn('at', { nullable: true })
  readonly at: number | null;

  /** A reserved word. */
  @Column({ name: 'order', type: 'double precision' })
  readonly order: number;

  @Column({ type: 'simple-json', nullable: true })
  readonly labels: Readonly<Record<string, string>> | null;

  @Column({ type: 'text', transformer: asWords })
  readonly words: readonly string[];

  @Column({ type: 'boolean' })
  readonly isOn: boolean;
}

@Entity('day_counts')
class DayCount {
  @PrimaryColumn({ type: 'integer' })
  readonly day: number;

  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 24 })
  readonly keyId: string;

  @MillisColumn('requests')
  readonly requests: number;

  @MillisColumn('points')
  readonly points: number;
}

let database: TestDatabase;
let dataSource: DataSource;
beforeEach(async () => {
  database = await createDatabase();
  const options = databaseOptions(readConfig({ DATABASE_URL: database.url }).database, [ManyTypes, DayCount]);
  dataSource = await new DataSource({ ...options, migrations: [], synchronize: true }).initialize();
});
afterEach(async () => {
  await dataSource.destroy();
  await database.remove();
});

const rowOf = (id: number): ManyTypes => ({
  id: String(id).padStart(24, '0'),
  at: id % 2 === 0 ? 2 ** 53 - 1 - id : null,
  order: id / 8,
  labels: id % 3 === 0 ? { room: `kitchen "${id}"` } : null,
  words: ['one', `and ${id}`],
  isOn: id % 2 === 1,
});
const rowsOf = (count: number) => Array.from({ length: count }, (_, id) => rowOf(id));
const insert = (rows: readonly ManyTypes[]) =>
  dataSource.transaction((manager) => bulkInsert(manager, ManyTypes, rows));

it.each([0, 1, 3, 85, 343])('stores %i rows as TypeORM reads them', async (count) => {
  await insert(rowsOf(count));
  const found = await dataSource.manager.find(ManyTypes, { order: { id: 'ASC' } });
  expect(found).toEqual(
    rowsOf(count).map((row) => ({ ...row, words: ['one', 'and', row.id.replace(/^0+(?=.)/, '')] })),
  );
  expect(await selectRows(dataSource.manager, ManyTypes, 'ORDER BY id', [])).toEqual(found.map((row) => ({ ...row })));
});

it('stores more values than one statement takes', async () => {
  await insert(rowsOf(12_000));
  expect(await dataSource.manager.count(ManyTypes)).toBe(12_000);
});

it('refuses a row that leaves a property out', async () => {
  const partial = { ...rowOf(1), isOn: undefined } as unknown as ManyTypes;
  await expect(insert([rowOf(0), partial])).rejects.toThrow(new TypeError('A row of many_types has no isOn'));
  expect(await dataSource.manager.count(ManyTypes)).toBe(0);
});

it('adds numbers to those under the same primary key', async () => {
  const add = (rows: readonly DayCount[]) => dataSource.transaction((manager) => bulkAdd(manager, DayCount, rows));
  await add([
    { day: 1, keyId: 'a', requests: 3, points: 0 },
    { day: 1, keyId: 'b', requests: 1, points: 9 },
  ]);
  await add([
    { day: 1, keyId: 'a', requests: 4, points: 5 },
    { day: 2, keyId: 'a', requests: 1, points: 0 },
  ]);
  expect(await dataSource.manager.find(DayCount, { order: { day: 'ASC', keyId: 'ASC' } })).toEqual([
    { day: 1, keyId: 'a', requests: 7, points: 5 },
    { day: 1, keyId: 'b', requests: 1, points: 9 },
    { day: 2, keyId: 'a', requests: 1, points: 0 },
  ]);
});
