import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { query } from '../database/sql';
import type { Range } from './point-store';
import { POINTS_SLOT, ROLLUP_WINDOW_MILLIS } from './rollups';

/** Sources whose rollup windows of a week are summed in one or two milliseconds. */
const SOURCES_PER_STATEMENT = 16;
const NO_SOURCE = -1;

const SOME = `IN (${Array(SOURCES_PER_STATEMENT).fill('?').join(', ')})`;
/** One index lookup per source. */
const LATEST = `SELECT t.source, (SELECT max(p.at) FROM points p WHERE p.source = t.source) AS at
  FROM point_totals t WHERE t.source ${SOME}`;
const IN_WINDOWS = `SELECT source, sum(n) AS count FROM rollups
  WHERE slot = ${POINTS_SLOT} AND quarter >= ? AND quarter < ? AND source ${SOME} GROUP BY source`;

/** What arrived lately in a source. */
export interface RecentPoints {
  /** The time of the latest point, visible or not; null without points. */
  readonly latestAt: number | null;
  /** The points in the rollup windows that begin in the range. */
  readonly count: number;
}

/** Reads the latest point and the recent points of sources, without sources that never had points. */
export async function recentPointsOf(
  manager: EntityManager,
  sources: readonly number[],
  [from, to]: Range,
  yieldTurn: YieldTurn,
): Promise<Map<number, RecentPoints>> {
  const windows = [from, to].map((at) => Math.ceil(at / ROLLUP_WINDOW_MILLIS));
  const recent = new Map<number, RecentPoints>();
  for (let start = 0; start < sources.length; start += SOURCES_PER_STATEMENT) {
    await yieldTurn();
    const some = Array.from({ length: SOURCES_PER_STATEMENT }, (_, index) => sources[start + index] ?? NO_SOURCE);
    const latest = await query<{ source: number; at: number | null }>(manager, LATEST, some);
    const counted = await query<{ source: number; count: number }>(manager, IN_WINDOWS, [...windows, ...some]);
    const counts = new Map(counted.map(({ source, count }) => [source, count]));
    for (const { source, at } of latest) recent.set(source, { latestAt: at, count: counts.get(source) ?? 0 });
  }
  return recent;
}
