import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isPostgres, query, threadOf, type SqlValue } from './sql';
import { allOf, eachTogether, isTogether } from './together';

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

/**
 * Inserts rows. Within `eachTogether` on PostgreSQL, and within `writeTogether`, rows of several items that go to the same statement
 * share it: no two of them may have the same key.
 *
 * @param values the values of the rows, row by row
 */
export async function insertTogether(
  manager: EntityManager,
  insert: RowInsert,
  values: readonly SqlValue[],
): Promise<void> {
  if (values.length === 0) return;
  const inserts = isTogether(manager) ? insertsOfTurnsOf(manager) : insertsOfItems.get(manager);
  return inserts ? inserts.add(insert, values) : insertRows(manager, insert, [values]);
}

/**
 * Like `eachTogether`, for items that write in the transaction of the manager, which no other work uses. No item may read what
 * another one inserts.
 */
export async function writeTogether<Item>(
  manager: EntityManager,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  if (items.length < 2 || isPostgres(manager) || threadOf(manager)) {
    await eachTogether(manager, items, work);
    return;
  }
  const inserts = new InsertsOfItems(manager, items.length);
  insertsOfItems.set(manager, inserts);
  try {
    await allOf(items.map((item) => work(item).finally(() => inserts.finishItem())));
  } finally {
    insertsOfItems.delete(manager);
  }
}

/** @param lists the values of the rows, row by row, in lists of whole rows */
async function insertRows(
  manager: EntityManager,
  { columns, textOf }: RowInsert,
  lists: readonly (readonly SqlValue[])[],
): Promise<void> {
  const database = isPostgres(manager) ? 'postgres' : 'sqlite';
  const isThreaded = threadOf(manager) !== undefined;
  const sent: Promise<unknown>[] = [];
  const values = new Values(lists);
  for (const size of ROWS_PER_STATEMENT) {
    const length = size * columns;
    while (values.left >= length) {
      const inserting = query(manager, textOf(size, database), values.take(length));
      if (isThreaded) sent.push(inserting);
      else await inserting;
    }
  }
  await allOf(sent);
}

/** Walks through the values of lists. */
class Values {
  left: number;
  private list = 0;
  private place = 0;

  constructor(private readonly lists: readonly (readonly SqlValue[])[]) {
    this.left = lists.reduce((sum, { length }) => sum + length, 0);
  }

  /** The next values. */
  take(count: number): readonly SqlValue[] {
    this.left -= count;
    const list = this.lists[this.list] ?? [];
    if (this.place + count <= list.length) {
      const start = this.place;
      this.place += count;
      return count === list.length ? list : list.slice(start, this.place);
    }
    // Has its final length from the beginning: a list that grows takes longer to fill.
    const taken = new Array<SqlValue>(count).fill(null);
    for (let index = 0; index < count; index++) {
      while (this.place === this.lists[this.list]?.length) {
        this.list += 1;
        this.place = 0;
      }
      taken[index] = this.lists[this.list]?.[this.place++] ?? null;
    }
    return taken;
  }
}

/** Gathers the inserts of a manager while several items are processed. */
abstract class GatheredInserts {
  protected waiting: Waiting[] = [];
  protected isRunning = false;

  constructor(private readonly manager: EntityManager) {}

  add(insert: RowInsert, values: Waiting['values']): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ insert, values, resolve, reject });
      this.runIfDue();
    });
  }

  protected abstract runIfDue(): void;

  /** Inserts the rows that wait for the same statement as the first ones. */
  protected async insertNext(): Promise<void> {
    const insert = this.waiting[0]?.insert;
    if (!insert) return;
    const some = this.waiting.filter((one) => one.insert === insert);
    this.waiting = this.waiting.filter((one) => one.insert !== insert);
    try {
      const lists = some.map(({ values }) => values);
      await insertRows(this.manager, insert, lists);
      for (const { resolve } of some) resolve();
    } catch (cause) {
      for (const { reject } of some) reject(cause);
    }
  }
}

/** For PostgreSQL: inserts when all items have sent their statements of a turn of the event loop. */
class InsertsOfTurns extends GatheredInserts {
  protected override runIfDue(): void {
    if (!this.isRunning) void this.run();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    for (;;) {
      // Items that have just been resolved send their next rows within this turn.
      await setImmediate();
      if (this.waiting.length === 0) break;
      await this.insertNext();
    }
    this.isRunning = false;
  }
}

/** For SQLite, where a transaction should not last for several turns of the event loop: inserts when no item can go on without. */
class InsertsOfItems extends GatheredInserts {
  constructor(
    manager: EntityManager,
    private unfinished: number,
  ) {
    super(manager);
  }

  finishItem(): void {
    this.unfinished -= 1;
    this.runIfDue();
  }

  protected override runIfDue(): void {
    if (!this.isRunning && this.isDue) void this.run();
  }

  private get isDue(): boolean {
    return this.waiting.length > 0 && this.waiting.length >= this.unfinished;
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.isDue) await this.insertNext();
    this.isRunning = false;
  }
}

const insertsOfTurns = new WeakMap<EntityManager, InsertsOfTurns>();
const insertsOfItems = new WeakMap<EntityManager, InsertsOfItems>();

function insertsOfTurnsOf(manager: EntityManager): InsertsOfTurns {
  let inserts = insertsOfTurns.get(manager);
  if (!inserts) insertsOfTurns.set(manager, (inserts = new InsertsOfTurns(manager)));
  return inserts;
}
