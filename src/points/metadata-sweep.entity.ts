import { Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn, WholeColumn } from '../database/columns';

/** A source from which points were removed, so that some of its metadata may be unused. */
@Entity('metadata_sweeps')
export class MetadataSweepRow {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  /** The number of removals of points. */
  @WholeColumn('removals')
  readonly removals: number;

  /** The value of `removals` at the start of the last complete sweep. A sweep is due while it is lower than `removals`. */
  @WholeColumn('swept')
  readonly swept: number;

  @MillisColumn('not_before')
  readonly notBefore: number;
}
