import { rowInsert, type RowInsert } from '../database/insert-together';
import { COLUMN_SLOTS, type Schema } from '../sources/schema';
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
    insertions.set(name, (insert = rowInsert(`points (${names.join(', ')})`, names.length)));
  }
  return insert;
}

/** Converts a row of `at, meta`, the columns and `rest`. */
export function toPoint(row: (string | number | null)[]): PackedPoint {
  return toNarrowPoint(row, COLUMN_SLOTS, true);
}

/** Converts a row of `at, meta`, the first columns, and `rest` if it has that. */
export function toNarrowPoint(row: (string | number | null)[], width: number, hasRest: boolean): PackedPoint {
  const columns: (number | null)[] = [];
  for (let slot = 0; slot < COLUMN_SLOTS; slot++) columns.push(slot < width ? (row[2 + slot] as number | null) : null);
  return {
    at: Number(row[0]),
    meta: Number(row[1]),
    columns,
    rest: hasRest ? (row[2 + width] as string | null) : null,
  };
}

/** The first columns that a source uses, and whether it has other values. */
export function usedColumns(schema: Schema): { readonly width: number; readonly hasRest: boolean } {
  const width = schema.reduce((most, { slot }) => (slot < COLUMN_SLOTS ? Math.max(most, slot + 1) : most), 0);
  return { width, hasRest: schema.some(({ slot }) => slot >= COLUMN_SLOTS) };
}
