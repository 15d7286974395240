import { Entity, Index, PrimaryColumn } from 'typeorm';
import { MillisColumn, ReferenceColumn } from '../../database/columns';

/** A one-time code that opens a session of a key. Its text is not stored. */
@Entity('session_codes')
@Index('session_codes_by_age', ['createdAt'])
export class SessionCode {
  /** The hash of its text, under the same pepper as keys: who can write to the database still cannot add a code. */
  @PrimaryColumn({ type: 'varchar', length: 64 })
  readonly id: string;

  /** The key that it opens a session of. */
  @ReferenceColumn('key_id')
  readonly keyId: string;

  @MillisColumn('created_at')
  readonly createdAt: number;

  @MillisColumn('expires_at')
  readonly expiresAt: number;

  /** When it was exchanged; null while it can be. */
  @MillisColumn('used_at', { nullable: true })
  readonly usedAt: number | null;
}
