import type { EntityManager } from 'typeorm';
import type { StoredSource } from '../sources/source-rows';
import { pointsPerRead } from './page-size';
import { readPoints, type Place, type Range } from './point-reads';
import { replaceRollups, ROLLUP_WINDOW_MILLIS, summarise } from './rollups';
import type { Summary } from './summary';

/** Recomputes the rollups of a window from its points, and returns the number of points. */
export async function recomputeRollups(
  manager: EntityManager,
  source: StoredSource,
  rollupWindow: number,
): Promise<number> {
  const range: Range = [rollupWindow * ROLLUP_WINDOW_MILLIS, (rollupWindow + 1) * ROLLUP_WINDOW_MILLIS];
  const limit = pointsPerRead(source.schema);
  const summaries = new Map<number, Summary>();
  let count = 0;
  for (let after: Place | undefined; ;) {
    const points = await readPoints(manager, source, range, { limit, sort: 'asc', after });
    summarise(source.schema, points, summaries);
    count += points.length;
    after = points.at(-1);
    if (points.length < limit) break;
  }
  await replaceRollups(manager, source, rollupWindow, summaries);
  return count;
}
