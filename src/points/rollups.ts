import type { EntityManager } from 'typeorm';
import type { Field, Schema } from '../sources/schema';
import { insertTogether, rowInsert } from '../database/insert-together';
import { isPostgres, query, queryLists, threadOf, type SqlValue } from '../database/sql';
import { readListsTogether, readTogether } from '../database/together';
import { endPending } from './pending-rollups';
import { COLUMNS, columnsOf, READ_COLUMNS, toSummary, type RollupRow } from './rollup-rows';
import { layoutOf } from './schema-layout';
import { Summary } from './summary';
import { othersOf, valueOf, type Others, type PackedPoint } from './values';

export const ROLLUP_WINDOW_MILLIS = 900_000;
/** The slot that counts the points. */
export const POINTS_SLOT = -1;

/** The largest window number of the column, about sixty thousand years. */
export const AFTER_ALL_WINDOWS = 2_147_483_647;

export function rollupWindowOf(at: number): number {
  return Math.floor(at / ROLLUP_WINDOW_MILLIS);
}

const STORE = rowInsert(
  `rollups (${COLUMNS.join(', ')})`,
  COLUMNS.length,
  ` ON CONFLICT (source, slot, quarter) DO UPDATE SET ${COLUMNS.slice(3)
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')}`,
);
const SLOTS_PER_LOOKUP = 4;
/** The limit keeps PostgreSQL from joining: without statistics it would scan the table for many sources, see `eachTogether`. */
const FIND_SLOTS = `SELECT ${READ_COLUMNS} FROM rollups WHERE source = ? AND quarter = ?
  AND slot IN (${Array(SLOTS_PER_LOOKUP).fill('?').join(', ')}) LIMIT ${SLOTS_PER_LOOKUP}`;
/** From so many sources on, their rollups are read together. */
const MANY_SOURCES = 10;
const NO_SOURCE = -1;
const ROLLUPS_PER_LOOKUP = 100;
/** One index lookup per rollup. */
const FIND_EACH = `SELECT asked.column1, ${READ_COLUMNS} FROM (VALUES ${Array(ROLLUPS_PER_LOOKUP).fill('(?, ?, ?)').join(', ')}) asked
  CROSS JOIN rollups ON source = asked.column1 AND slot = asked.column2 AND quarter = asked.column3`;
const FIND_RANGE = `SELECT ${READ_COLUMNS} FROM rollups WHERE source = ? AND slot = ? AND quarter >= ? AND quarter < ? ORDER BY quarter`;
const COUNT_RANGE = `SELECT coalesce(sum(n), 0) AS count FROM rollups
  WHERE source = ? AND slot = ${POINTS_SLOT} AND quarter >= ? AND quarter < ?`;
const REMOVE_ROLLUPS = 'DELETE FROM rollups WHERE source = ? AND slot = ? AND quarter >= ? AND quarter < ?';
const NEXT_SLOT = 'SELECT min(slot) AS slot FROM rollups WHERE source = ? AND slot > ?';

/** The summary of one field in one rollup window. */
export interface WindowSummary {
  readonly rollupWindow: number;
  readonly summary: Summary;
}

/**
 * Aggregates the points of one rollup window, field by field.
 *
 * @param summaries the summaries of earlier points, to which these are added
 */
export function summarise(
  schema: Schema,
  points: readonly PackedPoint[],
  summaries = new Map<number, Summary>(),
): Map<number, Summary> {
  const all = summaries.get(POINTS_SLOT) ?? new Summary();
  for (const point of points) all.add(point, true);
  summaries.set(POINTS_SLOT, all);
  const others = points.map(othersOf);
  for (const field of fieldsOf(schema, others)) {
    let summary = summaries.get(field.slot);
    for (let index = 0; index < points.length; index++) {
      const point = points[index] as PackedPoint;
      const value = valueOf(field, point.columns, others[index] as Others);
      if (value === undefined) continue;
      if (!summary) summaries.set(field.slot, (summary = new Summary()));
      summary.add(point, value);
    }
  }
  return summaries;
}

/** The fields of a schema that points can have, without those outside the columns that none of them has. */
function fieldsOf(schema: Schema, all: readonly Others[]): readonly Field[] {
  const { columnFields, hasRest, fieldAt } = layoutOf(schema);
  if (!hasRest) return columnFields;
  const slots = new Set(all.flatMap((others) => Object.keys(others)));
  return [...columnFields, ...[...slots].flatMap((slot) => fieldAt(Number(slot)) ?? [])];
}

/** The aggregates of new points of a source, by window and slot. */
export interface Addition {
  readonly source: { readonly number: number; readonly schema: Schema };
  readonly windows: ReadonlyMap<number, ReadonlyMap<number, Summary>>;
}

/** Adds aggregates of new points to the rollups of several sources, or of one. */
export async function addToRollups(manager: EntityManager, additions: readonly Addition[]): Promise<void> {
  const rows: SqlValue[] = [];
  const all = readsTogether(manager, additions) ? await readAll(manager, additions) : undefined;
  for (const { source, windows } of additions)
    for (const [rollupWindow, added] of windows) {
      const slots = [POINTS_SLOT, ...[...added.keys()].filter((slot) => slot !== POINTS_SLOT)];
      const stored = all ? undefined : await readSlots(manager, source.number, rollupWindow, slots);
      for (const [slot, summary] of added) {
        const row = stored ? stored.get(slot) : all?.get(keyOf(source.number, slot, rollupWindow));
        const whole = row ? toSummary(row, layoutOf(source.schema).fieldAt(slot)) : summary;
        if (row) whole.merge(summary);
        rows.push(source.number, slot, rollupWindow, ...columnsOf(whole));
      }
    }
  await insertTogether(manager, STORE, rows);
}

/** For few sources, reading each window is quicker. Other connections combine the statements of several sources in their own way. */
function readsTogether(manager: EntityManager, additions: readonly Addition[]): boolean {
  return additions.length >= MANY_SOURCES && !isPostgres(manager) && !threadOf(manager);
}

/** The stored rollups that are added to, by key. */
async function readAll(manager: EntityManager, additions: readonly Addition[]): Promise<Map<string, RollupRow>> {
  const asked: number[] = [];
  for (const { source, windows } of additions)
    for (const [rollupWindow, added] of windows)
      for (const slot of added.keys()) asked.push(source.number, slot, rollupWindow);
  const found = new Map<string, RollupRow>();
  const size = 3 * ROLLUPS_PER_LOOKUP;
  for (let start = 0; start < asked.length; start += size) {
    const some = Array.from({ length: size }, (_, index) => asked[start + index] ?? NO_SOURCE);
    for (const [source, ...row] of await queryLists(manager, FIND_EACH, some))
      found.set(keyOf(Number(source), Number(row[0]), Number(row[1])), row);
  }
  return found;
}

function keyOf(source: number, slot: number, rollupWindow: number): string {
  return `${source} ${slot} ${rollupWindow}`;
}

/** The stored rollups of some slots in a window, by slot. The first slot is `POINTS_SLOT`: without its rollup, there are no others. */
async function readSlots(
  manager: EntityManager,
  source: number,
  rollupWindow: number,
  slots: readonly number[],
): Promise<Map<number, RollupRow>> {
  const rows = new Map<number, RollupRow>();
  for (let start = 0; start < slots.length; start += SLOTS_PER_LOOKUP) {
    const some = Array.from(
      { length: SLOTS_PER_LOOKUP },
      (_, index) => slots[start + index] ?? (slots[start] as number),
    );
    for (const row of await readListsTogether(manager, FIND_SLOTS, [source, rollupWindow, ...some]))
      rows.set(Number(row[0]), row);
    if (!rows.has(POINTS_SLOT)) break;
  }
  return rows;
}

/** Replaces the rollups of a window with the aggregates of all its points, so that none is pending. */
export async function replaceRollups(
  manager: EntityManager,
  { number, schema }: { readonly number: number; readonly schema: Schema },
  rollupWindow: number,
  summaries: ReadonlyMap<number, Summary>,
): Promise<void> {
  const rows: SqlValue[] = [];
  for (const slot of [POINTS_SLOT, ...schema.map((field) => field.slot)]) {
    const summary = summaries.get(slot);
    if (summary && summary.n > 0) rows.push(number, slot, rollupWindow, ...columnsOf(summary));
    else await query(manager, REMOVE_ROLLUPS, [number, slot, rollupWindow, rollupWindow + 1]);
  }
  await insertTogether(manager, STORE, rows);
  await endPending(manager, number, [rollupWindow, rollupWindow + 1]);
}

/** Replaces the rollup that counts the points of a window. */
export async function replaceCount(
  manager: EntityManager,
  source: number,
  { rollupWindow, summary }: WindowSummary,
): Promise<void> {
  await insertTogether(manager, STORE, [source, POINTS_SLOT, rollupWindow, ...columnsOf(summary)]);
}

/** Deletes the rollups of these windows. */
export async function deleteRollups(
  manager: EntityManager,
  { number, schema }: { readonly number: number; readonly schema: Schema },
  [from, to]: readonly [number, number],
): Promise<void> {
  for (const slot of [POINTS_SLOT, ...schema.map((field) => field.slot)])
    await query(manager, REMOVE_ROLLUPS, [number, slot, from, to]);
  await endPending(manager, number, [from, to]);
}

/** Deletes the rollups of these windows, also for slots that are not in the schema. */
export async function deleteAllRollups(
  manager: EntityManager,
  { number }: { readonly number: number },
  [from, to]: readonly [number, number],
): Promise<void> {
  for (let slot: number | null = POINTS_SLOT; slot !== null;) {
    await query(manager, REMOVE_ROLLUPS, [number, slot, from, to]);
    const [next]: { slot: number | null }[] = await query(manager, NEXT_SLOT, [number, slot]);
    slot = next?.slot ?? null;
  }
  await endPending(manager, number, [from, to]);
}

/** Counts the points in these rollup windows. */
export async function countInWindows(
  manager: EntityManager,
  source: number,
  [from, to]: readonly [number, number],
): Promise<number> {
  const [row] = await readTogether<{ count: number }>(manager, COUNT_RANGE, [source, from, to]);
  return row?.count ?? 0;
}

/** Reads the rollups of one field in a range of windows. */
export async function readRollups(
  manager: EntityManager,
  source: number,
  field: Field | undefined,
  [from, to]: readonly [number, number],
): Promise<WindowSummary[]> {
  const rows = await readListsTogether(manager, FIND_RANGE, [source, field?.slot ?? POINTS_SLOT, from, to]);
  return rows.map((row) => ({ rollupWindow: Number(row[1]), summary: toSummary(row, field) }));
}
