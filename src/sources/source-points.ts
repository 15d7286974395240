import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';

/** The times of the first and last point of a source. */
export interface PointExtent {
  /** In milliseconds since 1970; null without points. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

/** The number of points of a source, and their times. */
export interface PointStats extends PointExtent {
  readonly count: number;
}

/** Reads the points of sources. The points room implements it, so that sources do not depend on points. */
export abstract class SourcePoints {
  /** Statistics of the points from a time on, which is the start of the bucket's retention. */
  abstract statsOf(manager: EntityManager, source: number, from: number, yieldTurn?: YieldTurn): Promise<PointStats>;

  /** The same without the count, which takes only two index lookups. */
  abstract extentOf(manager: EntityManager, source: number, from: number): Promise<PointExtent>;

  /** Whether any points are stored, visible or not. The transaction holds the lock of the source. */
  abstract hasAny(manager: EntityManager, source: number): Promise<boolean>;
}
