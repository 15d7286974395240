import type { EntityManager } from 'typeorm';
import { queryEach, queryLists, type SqlValue } from '../database/sql';
import type { Field } from '../sources/schema';
import { POINTS_SLOT, readRollups, ROLLUP_WINDOW_MILLIS, type WindowSummary } from './rollups';
import { Summary } from './summary';

const WITHIN = 'FROM rollups WHERE source = ? AND slot = ? AND quarter >= ? AND quarter < ?';
/** Aggregates the rollups of a range. Summing in the database is faster than reading the rows. */
const SUM = `SELECT sum(n), sum(sum), min(min), max(max), sum(sum_low) ${WITHIN}`;
const SUM_GROUPED = `SELECT (quarter - ?) / ?, sum(n), sum(sum), min(min), max(max), sum(sum_low) ${WITHIN} GROUP BY 1 ORDER BY 1`;
const COUNT = `SELECT sum(n) ${WITHIN}`;
const COUNT_GROUPED = `SELECT (quarter - ?) / ?, sum(n) ${WITHIN} GROUP BY 1 ORDER BY 1`;
const ROWS = `SELECT count(*) ${WITHIN}`;
/** A read of one step takes as long as it takes SQLite to sort this many rollups in order to group them. */
const LEAST_ROWS_OF_STEP = 2;
/** Rollups that are aggregated in a few milliseconds. */
const WINDOWS_PER_TURN = 20_000;

/** Consecutive steps of equal length, in rollup windows. */
export interface Steps {
  readonly from: number;
  readonly length: number;
  readonly count: number;
}

/** Splits the rollup windows of a range into steps no longer than its groups. Neighbouring steps of one length are combined. */
export function stepsOf(starts: readonly number[], [first, last]: readonly [number, number]): Steps[] {
  const inside = starts.map((start) => start / ROLLUP_WINDOW_MILLIS).filter((start) => start > first && start < last);
  const steps: { from: number; length: number; count: number }[] = [];
  const ends = [...inside, last];
  let from = first;
  for (const end of ends) {
    while (from < end) {
      const length = Math.min(end - from, WINDOWS_PER_TURN);
      const before = steps.at(-1);
      if (before?.length === length && (before.count + 1) * length <= WINDOWS_PER_TURN) before.count += 1;
      else steps.push({ from, length, count: 1 });
      from += length;
    }
  }
  return steps;
}

/** Counts the points of each step. Steps without points are left out. Only for SQLite. */
export async function countSteps(
  manager: EntityManager,
  source: number,
  steps: Steps,
): Promise<{ readonly rollupWindow: number; readonly n: number }[]> {
  const rows = await rowsOf(manager, [COUNT, COUNT_GROUPED], [source, POINTS_SLOT], steps);
  return rows.map(([step, n]) => ({ rollupWindow: steps.from + Number(step) * steps.length, n: Number(n) }));
}

/**
 * Aggregates a numeric field by step: `n`, `sum`, `min` and `max`. The other properties of the summaries are not set. Steps without
 * values are left out. Only for SQLite: PostgreSQL fails if a sum overflows.
 */
export async function sumSteps(
  manager: EntityManager,
  source: number,
  field: Field,
  steps: Steps,
): Promise<WindowSummary[]> {
  const { from, length } = steps;
  const summaries: WindowSummary[] = [];
  for (const [step, n, sum, min, max, low] of await rowsOf(manager, [SUM, SUM_GROUPED], [source, field.slot], steps)) {
    const rollupWindow = from + Number(step) * length;
    const summary = new Summary();
    // The sum overflowed: SQLite returns infinity or null.
    if (!Number.isFinite(sum))
      for (const part of await readRollups(manager, source, field, [rollupWindow, rollupWindow + length]))
        summary.merge(part.summary);
    else {
      summary.n = Number(n);
      summary.high = sum as number;
      summary.low = (low as number | null) ?? 0;
      summary.min = (min as number | null) ?? Infinity;
      summary.max = (max as number | null) ?? -Infinity;
    }
    summaries.push({ rollupWindow, summary });
  }
  return summaries;
}

/**
 * The aggregates of each step that has rollups, after the number of the step. SQLite sorts rows to group them by an expression,
 * although it reads them in order. Where steps have several rollups, reading them one by one takes half of the time.
 */
async function rowsOf(
  manager: EntityManager,
  [single, grouped]: readonly [single: string, grouped: string],
  series: readonly [source: number, slot: number],
  { from, length, count }: Steps,
): Promise<SqlValue[][]> {
  const end = from + length * count;
  const [[rows] = []] = await queryLists(manager, ROWS, [...series, from, end]);
  if (Number(rows) < count * LEAST_ROWS_OF_STEP)
    return queryLists(manager, grouped, [from, length, ...series, from, end]);
  const ranges = Array.from({ length: count }, (_, step) => {
    const start = from + step * length;
    return [...series, start, start + length];
  });
  const read = await queryEach(manager, single, ranges);
  return read.flatMap((row, step) => (row[0] === null ? [] : [[step, ...row]]));
}
