import type { EntityManager } from 'typeorm';
import type { Schema } from '../sources/schema';
import type { PackedPoint } from '../points/values';

/** A data source whose row the transaction has locked. */
export interface ObservedSource {
  readonly id: string;
  readonly number: number;
  readonly schema: Schema;
  /** A random number that changes whenever the source's alert rules change; 0 if it never had any. */
  readonly watchVersion: number;
  /** Points before this time are hidden by the bucket's retention. */
  readonly visibleFrom: number;
}

/** Receives the points of each commit. Alerting implements it, so that ingest does not depend on alerting. */
export abstract class PointObserver {
  /**
   * Runs in the transaction that stores the points, before they are stored. Its writes are committed with them.
   *
   * @param points in the order of the requests
   * @returns whether to call `committed` after the commit
   */
  abstract beforeStored(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
  ): Promise<boolean>;

  /** Runs after the commit. */
  abstract committed(): void;
}
