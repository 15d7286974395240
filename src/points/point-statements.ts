import { COLUMN_SLOTS } from '../sources/schema';
import type { PackedPoint } from './values';

/** The columns of a point's values, by slot. */
export const COLUMNS = Array.from({ length: COLUMN_SLOTS }, (_, slot) => `v${slot}`);

const insertions = new Map<string, string>();

/** The statement that inserts rows with the first columns. Cached by combination, so that prepared statements are reused. */
export function insertion(rows: number, columns: number, hasRest: boolean): string {
  const name = `${rows} ${columns} ${hasRest}`;
  let text = insertions.get(name);
  if (text === undefined) {
    const names = ['source', 'at', 'meta', ...COLUMNS.slice(0, columns), ...(hasRest ? ['rest'] : [])];
    const row = `(${names.map(() => '?').join(', ')})`;
    text = `INSERT INTO points (${names.join(', ')}) VALUES ${Array(rows).fill(row).join(', ')}`;
    insertions.set(name, text);
  }
  return text;
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
