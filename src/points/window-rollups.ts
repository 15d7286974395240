import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { pointsPerRead } from './page-size';
import { leavePending } from './pending-rollups';
import { readPlaces, readPoints, type Place, type Range } from './point-reads';
import { RecomputeBudget } from './recompute-budget';
import { POINTS_SLOT, readRollups, replaceCount, replaceRollups, ROLLUP_WINDOW_MILLIS, summarise } from './rollups';
import { Summary } from './summary';

/** Recomputes the rollups of a window from its points, and returns the number of points. */
export async function recomputeRollups(
  manager: EntityManager,
  source: StoredSource,
  rollupWindow: number,
): Promise<number> {
  const summaries = await summariseWindow(manager, source, rollupWindow);
  await replaceRollups(manager, source, rollupWindow, summaries);
  return summaries.get(POINTS_SLOT)?.n ?? 0;
}

/**
 * Updates the rollups of a window of which points were removed. If many are left, only their count: the others are left pending.
 *
 * @returns whether they are
 */
export async function rollUpRemoval(
  manager: EntityManager,
  source: StoredSource,
  rollupWindow: number,
  removed: number,
): Promise<boolean> {
  const [before] = await readRollups(manager, source.number, undefined, [rollupWindow, rollupWindow + 1]);
  const left = (before?.summary.n ?? 0) - removed;
  if (new RecomputeBudget().allows(source, left)) {
    await recomputeRollups(manager, source, rollupWindow);
    return false;
  }
  const range = rangeOf(rollupWindow);
  const [first] = await readPlaces(manager, source, range, { limit: 1, sort: 'asc' });
  const [last] = await readPlaces(manager, source, range, { limit: 1, sort: 'desc' });
  const summary = new Summary();
  for (const place of [first, last]) if (place) summary.add(place, true);
  summary.n = left;
  await replaceCount(manager, source.number, { rollupWindow, summary });
  await leavePending(manager, source.number, [rollupWindow]);
  return true;
}

/** Aggregates the points of a window by slot. @param afterPage is awaited after each page of points but the last */
export async function summariseWindow(
  manager: EntityManager,
  source: StoredSource,
  rollupWindow: number,
  afterPage?: () => Promise<unknown>,
): Promise<Map<number, Summary>> {
  const range = rangeOf(rollupWindow);
  const limit = pointsPerRead(source.schema);
  const summaries = new Map<number, Summary>();
  for (let after: Place | undefined; ;) {
    const points = await readPoints(manager, source, range, { limit, sort: 'asc', after });
    summarise(source.schema, points, summaries);
    after = points.at(-1);
    if (points.length < limit) return summaries;
    await afterPage?.();
  }
}

function rangeOf(rollupWindow: number): Range {
  return [rollupWindow * ROLLUP_WINDOW_MILLIS, (rollupWindow + 1) * ROLLUP_WINDOW_MILLIS];
}
