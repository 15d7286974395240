import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { isPostgres, query, queryLists, threadOf, type SqlValue } from './sql';

/** The most reads in one combined statement. */
export const MAX_READS_PER_STATEMENT = 500;
/** The size of the cache of combined statements. */
export const MAX_TEXTS = 200;

interface Waiting {
  readonly sql: string;
  readonly values: readonly number[];
  readonly resolve: (rows: Record<string, SqlValue>[]) => void;
  readonly reject: (cause: unknown) => void;
}

const combinedReads = new WeakMap<EntityManager, CombinedReads>();

/**
 * Processes items concurrently. On PostgreSQL, reads through `readTogether` with the same SQL that wait at the same time are
 * combined into one statement, so that many sources need few statements and one connection. In a worker thread of SQLite,
 * items share round trips. Otherwise SQLite's statements are synchronous, and items are processed one after the other.
 *
 * @param manager a manager that no other work uses
 */
export async function eachTogether<Item, Result>(
  manager: EntityManager,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  if (items.length > 1 && threadOf(manager)) return allOf(items.map(work));
  if (!isPostgres(manager) || items.length < 2) {
    const results: Result[] = [];
    for (const item of items) results.push(await work(item));
    return results;
  }
  const reads = combinedReads.get(manager) ?? new CombinedReads(manager);
  combinedReads.set(manager, reads);
  reads.workers += items.length;
  try {
    return await allOf(items.map(work));
  } finally {
    reads.workers -= items.length;
  }
}

/** Like `Promise.all`, but waits for all promises before it rejects, so that none of them uses the manager later. */
export async function allOf<Result>(works: readonly Promise<Result>[]): Promise<Result[]> {
  const settled = await Promise.allSettled(works);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

/** Whether `eachTogether` is processing several items with this manager. */
export function isTogether(manager: EntityManager): boolean {
  return combinedReads.get(manager)?.isShared ?? false;
}

/** Like `query`, for a statement with integer parameters and ordered rows. May be combined: see `eachTogether`. */
export function readTogether<Row>(manager: EntityManager, sql: string, values: readonly number[]): Promise<Row[]> {
  const reads = combinedReads.get(manager);
  return reads?.isShared ? (reads.read(sql, values) as Promise<Row[]>) : query<Row>(manager, sql, values);
}

/** Like `queryLists`, combined like `readTogether`. The statement must name its columns. */
export async function readListsTogether(
  manager: EntityManager,
  sql: string,
  values: readonly number[],
): Promise<SqlValue[][]> {
  const reads = combinedReads.get(manager);
  if (!reads?.isShared) return queryLists(manager, sql, values);
  return (await reads.read(sql, values)).map((row) => Object.values(row));
}

/** Combines the reads of a manager while several items are processed. */
class CombinedReads {
  workers = 0;
  private waiting: Waiting[] = [];
  private isRunning = false;

  constructor(private readonly manager: EntityManager) {}

  get isShared(): boolean {
    return this.workers > 0;
  }

  read(sql: string, values: readonly number[]): Promise<Record<string, SqlValue>[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ sql, values, resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    for (;;) {
      // Workers that have just received rows request their next ones within this turn.
      await setImmediate();
      const sql = this.waiting[0]?.sql;
      if (sql === undefined) break;
      const some = this.waiting.filter((one) => one.sql === sql).slice(0, MAX_READS_PER_STATEMENT);
      const taken = new Set(some);
      this.waiting = this.waiting.filter((one) => !taken.has(one));
      await this.readSome(sql, some).catch((cause: unknown) => some.forEach(({ reject }) => reject(cause)));
    }
    this.isRunning = false;
  }

  private async readSome(sql: string, some: readonly Waiting[]): Promise<void> {
    const isWhole = some.every(({ values }) => values.every(Number.isSafeInteger));
    if (some.length === 1 || !isWhole) {
      for (const { values, resolve } of some) resolve(await query(this.manager, sql, values));
      return;
    }
    const { text, values } = combined(
      sql,
      some.map((one) => one.values),
    );
    const rows = await this.manager.query<Record<string, SqlValue>[]>(text, values);
    const results = some.map((): Record<string, SqlValue>[] => []);
    for (const { list_number: list, ...row } of rows) results[Number(list) - 1]?.push(row);
    some.forEach(({ resolve }, index) => resolve(results[index] ?? []));
  }
}

const texts = new Map<string, string>();

/**
 * One statement for several lists of values. Values that are equal in all lists stay plain parameters, which the planner can use.
 * A subquery with ORDER BY or LIMIT that refers to the list is executed by a nested loop, which preserves the order.
 */
function combined(
  sql: string,
  lists: readonly (readonly number[])[],
): { readonly text: string; readonly values: (number | number[])[] } {
  const [first = []] = lists;
  // The first parameter is always a list, to number the rows.
  const isList = first.map((value, place) => place === 0 || lists.some((list) => list[place] !== value));
  const values = first.map((value, place) => (isList[place] ? lists.map((list) => list[place] ?? 0) : value));
  const name = `${isList.map(Number).join('')} ${sql}`;
  const text = texts.get(name) ?? combinedText(sql, isList);
  if (texts.size >= MAX_TEXTS) texts.clear();
  texts.set(name, text);
  return { text, values };
}

function combinedText(sql: string, isList: readonly boolean[]): string {
  const places = isList.map((_, place) => place).filter((place) => isList[place]);
  let next = 0;
  const inner = sql.replace(/\?/g, () => {
    const place = next++;
    return isList[place] ? `lists.p${place}` : `$${place + 1}::bigint`;
  });
  const arrays = places.map((place) => `$${place + 1}::bigint[]`).join(', ');
  const names = places.map((place) => `p${place}`).join(', ');
  return `SELECT found.*, lists.list_number FROM unnest(${arrays}) WITH ORDINALITY AS lists(${names}, list_number)
    CROSS JOIN LATERAL (${inner}) AS found`;
}
