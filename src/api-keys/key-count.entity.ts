import { Column, Entity } from 'typeorm';
import { IdColumn } from '../database/columns';

/** How many keys of a bucket, or Admin keys of an organization, live at most. Made and used by `KeyCounts`. */
@Entity('key_counts', { withoutRowid: true })
export class KeyCount {
  /** The bucket's id, or the organization's for its Admin keys. */
  @IdColumn('scope_id')
  readonly scopeId: string;

  /** Never less than the number of living keys: keys that expire are noticed at the next count. */
  @Column({ name: 'at_most', type: 'integer' })
  readonly atMost: number;
}
