import type { EntityManager } from 'typeorm';
import { readTogether } from '../database/together';
import type { Range } from './point-store';

/** A subquery for the time of a source's oldest point: one lookup in the primary key. @param number SQL for the source number */
export const oldestPointOf = (number: string) => `SELECT min(p.at) FROM points p WHERE p.source = ${number}`;

const WITHIN = {
  asc: 'SELECT min(at) AS at FROM points WHERE source = ? AND at >= ? AND at < ?',
  desc: 'SELECT max(at) AS at FROM points WHERE source = ? AND at >= ? AND at < ?',
};
/** A loose index scan: moves from one window with points to the next without reading the points in between. */
const COUNT_WINDOWS = `WITH RECURSIVE firsts(at, n) AS (
    SELECT min(at), 1 FROM points WHERE source = ? AND at >= ? AND at < ?
    UNION ALL
    SELECT (SELECT min(p.at) FROM points p
      WHERE p.source = ? AND p.at >= ((firsts.at + ?) / ? + 1) * ? - ? AND p.at < ?), n + 1
    FROM firsts WHERE firsts.at IS NOT NULL AND n < ?
  ) SELECT count(at) AS count FROM firsts`;

/** The time of the first point of a range, or with `desc` of the last. One index lookup. */
export async function nearestTime(
  manager: EntityManager,
  source: number,
  [from, to]: Range,
  sort: 'asc' | 'desc',
): Promise<number | undefined> {
  if (from >= to) return undefined;
  const [row] = await readTogether<{ at: number | null }>(manager, WITHIN[sort], [source, from, to]);
  return row?.at ?? undefined;
}

/** Time buckets of one length. One of them starts `shiftMillis` before 1970. */
export interface Windows {
  readonly lengthMillis: number;
  readonly shiftMillis: number;
}

/** Counts the time buckets of a range that have points, up to `most`. Reads one point of each. */
export async function countWindows(
  manager: EntityManager,
  source: number,
  [from, to]: Range,
  { lengthMillis, shiftMillis }: Windows,
  most: number,
): Promise<number> {
  const next = [source, shiftMillis, lengthMillis, lengthMillis, shiftMillis, to];
  const [row] = await readTogether<{ count: number }>(manager, COUNT_WINDOWS, [source, from, to, ...next, most]);
  return row?.count ?? 0;
}
