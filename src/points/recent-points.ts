import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { query } from '../database/sql';
import type { Range } from './point-reads';
import { POINTS_SLOT, ROLLUP_WINDOW_MILLIS } from './rollups';

/** Sources whose latest points are found within one or two milliseconds. */
const SOURCES_PER_LOOKUP = 100;
/** Sources whose rollup windows of a week are summed within one or two milliseconds. */
const SOURCES_PER_SUM = 16;
const NO_SOURCE = -1;

const some = (count: number) => `IN (${Array(count).fill('?').join(', ')})`;
/** One index lookup per source. */
const LATEST = `SELECT asked.column1 AS source, (SELECT max(at) FROM points WHERE source = asked.column1) AS at
  FROM (VALUES ${Array(SOURCES_PER_LOOKUP).fill('(CAST(? AS bigint))').join(', ')}) asked`;
const IN_WINDOWS = `SELECT coalesce(sum(n), 0) AS count FROM rollups
  WHERE slot = ${POINTS_SLOT} AND quarter >= ? AND quarter < ? AND source ${some(SOURCES_PER_SUM)}`;

/** The times of the latest points of sources, visible or not, without sources that have none. @param yieldTurn not needed for few sources */
export async function latestTimesOf(
  manager: EntityManager,
  sources: readonly number[],
  yieldTurn?: YieldTurn,
): Promise<Map<number, number>> {
  const times = new Map<number, number>();
  for (let start = 0; start < sources.length; start += SOURCES_PER_LOOKUP) {
    await yieldTurn?.();
    const values = filled(sources, start, SOURCES_PER_LOOKUP);
    for (const { source, at } of await query<{ source: number; at: number | null }>(manager, LATEST, values))
      if (at !== null) times.set(source, at);
  }
  return times;
}

/** The number of points of sources in the rollup windows that begin in a range. */
export async function countInWindowsOf(
  manager: EntityManager,
  sources: readonly number[],
  [from, to]: Range,
  yieldTurn: YieldTurn,
): Promise<number> {
  const windows = [from, to].map((at) => Math.ceil(at / ROLLUP_WINDOW_MILLIS));
  let count = 0;
  for (let start = 0; start < sources.length; start += SOURCES_PER_SUM) {
    await yieldTurn();
    const values = [...windows, ...filled(sources, start, SOURCES_PER_SUM)];
    const [counted] = await query<{ count: number }>(manager, IN_WINDOWS, values);
    count += counted?.count ?? 0;
  }
  return count;
}

function filled(sources: readonly number[], start: number, length: number): number[] {
  return Array.from({ length }, (_, index) => sources[start + index] ?? NO_SOURCE);
}
