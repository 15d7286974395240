import { rollupWindowOf } from '../points/rollups';

/** Once the lines of a slice, or the CSV rows of a commit, change this many rollups, no further one is added. */
export const MOST_ROLLUPS = 3000;

/**
 * Counts the rollups that points of one data source change: one for each value, and one for the point, in each rollup window. Points in
 * the same window as the one before count nothing.
 */
export class RollupCount {
  private window: number | undefined;

  /** @returns how many more rollups there are with this point */
  add(at: number, values: number): number {
    const window = rollupWindowOf(at);
    if (window === this.window) return 0;
    this.window = window;
    return values + 1;
  }
}
