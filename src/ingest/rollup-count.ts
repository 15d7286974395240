import { rollupWindowOf } from '../points/rollups';
import { othersOf, type PackedPoint } from '../points/values';
import type { Admitted } from './ingest-request';

/** Once the lines of a slice, or the CSV rows of a commit, change this many rollups, no further one is added. */
export const MOST_ROLLUPS = 3000;

/**
 * Counts the rollups that points of one data source change: one for each value, and one for the point, in each rollup window. Points in
 * the same window as the one before count nothing.
 */
export class RollupCount {
  private window: number | undefined;

  /** @returns how many more rollups there are with this point */
  add(at: number, valuesOf: () => number): number {
    const window = rollupWindowOf(at);
    if (window === this.window) return 0;
    this.window = window;
    return valuesOf() + 1;
  }
}

/** Whether the points of a request, which are stored together, change more rollups than a transaction should. */
export function isWide({ parts }: Pick<Admitted, 'parts'>): boolean {
  let rollups = 0;
  for (const { points } of parts.values()) {
    const count = new RollupCount();
    for (const point of points) {
      rollups += count.add(point.at, () => countValues(point));
      if (rollups > MOST_ROLLUPS) return true;
    }
  }
  return false;
}

function countValues(point: PackedPoint): number {
  return point.columns.filter((value) => value !== null).length + Object.keys(othersOf(point)).length;
}
