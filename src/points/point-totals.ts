import type { EntityManager } from 'typeorm';
import { query, type SqlValue } from '../database/sql';

const OF_ALL = 'SELECT coalesce(sum(count), 0) AS count FROM point_totals';

/** A condition in SQL: whether anything is stored of a source's points. @param number SQL for the source's number */
export const hasTotal = (number: string) => `EXISTS (SELECT 1 FROM point_totals t WHERE t.source = ${number})`;

/** The stored points of some sources, including those that the retention of their buckets hides. */
export interface StoredTotal {
  readonly count: number;
  /** When points last arrived, in milliseconds since 1970, also where they were deleted since; null for never. */
  readonly ingestedAt: number | null;
}

/** @param sources a subquery for the sources' numbers, with these parameters */
export async function storedTotal(
  manager: EntityManager,
  sources: string,
  parameters: SqlValue[],
): Promise<StoredTotal> {
  const sql = `SELECT coalesce(sum(count), 0) AS count, max(ingested_at) AS "ingestedAt"
    FROM point_totals WHERE source IN (${sources})`;
  const [row] = await query<StoredTotal>(manager, sql, parameters);
  return row ?? { count: 0, ingestedAt: null };
}

/** The stored points of the whole database. */
export async function countAllStored(manager: EntityManager): Promise<number> {
  const [row] = await query<{ count: number }>(manager, OF_ALL, []);
  return row?.count ?? 0;
}
