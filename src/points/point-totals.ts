import type { EntityManager } from 'typeorm';
import { insertTogether, rowInsert } from '../database/insert-together';
import { query, type SqlValue } from '../database/sql';
import type { StoredSource } from '../sources/source-rows';

const OF_ALL = 'SELECT coalesce(sum(count), 0) AS count FROM point_totals';
const ADD_TO_TOTAL = rowInsert(
  'point_totals (source, count, ingested_at, arrived_at)',
  4,
  ` ON CONFLICT (source) DO UPDATE SET count = point_totals.count + excluded.count, ingested_at = excluded.ingested_at,
    arrived_at = coalesce(excluded.arrived_at, point_totals.arrived_at)`,
);

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

/** How many points were stored in a source. */
export interface StoredCount {
  readonly source: StoredSource;
  readonly count: number;
  /** Whether they do not count as an arrival of data. */
  readonly isHistory: boolean;
}

/** Adds stored points to the totals of several sources, or of one. */
export async function addToTotals(manager: EntityManager, all: readonly StoredCount[]): Promise<void> {
  const now = Date.now();
  const rows = all.flatMap(({ source, count, isHistory }) => [source.number, count, now, isHistory ? null : now]);
  await insertTogether(manager, ADD_TO_TOTAL, rows);
}
