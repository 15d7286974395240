import { rowInsert, type RowInsert } from '../database/insert-together';
import { COLUMN_SLOTS } from '../sources/schema';
import type { PackedPoint } from './values';

/** The columns of a point's values, by slot. */
export const COLUMNS = Array.from({ length: COLUMN_SLOTS }, (_, slot) => `v${slot}`);

const statements = new Map<string, RowInsert>();

/** The statement that inserts rows with the first columns, or replaces stored rows. */
export function insertion(columns: number, hasRest: boolean, replaces = false): RowInsert {
  const name = `${columns} ${hasRest} ${replaces}`;
  let insert = statements.get(name);
  if (!insert) {
    const values = [...COLUMNS.slice(0, columns), ...(hasRest ? ['rest'] : [])];
    const names = ['source', 'at', 'meta', ...values];
    const changes = values.map((one) => `${one} = excluded.${one}`).join(', ');
    const tail = replaces ? ` ON CONFLICT (source, at, meta) DO UPDATE SET ${changes}` : '';
    statements.set(name, (insert = rowInsert(`points (${names.join(', ')})`, names.length, tail)));
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
