import type { EntityManager } from 'typeorm';
import type { Field } from '../sources/schema';
import { isPostgres } from '../database/sql';
import { readTogether } from '../database/together';
import { rollupWindowOf } from './rollups';
import type { Value } from './values';

const FIELDS_PER_STATEMENT = 16;

/**
 * The last rollup window of each field, which has the last value and its time. It takes one index lookup per field, also for a
 * field that is missing in the last million points.
 */
const lastWindows = (slot: string) => `SELECT r.slot, r.last, r.last_text AS "lastText", r.last_at AS "lastAt"
  FROM (SELECT DISTINCT slot FROM (${Array(FIELDS_PER_STATEMENT).fill(`SELECT ${slot} AS slot`).join(' UNION ALL ')}) AS listed)
    AS wanted
  JOIN rollups r ON r.source = ? AND r.slot = wanted.slot AND r.quarter =
    (SELECT max(q.quarter) FROM rollups q WHERE q.source = ? AND q.slot = wanted.slot AND q.quarter >= ?)`;
/** PostgreSQL cannot infer the type of a bare parameter. */
const LAST_WINDOWS = { sqlite: lastWindows('?'), postgres: lastWindows('CAST(? AS integer)') };

interface LastRow {
  readonly slot: number;
  readonly last: number | null;
  readonly lastText: string | null;
  readonly lastAt: number;
}

/** The last value of a field, and the time of its point. */
export interface LastValue {
  readonly value: Value;
  readonly at: number;
}

/** The last value of each field of a source by name, without fields that have no value since `from`. */
export async function lastValues(
  manager: EntityManager,
  source: number,
  fields: readonly Field[],
  from: number,
): Promise<Map<string, LastValue>> {
  const sql = isPostgres(manager) ? LAST_WINDOWS.postgres : LAST_WINDOWS.sqlite;
  const bySlot = new Map<number, LastRow>();
  for (let start = 0; start < fields.length; start += FIELDS_PER_STATEMENT) {
    const slots = Array.from(
      { length: FIELDS_PER_STATEMENT },
      (_, index) => (fields[start + index] ?? (fields[start] as Field)).slot,
    );
    for (const row of await readTogether<LastRow>(manager, sql, [...slots, source, source, rollupWindowOf(from)]))
      bySlot.set(row.slot, row);
  }
  const values = new Map<string, LastValue>();
  for (const { name, slot, type } of fields) {
    const row = bySlot.get(slot);
    const at = row?.lastAt ?? -1;
    // The first rollup window may have values before `from`.
    if (!row || at < from) continue;
    const { last, lastText } = row;
    values.set(name, { value: lastText ?? (type === 'boolean' ? last === 1 : (last ?? 0)), at });
  }
  return values;
}
