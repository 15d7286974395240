import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { StoredSource } from './source-rows';

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

/** A source and the time from which on its points are visible. */
export interface VisibleSource extends StoredSource {
  readonly visibleFrom: number;
}

/** The statistics of a source in a list. */
export interface PointSummary extends PointStats {
  /** The point with the latest time; of several such points, the last one by metadata. Null without points. */
  readonly latest: { readonly at: number; readonly values: Readonly<Record<string, unknown>> } | null;
}

/** Reads the points of sources. The points room implements it, so that sources do not depend on points. */
export abstract class SourcePoints {
  /** Statistics of the points from a time on, which is the start of the bucket's retention. */
  abstract statsOf(manager: EntityManager, source: number, from: number, yieldTurn?: YieldTurn): Promise<PointStats>;

  /** Statistics and the latest values of several sources, in their order. */
  abstract summariesOf(sources: readonly VisibleSource[], yieldTurn: YieldTurn): Promise<PointSummary[]>;

  /** The statistics of `statsOf` without the count, which takes only two index lookups. */
  abstract extentOf(manager: EntityManager, source: number, from: number): Promise<PointExtent>;

  /** Whether any points are stored, visible or not. The transaction holds the lock of the source. */
  abstract hasAny(manager: EntityManager, source: number): Promise<boolean>;
}
