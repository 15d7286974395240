import type { StoredSource } from '../sources/source-rows';
import { POINTS_PER_READ, pointsPerRead } from './page-size';

/** Reading so many points of a few fields and aggregating them takes about ten milliseconds. */
const RECOMPUTED_POINTS = 3000;
/** Storing a rollup takes as long as reading so many points of a few fields. */
const POINTS_PER_ROLLUP = 12;

/** How much a transaction recomputes. The rollups of further windows are left pending. */
export class RecomputeBudget {
  /** @param remaining in points of a few fields */
  constructor(private remaining = RECOMPUTED_POINTS) {}

  get left(): number {
    return this.remaining;
  }

  /** Whether the rollups of a window with so many points may be recomputed. If so, what is left becomes smaller. */
  take(source: Pick<StoredSource, 'schema'>, points: number): boolean {
    if (!this.allows(source, points)) return false;
    this.remaining -= costOf(source, points);
    return true;
  }

  /** Whether `take` would return true. */
  allows(source: Pick<StoredSource, 'schema'>, points: number): boolean {
    return costOf(source, points) <= this.left;
  }

  /** An equal part of what is left. */
  shareOf(count: number): RecomputeBudget {
    return new RecomputeBudget(this.left / count);
  }
}

function costOf({ schema }: Pick<StoredSource, 'schema'>, points: number): number {
  return points * (POINTS_PER_READ / pointsPerRead(schema)) + POINTS_PER_ROLLUP * (schema.length + 1);
}
