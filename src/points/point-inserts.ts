import type { EntityManager } from 'typeorm';
import { COLUMN_SLOTS } from '../sources/schema';
import type { StoredSource } from '../sources/source-rows';
import { query, type SqlValue } from '../database/sql';
import { insertion } from './point-statements';
import type { PackedPoint } from './values';

/** Only three statement lengths, so that prepared statements are reused. */
const ROWS_PER_INSERT = [100, 10, 1];

/** Inserts points. The statement lists only the columns that the source uses, since each bound value has a cost. */
export async function insertPoints(
  manager: EntityManager,
  { number, schema }: StoredSource,
  points: readonly PackedPoint[],
): Promise<void> {
  const columns = schema.reduce((most, { slot }) => (slot < COLUMN_SLOTS ? Math.max(most, slot + 1) : most), 0);
  const hasRest = schema.some(({ slot }) => slot >= COLUMN_SLOTS);
  let start = 0;
  for (const rows of ROWS_PER_INSERT) {
    for (; points.length - start >= rows; start += rows) {
      const values: SqlValue[] = [];
      for (let index = start; index < start + rows; index++) {
        const point = points[index] as PackedPoint;
        values.push(number, point.at, point.meta);
        for (let slot = 0; slot < columns; slot++) values.push(point.columns[slot] as number | null);
        if (hasRest) values.push(point.rest);
      }
      await query(manager, insertion(rows, columns, hasRest), values);
    }
  }
}
