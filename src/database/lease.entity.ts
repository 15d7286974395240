import { Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn, ReferenceColumn } from './columns';

/** Work that one instance of the server does at a time, and the instance that does it now. */
@Entity('leases')
export class LeaseRow {
  @PrimaryColumn({ type: 'varchar', length: 60 })
  readonly name: string;

  /** A random id of the process. */
  @ReferenceColumn('holder')
  readonly holder: string;

  /** By the database's clock. 0 once it was released. */
  @MillisColumn('expires_at')
  readonly expiresAt: number;
}
