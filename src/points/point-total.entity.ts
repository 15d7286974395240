import { Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../database/columns';

/** The number of points of a source and the time of the last arrival, so that no query has to count points. */
@Entity('point_totals')
export class PointTotal {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  @WholeColumn('count')
  readonly count: number;

  /** Server time in milliseconds since 1970. */
  @WholeColumn('ingested_at')
  readonly ingestedAt: number;
}
