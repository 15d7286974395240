import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { tableOf, type EntityTable } from './entity-columns';
import { INSERT_ROWS } from './insert-together';
import { isPostgres, query, type SqlValue } from './sql';

/** Limits of SQLite, and of PostgreSQL's protocol, which counts parameters in 16 bits. */
const MAX_PARAMETERS = { sqlite: 32_766, postgres: 65_535 };
/** Rows per statement. Few sizes, so that SQLite prepares each of them once. */
const SQLITE_LENGTHS = [256, 64, 16, 4, 1];
/** Large, because statements are not prepared on PostgreSQL, and each is a round trip. */
const MAX_POSTGRES_LENGTH = 1000;

/** The parts of an insert's SQL, and complete statements by number of rows. */
interface Insert {
  readonly head: string;
  readonly row: string;
  readonly tail: string;
  readonly bySize: Map<number, string>;
}

const plain = new WeakMap<EntityTable, Insert>();
const adding = new WeakMap<EntityTable, Insert>();

/**
 * Inserts rows with every column of the entity.
 *
 * @param manager the manager of a transaction that a failure rolls back: a failed statement is not undone alone
 * @throws TypeError if a row lacks a property
 */
export async function bulkInsert<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: readonly Entity[],
): Promise<void> {
  const table = tableOf(manager, target);
  await run(manager, table, plain.get(table) ?? keep(plain, table, insertOf(manager, table)), rows);
}

/**
 * Adds the values of these rows to the stored rows with the same primary key, or inserts them. Each primary key must occur only
 * once.
 */
export async function bulkAdd<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: readonly Entity[],
): Promise<void> {
  const table = tableOf(manager, target);
  await run(manager, table, adding.get(table) ?? keep(adding, table, insertOf(manager, table, addingOf(table))), rows);
}

async function run(manager: EntityManager, table: EntityTable, insert: Insert, rows: readonly object[]): Promise<void> {
  const sizes = sizesOf(manager, table);
  for (let start = 0; start < rows.length;) {
    const left = rows.length - start;
    const size = sizes.find((one) => one <= left) ?? left;
    await query(manager, sqlOf(insert, size), valuesOf(table, rows, start, start + size));
    start += size;
  }
}

function valuesOf({ name, columns }: EntityTable, rows: readonly object[], start: number, end: number): SqlValue[] {
  const values: SqlValue[] = [];
  for (let index = start; index < end; index++) {
    const row = rows[index] as Readonly<Record<string, unknown>>;
    for (const { property, toDatabase } of columns) {
      const value = row[property];
      if (value === undefined) throw new TypeError(`A row of ${name} has no ${property}`);
      values.push(toDatabase && value !== null ? toDatabase(value) : (value as SqlValue));
    }
  }
  return values;
}

/** The allowed numbers of rows per statement, largest first. On PostgreSQL the last statement may be smaller. */
function sizesOf(manager: EntityManager, { columns }: EntityTable): readonly number[] {
  if (isPostgres(manager)) return [Math.min(MAX_POSTGRES_LENGTH, Math.floor(MAX_PARAMETERS.postgres / columns.length))];
  return SQLITE_LENGTHS.filter((length) => length * columns.length <= MAX_PARAMETERS.sqlite);
}

function keep(kept: WeakMap<EntityTable, Insert>, table: EntityTable, insert: Insert): Insert {
  kept.set(table, insert);
  return insert;
}

function insertOf(manager: EntityManager, table: EntityTable, tail = ''): Insert {
  const names = table.columns.map(({ name }) => name).join(', ');
  return {
    head: `${INSERT_ROWS[isPostgres(manager) ? 'postgres' : 'sqlite']} ${table.name} (${names}) VALUES `,
    row: `(${table.columns.map(() => '?').join(', ')})`,
    tail,
    bySize: new Map(),
  };
}

function sqlOf({ head, row, tail, bySize }: Insert, size: number): string {
  let sql = bySize.get(size);
  if (sql === undefined) {
    sql = head + Array(size).fill(row).join(', ') + tail;
    if (SQLITE_LENGTHS.includes(size)) bySize.set(size, sql);
  }
  return sql;
}

function addingOf({ name: table, columns }: EntityTable): string {
  const keys = columns.filter(({ isPrimary }) => isPrimary).map(({ name }) => name);
  const sums = columns.filter(({ isPrimary }) => !isPrimary);
  const set = sums.map(({ name }) => `${name} = ${table}.${name} + excluded.${name}`);
  return ` ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${set.join(', ')}`;
}
