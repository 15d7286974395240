import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MillisColumn } from '../database/columns';

/** A creation that was processed. It contains no secret, so the key cannot be returned again. */
@Entity('idempotency_records')
@Index('idempotency_records_by_age', ['createdAt'])
export class IdempotencyRecord {
  /** SHA-256 of organization, route and header value, in hex. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  readonly id: string;

  /** SHA-256 of the content of the request, in hex. */
  @Column({ type: 'varchar', length: 64 })
  readonly fingerprint: string;

  /** The ids of what was created. */
  @Column({ name: 'api_key_ids', type: 'simple-json' })
  readonly apiKeyIds: readonly string[];

  @MillisColumn('created_at')
  readonly createdAt: number;
}
