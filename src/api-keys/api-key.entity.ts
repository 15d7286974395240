import { Column, Entity, ForeignKey, Index } from 'typeorm';
import type { KeyType } from '../auth/key-type';
import { Bucket } from '../buckets/bucket.entity';
import { IdColumn, MillisColumn, ReferenceColumn } from '../database/columns';
import { Organization } from '../organizations/organization.entity';

/** An API key without its text. A deleted key keeps its row and its hash, so that it can never be used again. */
@Entity('api_keys')
@Index('api_keys_by_hash', ['hash'], { unique: true })
@Index('api_keys_living_of_line', ['lineId', 'expiresAt'], {
  where: 'replaces IS NOT NULL AND deleted_at IS NULL AND retired_at IS NULL',
})
@Index('api_keys_by_organization', ['organizationId', 'createdAt', 'id', 'sessionOf'], { where: 'deleted_at IS NULL' })
@Index('api_keys_by_scope', [
  ...['organizationId', 'bucketId', 'deletedAt', 'createdAt', 'id'],
  ...['retiredAt', 'expiresAt', 'disabledAt', 'sessionOf'],
])
@Index('api_keys_sessions_of_key', ['sessionOf', 'expiresAt'], {
  where: 'session_of IS NOT NULL AND deleted_at IS NULL',
})
@Index('api_keys_sessions_by_age', ['createdAt'], { where: 'session_of IS NOT NULL' })
export class ApiKey {
  @IdColumn()
  readonly id: string;

  @ReferenceColumn('organization_id')
  @ForeignKey(() => Organization, { name: 'api_keys_organization' })
  readonly organizationId: string;

  /** The bucket of a write or read key; null for an Admin key, which belongs to the organization. */
  @ReferenceColumn('bucket_id', { nullable: true })
  @ForeignKey(() => Bucket, { name: 'api_keys_bucket' })
  readonly bucketId: string | null;

  @Column({ type: 'varchar', length: 100 })
  readonly name: string;

  @Column({ type: 'varchar', length: 5 })
  readonly type: KeyType;

  /** SHA-256 of the key's text in hex, or HMAC-SHA-256 with a pepper. */
  @Column({ type: 'varchar', length: 64 })
  readonly hash: string;

  /** The four characters after the prefix. */
  @Column({ type: 'varchar', length: 4 })
  readonly hint: string;

  @MillisColumn('created_at')
  readonly createdAt: number;

  @MillisColumn('last_used_at', { nullable: true })
  readonly lastUsedAt: number | null;

  @MillisColumn('deleted_at', { nullable: true })
  readonly deletedAt: number | null;

  /** The key is rejected from this moment on. For a rotated key this is the end of its grace period. */
  @MillisColumn('expires_at', { nullable: true })
  readonly expiresAt: number | null;

  /** When it was disabled; null while it is enabled. */
  @MillisColumn('disabled_at', { nullable: true })
  readonly disabledAt: number | null;

  /** Addresses and CIDR ranges that it may be used from, separated by commas; null for any. */
  @Column({ name: 'allowed_ips', type: 'text', nullable: true })
  readonly allowedIps: string | null;

  /** The only data source that it may access; null for any. */
  @ReferenceColumn('data_source_id', { nullable: true })
  readonly dataSourceId: string | null;

  /** 1 for a key that cannot read data. A number, because the two databases store booleans differently. */
  @Column({ name: 'write_only', type: 'smallint', nullable: true })
  readonly writeOnly: 1 | null;

  @Column({ name: 'rate_limit', type: 'integer', nullable: true })
  readonly rateLimit: number | null;

  @Column({ name: 'rate_window_seconds', type: 'integer', nullable: true })
  readonly rateWindowSeconds: number | null;

  @Column({ name: 'quota_limit', type: 'integer', nullable: true })
  readonly quotaLimit: number | null;

  @Column({ name: 'quota_per', type: 'varchar', length: 5, nullable: true })
  readonly quotaPer: 'day' | 'month' | null;

  @Column({ type: 'simple-json', nullable: true })
  readonly metadata: Readonly<Record<string, string>> | null;

  /** The key that this one replaces. */
  @ReferenceColumn('replaces', { nullable: true })
  readonly replaces: string | null;

  /** The key that replaces this one. */
  @ReferenceColumn('replaced_by', { nullable: true })
  readonly replacedBy: string | null;

  /** The key that is retired when this one is first used; null once that has happened. */
  @ReferenceColumn('retires', { nullable: true })
  readonly retires: string | null;

  /** The first key of its rotation line: a key and all keys that it was rotated into; the first key has its own id here. */
  @ReferenceColumn('line_id', { default: '' })
  readonly lineId: string;

  /** In the first key of a rotation line: the newest key of the line, or null while that is the first key itself. */
  @ReferenceColumn('newest_id', { nullable: true })
  readonly newestId: string | null;

  /** Who rotated the key that this one replaces; null for the first key of a rotation line. */
  @Column({ name: 'made_by', type: 'varchar', length: 5, nullable: true })
  readonly madeBy: 'admin' | 'self' | null;

  /** When it was retired: its replacement took over for good, and it can never be used again. */
  @MillisColumn('retired_at', { nullable: true })
  readonly retiredAt: number | null;

  /** 1 for a key that may not rotate itself. */
  @Column({ name: 'no_self_rotation', type: 'smallint', nullable: true })
  readonly noSelfRotation: 1 | null;

  /**
   * The key that this session key was opened with; null for a key that is no session key. Name, type and restrictions of a session
   * key are those of that key at each request: its own columns say only when it expires and whether it was ended.
   */
  @ReferenceColumn('session_of', { nullable: true })
  readonly sessionOf: string | null;

  /** Identifies the pepper of its hash; null for none. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  readonly pepper: string | null;

  /** The address of its last use. */
  @Column({ name: 'last_address', type: 'varchar', length: 45, nullable: true })
  readonly lastAddress: string | null;

  @Column({ name: 'last_user_agent', type: 'varchar', length: 200, nullable: true })
  readonly lastUserAgent: string | null;
}
