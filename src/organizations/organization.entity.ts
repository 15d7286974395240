import { Column, Entity } from 'typeorm';
import { IdColumn, MillisColumn } from '../database/columns';

/** A tenant, which owns buckets and Admin keys. Organizations cannot see each other's data. */
@Entity('organizations')
export class Organization {
  @IdColumn()
  readonly id: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name: string;

  @MillisColumn('created_at')
  readonly createdAt: number;
}
