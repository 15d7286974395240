import { Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../database/columns';

/** How many points a source has, and when the last of them arrived, so that nobody need count them. */
@Entity('point_totals')
export class PointTotal {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  @WholeColumn('count')
  readonly count: number;

  /** Milliseconds since 1970 by the server's clock. */
  @WholeColumn('ingested_at')
  readonly ingestedAt: number;
}
