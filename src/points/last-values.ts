import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Field } from '../sources/schema';
import type { StoredSource } from '../sources/source-rows';
import { isPostgres } from '../database/sql';
import { readTogether } from '../database/together';
import { pointsPerRead } from './page-size';
import { hasPending, latestPending } from './pending-rollups';
import { readPoints, type Place, type Range } from './point-reads';
import { AFTER_ALL_WINDOWS, ROLLUP_WINDOW_MILLIS, rollupWindowOf } from './rollups';
import { othersOf, valueOf, type Value } from './values';

const FIELDS_PER_STATEMENT = 16;
/** Pending windows that are found in about a millisecond. */
const PENDING_PER_READ = 100;

/**
 * The last rollup window of each field, which has the last value and its time. It takes one index lookup per field, also for a
 * field that is missing in the last million points.
 */
const lastWindows = (
  slot: string,
  lastWindow: string,
) => `SELECT r.slot, r.last, r.last_text AS "lastText", r.last_at AS "lastAt",
    EXISTS (SELECT 1 FROM pending_rollups p WHERE p.source = ? AND p.quarter >= ?) AS "isPending"
  FROM (SELECT DISTINCT slot FROM (${Array(FIELDS_PER_STATEMENT).fill(`SELECT ${slot} AS slot`).join(' UNION ALL ')}) AS listed)
    AS wanted
  JOIN rollups r ON r.source = ? AND r.slot = wanted.slot AND r.quarter =
    (${lastWindow})`;
const LAST = 'SELECT max(q.quarter) FROM rollups q WHERE q.source = ? AND q.slot = wanted.slot AND q.quarter >= ?';
/** The last one whose rollups are right. */
const LAST_COMPLETE = `SELECT q.quarter FROM rollups q WHERE q.source = ? AND q.slot = wanted.slot AND q.quarter >= ?
  AND NOT EXISTS (SELECT 1 FROM pending_rollups p WHERE p.source = q.source AND p.quarter = q.quarter)
  ORDER BY q.quarter DESC LIMIT 1`;
/** PostgreSQL cannot infer the type of a bare parameter. */
const ON_POSTGRES = 'CAST(? AS integer)';
const LAST_WINDOWS = { sqlite: lastWindows('?', LAST), postgres: lastWindows(ON_POSTGRES, LAST) };
const LAST_COMPLETE_WINDOWS = {
  sqlite: lastWindows('?', LAST_COMPLETE),
  postgres: lastWindows(ON_POSTGRES, LAST_COMPLETE),
};

interface LastRow {
  readonly slot: number;
  readonly last: number | null;
  readonly lastText: string | null;
  readonly lastAt: number;
  /** Whether the source has pending windows. */
  readonly isPending: boolean | number;
}

/** The last value of a field, and the time of its point. */
export interface LastValue {
  readonly value: Value;
  readonly at: number;
}

/** The last value of each field of a source by name, without fields that have no value since `from`. */
export async function lastValues(
  manager: EntityManager,
  source: StoredSource,
  from: number,
  yieldTurn: YieldTurn,
): Promise<Map<string, LastValue>> {
  const { number, schema } = source;
  const windows = [rollupWindowOf(from), AFTER_ALL_WINDOWS] as const;
  const rows = await lastRows(manager, source, windows[0], LAST_WINDOWS);
  const [row] = rows;
  const isPending = row ? Boolean(row.isPending) : await hasPending(manager, number, windows);
  const complete = isPending ? await lastRows(manager, source, windows[0], LAST_COMPLETE_WINDOWS) : rows;
  const last = valuesOf(source, complete, from);
  if (isPending) await addPending(manager, source, { last, from, windows }, yieldTurn);
  const inOrder = schema.flatMap(({ name }) => {
    const value = last.get(name);
    return value ? [[name, value] as const] : [];
  });
  return new Map(inOrder);
}

async function lastRows(
  manager: EntityManager,
  { number, schema }: StoredSource,
  firstWindow: number,
  texts: typeof LAST_WINDOWS,
): Promise<LastRow[]> {
  const sql = isPostgres(manager) ? texts.postgres : texts.sqlite;
  const rows: LastRow[] = [];
  for (let start = 0; start < schema.length; start += FIELDS_PER_STATEMENT) {
    const slots = Array.from(
      { length: FIELDS_PER_STATEMENT },
      (_, index) => (schema[start + index] ?? (schema[start] as Field)).slot,
    );
    const values = [number, firstWindow, ...slots, number, number, firstWindow];
    rows.push(...(await readTogether<LastRow>(manager, sql, values)));
  }
  return rows;
}

function valuesOf({ schema }: StoredSource, rows: readonly LastRow[], from: number): Map<string, LastValue> {
  const bySlot = new Map(rows.map((row) => [row.slot, row]));
  const values = new Map<string, LastValue>();
  for (const { name, slot, type } of schema) {
    const row = bySlot.get(slot);
    const at = row?.lastAt ?? -1;
    // The first rollup window may have values before `from`.
    if (!row || at < from) continue;
    const { last, lastText } = row;
    values.set(name, { value: lastText ?? (type === 'boolean' ? last === 1 : (last ?? 0)), at });
  }
  return values;
}

interface LastOfRange {
  readonly last: Map<string, LastValue>;
  readonly from: number;
  readonly windows: readonly [from: number, to: number];
}

/** Adds the last values of pending windows, from their points. */
async function addPending(
  manager: EntityManager,
  source: StoredSource,
  { last, from, windows: [first, end] }: LastOfRange,
  yieldTurn: YieldTurn,
): Promise<void> {
  for (let before = end; ;) {
    const pending = await latestPending(manager, source.number, [first, before], PENDING_PER_READ);
    for (const { rollupWindow } of pending) {
      const start = Math.max(from, rollupWindow * ROLLUP_WINDOW_MILLIS);
      const range: Range = [start, (rollupWindow + 1) * ROLLUP_WINDOW_MILLIS];
      const wanted = source.schema.filter(({ name }) => (last.get(name)?.at ?? -1) < start);
      if (wanted.length === 0) return;
      await addLast(manager, source, { last, range, wanted }, yieldTurn);
      before = rollupWindow;
    }
    if (pending.length < PENDING_PER_READ) return;
  }
}

/** Adds the last values of these fields in a range. */
async function addLast(
  manager: EntityManager,
  source: StoredSource,
  { last, range, wanted }: { last: Map<string, LastValue>; range: Range; wanted: readonly Field[] },
  yieldTurn: YieldTurn,
): Promise<void> {
  const missing = new Set(wanted);
  const most = pointsPerRead(source.schema);
  // The last point has all values in most cases.
  for (let [limit, after]: [number, Place | undefined] = [1, undefined]; missing.size > 0; limit = most) {
    const points = await readPoints(manager, source, range, { limit, sort: 'desc', after });
    for (const point of points) {
      const others = othersOf(point);
      for (const field of missing) {
        const value = valueOf(field, point.columns, others);
        if (value === undefined) continue;
        last.set(field.name, { value, at: point.at });
        missing.delete(field);
      }
    }
    await yieldTurn();
    if (points.length < limit) return;
    after = points.at(-1);
  }
}
