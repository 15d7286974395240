import type { EntityManager } from 'typeorm';

/** How many points a source has, and when. */
export interface PointStats {
  readonly count: number;
  /** Milliseconds since 1970; null without points. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

/** What is known of the points of sources. The data room answers; sources know them by their numbers alone. */
export abstract class SourcePoints {
  abstract statsOf(manager: EntityManager, source: number): Promise<PointStats>;

  /** Whether there are any, in a transaction that keeps more from coming. */
  abstract hasAny(manager: EntityManager, source: number): Promise<boolean>;
}
