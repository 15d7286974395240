import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { insertTogether, type RowInsert } from '../database/insert-together';
import type { SqlValue } from '../database/sql';
import { insertion } from './point-statements';
import { layoutOf } from './schema-layout';
import type { PackedPoint } from './values';

/** Points of a source. */
interface PointsOf {
  readonly source: StoredSource;
  readonly points: readonly PackedPoint[];
}

/** Inserts points of several sources, or of one. The statement lists only the columns that a source uses, since each bound value has a cost. */
export async function insertPoints(manager: EntityManager, all: readonly PointsOf[]): Promise<void> {
  await writePoints(manager, all, false);
}

/** Replaces stored points of a source. */
export async function replacePoints(manager: EntityManager, stored: PointsOf): Promise<void> {
  await writePoints(manager, [stored], true);
}

async function writePoints(manager: EntityManager, all: readonly PointsOf[], replaces: boolean): Promise<void> {
  const inserts = new Map<RowInsert, SqlValue[]>();
  for (const { source, points } of all) {
    const { width, hasRest } = layoutOf(source.schema);
    const insert = insertion(width, hasRest, replaces);
    const values = inserts.get(insert) ?? [];
    inserts.set(insert, values);
    for (const point of points) {
      values.push(source.number, point.at, point.meta);
      for (let slot = 0; slot < width; slot++) values.push(point.columns[slot] as number | null);
      if (hasRest) values.push(point.rest);
    }
  }
  for (const [insert, values] of inserts) await insertTogether(manager, insert, values);
}
