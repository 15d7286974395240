import type { EntityManager } from 'typeorm';
import { query, type SqlValue } from '../database/sql';

const OF_ALL = 'SELECT coalesce(sum(count), 0) AS count FROM point_totals';

/** An SQL condition: whether a total is stored for a source. @param number SQL for the source number */
export const hasTotal = (number: string) => `EXISTS (SELECT 1 FROM point_totals t WHERE t.source = ${number})`;

/** The stored points of some sources, including expired points that retention has not deleted yet. */
export interface StoredTotal {
  readonly count: number;
  /** The time of the last arrival in milliseconds since 1970, also if its points were deleted since; null for never. */
  readonly ingestedAt: number | null;
}

/** @param sources a subquery for the source numbers, with these parameters */
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

/** How many of some sources have points, the last of which arrived before a time. @param sources as for `storedTotal` */
export async function countSilent(
  manager: EntityManager,
  sources: string,
  parameters: SqlValue[],
  beforeMillis: number,
): Promise<number> {
  const sql = `SELECT count(*) AS count FROM point_totals WHERE count > 0 AND source IN (${sources}) AND ingested_at < ?`;
  const [row] = await query<{ count: number }>(manager, sql, [...parameters, beforeMillis]);
  return row?.count ?? 0;
}

/** The stored points of the whole database. */
export async function countAllStored(manager: EntityManager): Promise<number> {
  const [row] = await query<{ count: number }>(manager, OF_ALL, []);
  return row?.count ?? 0;
}
