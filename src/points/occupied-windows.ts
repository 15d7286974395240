import type { EntityManager } from 'typeorm';
import { readListsTogether, readTogether } from '../database/together';
import { POINTS_SLOT } from './rollups';

const COUNT_SOME = `SELECT coalesce(sum(n), 0) AS count FROM (SELECT n FROM rollups
  WHERE source = ? AND slot = ${POINTS_SLOT} AND quarter >= ? AND quarter < ? ORDER BY quarter LIMIT ?) AS counted`;
const FIND_OCCUPIED = `SELECT quarter, n FROM rollups
  WHERE source = ? AND slot = ${POINTS_SLOT} AND quarter >= ? AND quarter < ? ORDER BY quarter LIMIT ?`;
const NEAREST = {
  asc: 'SELECT min(quarter) AS "rollupWindow" FROM rollups WHERE source = ? AND slot = ? AND quarter >= ? AND quarter < ?',
  desc: 'SELECT max(quarter) AS "rollupWindow" FROM rollups WHERE source = ? AND slot = ? AND quarter >= ? AND quarter < ?',
};

/** Counts the points in these rollup windows. Exact up to `enough`, and reads no more rollup windows than needed for that. */
export async function countInWindowsUpTo(
  manager: EntityManager,
  source: number,
  [from, to]: readonly [number, number],
  enough: number,
): Promise<number> {
  const [row] = await readTogether<{ count: number }>(manager, COUNT_SOME, [source, from, to, enough]);
  return row?.count ?? 0;
}

/** The first rollup windows of a range that have points, with their counts. */
export async function occupiedWindows(
  manager: EntityManager,
  source: number,
  [from, to]: readonly [number, number],
  most: number,
): Promise<{ readonly rollupWindow: number; readonly n: number }[]> {
  const rows = await readListsTogether(manager, FIND_OCCUPIED, [source, from, to, most]);
  return rows.map(([rollupWindow, n]) => ({ rollupWindow: Number(rollupWindow), n: Number(n) }));
}

/** The first rollup window of a range, or with `desc` the last, in which a slot has values. One index lookup. */
export async function nearestRollupWindow(
  manager: EntityManager,
  source: number,
  slot: number,
  [from, to]: readonly [number, number],
  sort: 'asc' | 'desc',
): Promise<number | undefined> {
  if (from >= to) return undefined;
  const [row] = await readTogether<{ rollupWindow: number | null }>(manager, NEAREST[sort], [source, slot, from, to]);
  return row?.rollupWindow ?? undefined;
}
