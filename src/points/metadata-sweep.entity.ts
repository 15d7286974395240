import { Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn, WholeColumn } from '../database/columns';

/** A source from which points were removed, so that some of its metadata may belong to no point. */
@Entity('metadata_sweeps')
export class MetadataSweepRow {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  /** How often points were removed. */
  @WholeColumn('removals')
  readonly removals: number;

  /** `removals` as of the start of the last complete sweep. A sweep is due while it is less. */
  @WholeColumn('swept')
  readonly swept: number;

  @MillisColumn('not_before')
  readonly notBefore: number;
}
