// npm test leaves this out: large tables that are sealed again.
import { DataSource } from 'typeorm';
import { readConfig } from '../../src/common/config/config';
import { migrate } from '../../src/database/migrate';
import { databaseOptions } from '../../src/database/options';
import { createDatabase, EMPTY, type TestDatabase } from '../support/test-app';

const ORGANIZATION = '65a500000000000000000001';
const CREATED_AT = Date.UTC(2024, 0, 15, 10, 5);
const DAY = 19_000;

/** A key as a version without lines stores it. Its name is also its id. */
interface OldKey {
  readonly name: string;
  readonly replaces?: string;
  readonly bySelf?: boolean;
  readonly requests?: number;
}

let database: TestDatabase;
beforeEach(async () => (database = await createDatabase(EMPTY)));
afterEach(() => database.remove());

const idOf = (name: string) => Buffer.from(name).toString('hex').padEnd(24, '0');

async function open(upTo?: string): Promise<DataSource> {
  const options = databaseOptions(readConfig({ DATABASE_URL: database.url }).database, []);
  const all = options.migrations as { name: string }[];
  const migrations = upTo === undefined ? all : all.slice(0, all.findIndex(({ name }) => name === upTo) + 1);
  const dataSource = await new DataSource({ ...options, migrations: migrations as never }).initialize();
  await migrate(dataSource);
  return dataSource;
}

async function storedBefore(keys: readonly OldKey[]): Promise<void> {
  const before = await open('AlertUpkeep1740000000000');
  await before.query(
    `INSERT INTO organizations (id, name, created_at) VALUES ('${ORGANIZATION}', 'Ours', ${CREATED_AT})`,
  );
  for (const [index, { name, replaces, bySelf, requests }] of keys.entries()) {
    await before.query(
      `INSERT INTO api_keys (id, organization_id, name, type, hint, hash, created_at, replaces) VALUES
        ('${idOf(name)}', '${ORGANIZATION}', '${name}', 'admin', 'abcd', '${name}', ${CREATED_AT + index},
        ${replaces === undefined ? 'NULL' : `'${idOf(replaces)}'`})`,
    );
    if (replaces !== undefined)
      await before.query(
        `INSERT INTO audit_log (seq, id, at, actor_kind, actor_id, action, target_type, target_id, details, link) VALUES
          (${index + 1}, '${idOf(name)}', 0, 'api key', '${idOf(bySelf ? replaces : 'other')}', 'apiKey.rotated', 'api key',
          '${idOf(replaces)}', '${JSON.stringify({ replacedBy: idOf(name) })}', '')`,
      );
    if (requests !== undefined)
      await before.query(
        `INSERT INTO key_usage (day, key_id, requests, refusals, points) VALUES (${DAY}, '${idOf(name)}', ${requests}, 0, 0)`,
      );
  }
  await before.destroy();
}

it('an upgrade sets for each stored key its line, the newest key of the line, and the usage of the line', async () => {
  const chain = Array.from({ length: 41 }, (_, index): OldKey => {
    return { name: `c${index}`, ...(index > 0 && { replaces: `c${index - 1}`, bySelf: index % 2 === 1 }), requests: 1 };
  });
  await storedBefore([
    { name: 'alone', requests: 7 },
    ...chain,
    // Rotated twice because the first replacement was deleted.
    { name: 'twice' },
    { name: 't1', replaces: 'twice' },
    { name: 't2', replaces: 'twice', requests: 5 },
    { name: 't3', replaces: 't2', requests: 6 },
  ]);
  const after = await open();
  const rows = await after.query<Record<string, string | null>[]>(
    'SELECT name, line_id, newest_id, made_by FROM api_keys ORDER BY created_at',
  );
  const nameOf = new Map(rows.map(({ name }) => [idOf(name ?? ''), name]));
  const named = rows.map(({ name, line_id, newest_id, made_by }) => [
    ...[name, nameOf.get(line_id ?? ''), newest_id && nameOf.get(newest_id), made_by],
  ]);
  expect(named).toEqual([
    ['alone', 'alone', null, null],
    ['c0', 'c0', 'c40', null],
    ...chain.slice(1).map(({ name, bySelf }) => [name, 'c0', null, bySelf ? 'self' : 'admin']),
    ['twice', 'twice', 't3', null],
    ['t1', 'twice', null, 'admin'],
    ['t2', 'twice', null, 'admin'],
    ['t3', 'twice', null, 'admin'],
  ]);
  const usage = await after.query<{ line_id: string; requests: number | string }[]>(
    'SELECT line_id, requests FROM line_usage ORDER BY line_id',
  );
  expect(usage.map(({ line_id, requests }) => [nameOf.get(line_id), Number(requests)])).toEqual([
    ['c0', 40],
    ['twice', 11],
  ]);
  await after.destroy();
});
