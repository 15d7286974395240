import { rowInsert, type RowInsert } from '../database/insert-together';
import { COLUMN_SLOTS } from '../sources/schema';
import type { PackedPoint } from './values';

/** The columns of a point's values, by slot. */
export const COLUMNS = Array.from({ length: COLUMN_SLOTS }, (_, slot) => `v${slot}`);

const insertions = new Map<string, RowInsert>();

/** The statement that inserts rows with the first columns. */
export function insertion(columns: number, hasRest: boolean): RowInsert {
  const name = `${columns} ${hasRest}`;
  let insert = insertions.get(name);
  if (!insert) {
    const names = ['source', 'at', 'meta', ...COLUMNS.slice(0, columns), ...(hasRest ? ['rest'] : [])];
    insertions.set(name, (insert = rowInsert(`INSERT INTO points (${names.join(', ')})`, names.length)));
  }
  return insert;
}

/** Converts a row of `at, meta`, the columns and `rest`. */
export function toPoint(row: (string | number | null)[]): PackedPoint {
  return {
    at: Number(row[0]),
    meta: Number(row[1]),
    columns: row.slice(2, 2 + COLUMN_SLOTS) as (number | null)[],
    rest: row[2 + COLUMN_SLOTS] as string | null,
  };
}
