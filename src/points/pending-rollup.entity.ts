import { Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../database/columns';

/**
 * A rollup window of a source whose rollups of fields may be missing or wrong, because computing them would have made a transaction long.
 * The rollup that counts its points is right. `RollupCompletion` computes the others.
 */
@Entity('pending_rollups', { withoutRowid: true })
export class PendingRollup {
  @PrimaryColumn({ type: 'integer' })
  readonly source: number;

  /** The rollup window, counted from 1970. */
  @PrimaryColumn({ name: 'quarter', type: 'integer' })
  readonly rollupWindow: number;

  /** A random number for each change after which the window is pending. */
  @WholeColumn('version')
  readonly version: number;
}
