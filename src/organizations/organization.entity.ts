import { Column, Entity } from 'typeorm';
import { IdColumn, MillisColumn } from '../database/columns';

/** Who owns buckets and Admin keys. Nothing of one organization is visible to another. */
@Entity('organizations')
export class Organization {
  @IdColumn()
  readonly id: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name: string;

  @MillisColumn('created_at')
  readonly createdAt: number;
}
