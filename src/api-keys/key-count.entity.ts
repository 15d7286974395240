import { Column, Entity } from 'typeorm';
import { IdColumn } from '../database/columns';

/** An upper bound of the valid keys of a bucket, or of the Admin keys of an organization. Only `KeyCounts` uses it. */
@Entity('key_counts', { withoutRowid: true })
export class KeyCount {
  /** The bucket's id, or the organization's for its Admin keys. */
  @IdColumn('scope_id')
  readonly scopeId: string;

  /** Never less than the number of valid keys. Expired keys are subtracted by the next count. */
  @Column({ name: 'at_most', type: 'integer' })
  readonly atMost: number;
}
