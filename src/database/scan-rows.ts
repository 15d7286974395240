import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { query, type SqlValue } from './sql';

/** This many rows are read and compared within one or two milliseconds. */
export const ROWS_PER_SLICE = 500;

/** A row as it is scanned, with its position. */
export interface ScannedRow {
  readonly id: string;
  readonly createdAt: number;
}

/** The rows of a table to look at. An index leads with the compared columns, and goes on with `created_at` and `id`. */
export interface Scan {
  /** SQL such as `id, created_at AS "createdAt", name`. */
  readonly columns: string;
  /** SQL such as `buckets WHERE organization_id = ?`, which rows match that were ever in the list. */
  readonly from: string;
  /** A further SQL condition for those that are in it now, such as `deleted_at IS NULL`. */
  readonly living?: string;
  readonly values: readonly SqlValue[];
}

/** Reads the rows of a scan in slices, oldest first, and yields to other work between them. */
export async function* scanRows<Row extends ScannedRow>(
  manager: EntityManager,
  { columns, from, living, values }: Scan,
  yieldTurn: YieldTurn,
): AsyncGenerator<readonly Row[], void> {
  const condition = living === undefined ? from : `${from} AND ${living}`;
  const sql = `SELECT ${columns} FROM ${condition} AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?`;
  for (let last: readonly SqlValue[] = [-1, '']; ;) {
    const rows: Row[] = await query<Row>(manager, sql, [...values, ...last, ROWS_PER_SLICE]);
    yield rows;
    const end = rows.at(-1);
    if (!end || rows.length < ROWS_PER_SLICE) return;
    last = [end.createdAt, end.id];
    await yieldTurn();
  }
}

/** A row of a scan, which may be deleted. */
export async function findScanned<Row extends ScannedRow>(
  manager: EntityManager,
  { columns, from, values }: Scan,
  id: string,
): Promise<Row | undefined> {
  const [row] = await query<Row>(manager, `SELECT ${columns} FROM ${from} AND id = ?`, [...values, id]);
  return row;
}
