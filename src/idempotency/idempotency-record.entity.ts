import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MillisColumn } from '../database/columns';

/** That a creation was asked for and done. It holds no secret: nobody can be given the key again from it. */
@Entity('idempotency_records')
@Index('idempotency_records_by_age', ['createdAt'])
export class IdempotencyRecord {
  /** SHA-256 of organization, route and header value, in hex. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  readonly id: string;

  /** SHA-256 of what was asked for, in hex. */
  @Column({ type: 'varchar', length: 64 })
  readonly fingerprint: string;

  /** The keys that were made. */
  @Column({ name: 'api_key_ids', type: 'simple-json' })
  readonly apiKeyIds: readonly string[];

  @MillisColumn('created_at')
  readonly createdAt: number;
}
