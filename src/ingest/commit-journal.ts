import type { EntityManager } from 'typeorm';
import type { PackedPoint } from '../points/values';

/** The points of one source that a transaction has inserted or updated. */
export interface RecordedPoints {
  readonly bucketId: string;
  /** The number of the source. */
  readonly source: number;
  readonly points: readonly Pick<PackedPoint, 'at' | 'meta'>[];
}

/** Records which points each commit has changed, for streams. Only for buckets that have had a stream lately. The live room implements it. */
export abstract class CommitJournal {
  /** Runs in the transaction that stores the points, after it has locked their sources. */
  abstract record(manager: EntityManager, stored: readonly RecordedPoints[]): Promise<void>;

  /** Runs after the commit. */
  abstract committed(): void;
}
