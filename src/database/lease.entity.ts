import { Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn, ReferenceColumn } from './columns';

/** A lease on work that only one instance of the server does at a time. */
@Entity('leases')
export class LeaseRow {
  @PrimaryColumn({ type: 'varchar', length: 60 })
  readonly name: string;

  /** A random id of the process. */
  @ReferenceColumn('holder')
  readonly holder: string;

  /** By the database's clock. 0 after a release. */
  @MillisColumn('expires_at')
  readonly expiresAt: number;
}
