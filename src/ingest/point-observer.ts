import type { EntityManager } from 'typeorm';
import type { Schema } from '../sources/schema';
import type { PackedPoint } from '../points/values';

/** A data source whose row the transaction holds. */
export interface ObservedSource {
  readonly id: string;
  readonly number: number;
  readonly schema: Schema;
  /** A random number that changes whenever the source's alert rules change; 0 if it never had any. */
  readonly watchVersion: number;
  /** Points before this time are hidden by the bucket's retention. */
  readonly visibleFrom: number;
}

/** Sees the points of each commit. Alerting provides it, so that ingest does not depend on alerting. */
export abstract class PointObserver {
  /**
   * Runs before points are stored, in the transaction that stores them: what it writes is committed with them.
   *
   * @param points in the order in which they were sent
   * @returns whether to call `committed` after the commit
   */
  abstract beforeStored(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
  ): Promise<boolean>;

  /** Runs once what `beforeStored` wrote is on disk. */
  abstract committed(): void;
}
