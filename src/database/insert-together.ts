import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isPostgres, query, threadOf, type SqlValue } from './sql';
import { allOf, isTogether } from './together';

/** Rows of one statement, largest first: few sizes, so that prepared statements are reused. */
export const ROWS_PER_STATEMENT = [100, 20, 4, 1];

/** A statement that inserts rows. */
export interface RowInsert {
  readonly columns: number;
  /** The text for this many rows. */
  readonly textOf: (rows: number, database: 'sqlite' | 'postgres') => string;
}

/**
 * How a statement that inserts several rows begins. To undo it alone if one of its rows fails, SQLite would copy each page before
 * changing it. With `OR FAIL` it does not: a failure undoes the whole write of the `Writer`.
 */
export const INSERT_ROWS = { sqlite: 'INSERT OR FAIL INTO', postgres: 'INSERT INTO' } as const;

/** Declares `INSERT INTO … VALUES`, with what follows the rows. @param into the table and its columns */
export function rowInsert(into: string, columns: number, tail = ''): RowInsert {
  const row = `(${Array(columns).fill('?').join(', ')})`;
  const texts = { sqlite: new Map<number, string>(), postgres: new Map<number, string>() };
  const textOf: RowInsert['textOf'] = (rows, database) => {
    let text = texts[database].get(rows);
    if (text === undefined) {
      text = `${INSERT_ROWS[database]} ${into} VALUES ${Array(rows).fill(row).join(', ')}${tail}`;
      texts[database].set(rows, text);
    }
    return text;
  };
  return { columns, textOf };
}

interface Waiting {
  readonly insert: RowInsert;
  readonly values: readonly SqlValue[];
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

const gathered = new WeakMap<EntityManager, GatheredInserts>();

/**
 * Inserts rows. Within `eachTogether`, rows of several items that go to the same statement share it: no two of them may have the
 * same key.
 *
 * @param values the values of the rows, row by row
 */
export async function insertTogether(
  manager: EntityManager,
  insert: RowInsert,
  values: readonly SqlValue[],
): Promise<void> {
  if (values.length === 0) return;
  if (!isTogether(manager)) return insertRows(manager, insert, values);
  const inserts = gathered.get(manager) ?? new GatheredInserts(manager);
  gathered.set(manager, inserts);
  return inserts.add(insert, values);
}

async function insertRows(
  manager: EntityManager,
  { columns, textOf }: RowInsert,
  values: readonly SqlValue[],
): Promise<void> {
  const database = isPostgres(manager) ? 'postgres' : 'sqlite';
  const isThreaded = threadOf(manager) !== undefined;
  const sent: Promise<unknown>[] = [];
  let start = 0;
  for (const size of ROWS_PER_STATEMENT) {
    const length = size * columns;
    for (; values.length - start >= length; start += length) {
      const some = length === values.length ? values : values.slice(start, start + length);
      const inserting = query(manager, textOf(size, database), some);
      if (isThreaded) sent.push(inserting);
      else await inserting;
    }
  }
  await allOf(sent);
}

/** Gathers the inserts of a manager while several items are processed. */
class GatheredInserts {
  private waiting: Waiting[] = [];
  private isRunning = false;

  constructor(private readonly manager: EntityManager) {}

  add(insert: RowInsert, values: Waiting['values']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ insert, values, resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    for (;;) {
      // Items that have just been resolved send their next rows within this turn.
      await setImmediate();
      const insert = this.waiting[0]?.insert;
      if (!insert) break;
      const some = this.waiting.filter((one) => one.insert === insert);
      this.waiting = this.waiting.filter((one) => one.insert !== insert);
      await this.insert(insert, some);
    }
    this.isRunning = false;
  }

  private async insert(insert: RowInsert, some: readonly Waiting[]): Promise<void> {
    try {
      await insertRows(
        this.manager,
        insert,
        some.flatMap(({ values }) => values),
      );
      for (const { resolve } of some) resolve();
    } catch (cause) {
      for (const { reject } of some) reject(cause);
    }
  }
}
