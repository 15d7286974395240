import { Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn, WholeColumn } from '../database/columns';

/** The number of points of a source and the times of its last arrivals, so that no query has to count points. */
@Entity('point_totals')
export class PointTotal {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  @WholeColumn('count')
  readonly count: number;

  /** Server time in milliseconds since 1970. */
  @WholeColumn('ingested_at')
  readonly ingestedAt: number;

  /** The same without points that were stored as history, by an import or `?quiet=true`; null for never. */
  @MillisColumn('arrived_at', { nullable: true })
  readonly arrivedAt: number | null;
}
