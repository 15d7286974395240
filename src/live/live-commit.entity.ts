import { Column, Entity, Index } from 'typeorm';
import { IdColumn, ReferenceColumn, WholeColumn } from '../database/columns';

/**
 * The points that one commit has changed in one bucket, by their places. Streams read it: each of its points has a number, `seq`
 * is that of the last one, and numbers follow the order of commits. On PostgreSQL, rows are numbered after their commit.
 */
@Entity('live_commits')
@Index('live_commits_by_seq', ['seq'], { unique: true })
@Index('live_commits_unnumbered', ['writtenAt', 'id'], { where: 'seq IS NULL' })
@Index('live_commits_beginnings', ['bucketId', 'seq'], { where: "places = ''" })
export class LiveCommit {
  @IdColumn()
  readonly id: string;

  @WholeColumn('seq', { nullable: true })
  readonly seq: number | null;

  @ReferenceColumn('bucket_id')
  readonly bucketId: string;

  /** How many points it has. 1 for a row that only marks where the recording of a bucket begins. */
  @Column({ type: 'integer' })
  readonly points: number;

  /** JSON, see `places.ts`. Empty for a row that marks where the recording of a bucket begins. */
  @Column({ type: 'text' })
  readonly places: string;

  /** Microseconds since 1970, by the clock of the database. */
  @WholeColumn('written_at')
  readonly writtenAt: number;
}
