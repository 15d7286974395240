import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { query } from '../database/sql';
import { nearestRollupWindow } from './occupied-windows';
import type { Range } from './point-store';
import { AFTER_ALL_WINDOWS, countInWindows, POINTS_SLOT, ROLLUP_WINDOW_MILLIS, rollupWindowOf } from './rollups';

/** Sources whose points of one day are counted in a few milliseconds. */
export const SOURCES_PER_STATEMENT = 100;
/** Rollup windows summed in a few milliseconds. */
const WINDOWS_PER_STATEMENT = 20_000;
const NO_SOURCE = -1;

const SOME = `IN (${Array(SOURCES_PER_STATEMENT).fill('?').join(', ')})`;
const TOTALS = `SELECT source, count FROM point_totals WHERE source ${SOME}`;
/** The rollup window of the oldest points of each source, if it is old enough. One index lookup per source. */
const OLDEST_WINDOWS = `SELECT t.source, (SELECT min(r.quarter) FROM rollups r
    WHERE r.source = t.source AND r.slot = ${POINTS_SLOT} AND r.quarter <= ?) AS first
  FROM point_totals t WHERE t.source ${SOME}`;
/** One statement, so that all parts see the same snapshot while points are deleted. */
const TOTALS_WITHOUT_OLDER = `SELECT t.source, t.count
  - (SELECT coalesce(sum(r.n), 0) FROM rollups r WHERE r.source = t.source AND r.slot = ${POINTS_SLOT} AND r.quarter < ?)
  - (SELECT count(*) FROM points p WHERE p.source = t.source AND p.at >= ? AND p.at < ?) AS count
  FROM point_totals t WHERE t.source ${SOME}`;
const IN_RANGE = 'SELECT count(*) AS count FROM points WHERE source = ? AND at >= ? AND at < ?';

const IN_WINDOWS = `SELECT coalesce(sum(n), 0) AS count FROM rollups
  WHERE slot = ${POINTS_SLOT} AND quarter >= ? AND quarter < ? AND source ${SOME}`;
const OF_SOME_IN_RANGE = `SELECT count(*) AS count FROM points WHERE at >= ? AND at < ? AND source ${SOME}`;

type Counted = { readonly count: number };
type CountedSource = Counted & { readonly source: number };

/** Counts the points of sources from a time on, all together. */
export async function countFrom(
  manager: EntityManager,
  sources: readonly number[],
  from: number,
  yieldTurn: YieldTurn,
): Promise<number> {
  let count = 0;
  for (const ofSource of (await countEachFrom(manager, sources, from, yieldTurn)).values()) count += ofSource;
  return count;
}

/**
 * Counts the points of each source from a time on, by subtracting older points from its total. There are few older points, except on
 * the day after a retention was shortened; then it counts the newer points instead.
 *
 * @returns the counts by source, without sources that never had points
 */
export async function countEachFrom(
  manager: EntityManager,
  sources: readonly number[],
  from: number,
  yieldTurn: YieldTurn,
): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (let start = 0; start < sources.length; start += SOURCES_PER_STATEMENT) {
    if (start > 0) await yieldTurn();
    const some = sources.slice(start, start + SOURCES_PER_STATEMENT);
    if (from <= 0) addTo(counts, await query<CountedSource>(manager, TOTALS, filled(some)));
    else await countSome(manager, { sources: some, from, counts }, yieldTurn);
  }
  return counts;
}

/** Counts the points of sources in a time range. @param sources at most `SOURCES_PER_STATEMENT` */
export async function countRange(
  manager: EntityManager,
  sources: readonly number[],
  [from, to]: Range,
): Promise<number> {
  const [first, last] = [Math.ceil(from / ROLLUP_WINDOW_MILLIS), Math.floor(to / ROLLUP_WINDOW_MILLIS)];
  const numbers = filled(sources);
  let count = 0;
  for (const [sql, start, end] of [
    [IN_WINDOWS, first, last],
    [OF_SOME_IN_RANGE, from, first * ROLLUP_WINDOW_MILLIS],
    [OF_SOME_IN_RANGE, last * ROLLUP_WINDOW_MILLIS, to],
  ] as const) {
    if (start >= end) continue;
    const [counted] = await query<Counted>(manager, sql, [start, end, ...numbers]);
    count += counted?.count ?? 0;
  }
  return count;
}

async function countSome(
  manager: EntityManager,
  { sources, from, counts }: { readonly sources: readonly number[]; from: number; counts: Map<number, number> },
  yieldTurn: YieldTurn,
): Promise<void> {
  const boundary = rollupWindowOf(from);
  const short: number[] = [];
  let windows = 0;
  const rows = await query<{ source: number; first: number | null }>(manager, OLDEST_WINDOWS, [
    boundary,
    ...filled(sources),
  ]);
  for (const { source, first } of rows) {
    const span = first === null ? 0 : boundary - first;
    if (windows + span <= WINDOWS_PER_STATEMENT) {
      windows += span;
      short.push(source);
    } else counts.set(source, await countNewer(manager, source, from, yieldTurn));
  }
  if (short.length === 0) return;
  const edge = [boundary * ROLLUP_WINDOW_MILLIS, from];
  addTo(counts, await query<CountedSource>(manager, TOTALS_WITHOUT_OLDER, [boundary, ...edge, ...filled(short)]));
}

function addTo(counts: Map<number, number>, rows: readonly CountedSource[]): void {
  for (const { source, count } of rows) counts.set(source, count);
}

/** The same for one source, by counting the newer points. */
async function countNewer(manager: EntityManager, source: number, from: number, yieldTurn: YieldTurn): Promise<number> {
  const whole = Math.ceil(from / ROLLUP_WINDOW_MILLIS);
  const [edge] = await query<Counted>(manager, IN_RANGE, [source, from, whole * ROLLUP_WINDOW_MILLIS]);
  let count = edge?.count ?? 0;
  const range = [whole, AFTER_ALL_WINDOWS] as const;
  const first = await nearestRollupWindow(manager, source, POINTS_SLOT, range, 'asc');
  const last = await nearestRollupWindow(manager, source, POINTS_SLOT, range, 'desc');
  if (first === undefined || last === undefined) return count;
  for (let begin = first; begin <= last; begin += WINDOWS_PER_STATEMENT) {
    await yieldTurn();
    count += await countInWindows(manager, source, [begin, Math.min(last + 1, begin + WINDOWS_PER_STATEMENT)]);
  }
  return count;
}

function filled(sources: readonly number[]): number[] {
  return Array.from({ length: SOURCES_PER_STATEMENT }, (_, index) => sources[index] ?? NO_SOURCE);
}
