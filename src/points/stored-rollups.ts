import type { EntityManager } from 'typeorm';
import { isPostgres, queryLists } from '../database/sql';
import { readListsTogether } from '../database/together';
import type { Schema } from '../sources/schema';
import { POINTS_SLOT, READ_COLUMNS, type RollupRow } from './rollup-rows';
import type { Summary } from './summary';

const SLOTS_PER_LOOKUP = 4;
/** The limit keeps PostgreSQL from joining: without statistics it would scan the table for many sources, see `eachTogether`. */
const FIND_SLOTS = `SELECT ${READ_COLUMNS} FROM rollups WHERE source = ? AND quarter = ?
  AND slot IN (${Array(SLOTS_PER_LOOKUP).fill('?').join(', ')}) LIMIT ${SLOTS_PER_LOOKUP}`;

const findKeys = (count: number) => `SELECT source, ${READ_COLUMNS} FROM rollups
  WHERE (source, slot, quarter) IN (VALUES ${Array(count).fill('(?, ?, ?)').join(', ')})`;
/** Few sizes, so that prepared statements are reused. */
const LARGEST_FIND = { size: 100, text: findKeys(100) };
const FIND_KEYS = [{ size: 10, text: findKeys(10) }, LARGEST_FIND];

/** The aggregates of new points of a source, by window and slot. */
export interface Addition {
  readonly source: { readonly number: number; readonly schema: Schema };
  readonly windows: ReadonlyMap<number, ReadonlyMap<number, Summary>>;
}

/** The primary key of a rollup. */
type Key = readonly [source: number, slot: number, rollupWindow: number];

interface WantedSlots {
  readonly source: number;
  readonly rollupWindow: number;
  readonly slots: readonly number[];
}

/** Finds a rollup among those that were read. */
export type FindRollup = (...key: Key) => RollupRow | undefined;

/** Reads the rollups to which these would be added, in few statements. */
export async function storedRollups(manager: EntityManager, additions: readonly Addition[]): Promise<FindRollup> {
  const windows = additions.flatMap(({ source, windows }) =>
    Array.from(windows, ([rollupWindow, slots]): WantedSlots => {
      return { source: source.number, rollupWindow, slots: [...slots.keys()] };
    }),
  );
  const [first] = windows;
  if (first && windows.length === 1 && (isPostgres(manager) || first.slots.length <= SLOTS_PER_LOOKUP)) {
    const rows = await readSlots(manager, first);
    return (_, slot) => rows.find((row) => Number(row[0]) === slot);
  }
  const found = new Map<string, RollupRow>();
  const note = (source: number, row: RollupRow) => found.set(nameOf([source, Number(row[0]), Number(row[1])]), row);
  if (isPostgres(manager)) {
    for (const window of windows) for (const row of await readSlots(manager, window)) note(window.source, row);
  } else {
    const counts = windows.map(({ source, rollupWindow }): Key => [source, POINTS_SLOT, rollupWindow]);
    await readKeys(manager, counts, note);
    // Without the rollup that counts the points of a window, there are no others.
    const filled = windows.filter((_, index) => found.has(nameOf(counts[index] as Key)));
    const others = filled.flatMap(({ source, rollupWindow, slots }) =>
      slots.filter((slot) => slot !== POINTS_SLOT).map((slot): Key => [source, slot, rollupWindow]),
    );
    await readKeys(manager, others, note);
  }
  return (...key) => found.get(nameOf(key));
}

/** The stored rollups of some slots in a window. */
async function readSlots(
  manager: EntityManager,
  { source, rollupWindow, slots: wanted }: WantedSlots,
): Promise<RollupRow[]> {
  // Without the rollup that counts the points, there are no others.
  const slots = [POINTS_SLOT, ...wanted.filter((slot) => slot !== POINTS_SLOT)];
  const rows: RollupRow[] = [];
  for (let start = 0; start < slots.length; start += SLOTS_PER_LOOKUP) {
    const some = Array.from(
      { length: SLOTS_PER_LOOKUP },
      (_, index) => slots[start + index] ?? (slots[start] as number),
    );
    for (const row of await readListsTogether(manager, FIND_SLOTS, [source, rollupWindow, ...some])) rows.push(row);
    if (rows.length === 0) break;
  }
  return rows;
}

async function readKeys(
  manager: EntityManager,
  keys: readonly Key[],
  note: (source: number, row: RollupRow) => void,
): Promise<void> {
  for (let start = 0; start < keys.length;) {
    const left = keys.length - start;
    const { size, text } = FIND_KEYS.find((one) => one.size >= left) ?? LARGEST_FIND;
    const some = keys.slice(start, start + size);
    // The last statement repeats its last key.
    while (some.length < size) some.push(some.at(-1) as Key);
    const values = some.flat();
    for (const [source, ...row] of await queryLists(manager, text, values)) note(Number(source), row);
    start += size;
  }
}

function nameOf([source, slot, rollupWindow]: Key): string {
  return `${source} ${slot} ${rollupWindow}`;
}
