import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';

/** When a source has points. */
export interface PointExtent {
  /** Milliseconds since 1970; null without points. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

/** How many points a source has, and when. */
export interface PointStats extends PointExtent {
  readonly count: number;
}

/** What is known of the points of sources. The data room answers; sources know them by their numbers alone. */
export abstract class SourcePoints {
  /** Of the points from a time on: those that the bucket's retention shows. */
  abstract statsOf(manager: EntityManager, source: number, from: number, yieldTurn?: YieldTurn): Promise<PointStats>;

  /** The same without their number: two steps into an index. */
  abstract extentOf(manager: EntityManager, source: number, from: number): Promise<PointExtent>;

  /** Whether any are stored, visible or not, in a transaction that keeps more from coming. */
  abstract hasAny(manager: EntityManager, source: number): Promise<boolean>;
}
