import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { insertTogether } from '../database/insert-together';
import type { SqlValue } from '../database/sql';
import { insertion, usedColumns } from './point-statements';
import type { PackedPoint } from './values';

/** Inserts points. The statement lists only the columns that the source uses, since each bound value has a cost. */
export async function insertPoints(
  manager: EntityManager,
  { number, schema }: StoredSource,
  points: readonly PackedPoint[],
): Promise<void> {
  const { width: columns, hasRest } = usedColumns(schema);
  const values: SqlValue[] = [];
  for (const point of points) {
    values.push(number, point.at, point.meta);
    for (let slot = 0; slot < columns; slot++) values.push(point.columns[slot] as number | null);
    if (hasRest) values.push(point.rest);
  }
  await insertTogether(manager, insertion(columns, hasRest), values);
}
