import { Column, Entity, ForeignKey, Index } from 'typeorm';
import type { KeyType } from '../auth/key-type';
import { Bucket } from '../buckets/bucket.entity';
import { IdColumn, MillisColumn, ReferenceColumn } from '../database/columns';
import { Organization } from '../organizations/organization.entity';

/** A key, without its text. A deleted one keeps its row and its hash, so that it can never come back. */
@Entity('api_keys')
@Index('api_keys_by_hash', ['hash'], { unique: true })
@Index('api_keys_living_of_line', ['lineId', 'expiresAt'], {
  where: 'replaces IS NOT NULL AND deleted_at IS NULL AND retired_at IS NULL',
})
@Index('api_keys_by_scope', [
  ...['organizationId', 'bucketId', 'deletedAt', 'createdAt', 'id'],
  ...['retiredAt', 'expiresAt', 'disabledAt'],
])
export class ApiKey {
  @IdColumn()
  readonly id: string;

  @ReferenceColumn('organization_id')
  @ForeignKey(() => Organization, { name: 'api_keys_organization' })
  readonly organizationId: string;

  /** The bucket of a write or read key; null for an Admin key, which is the organization's. */
  @ReferenceColumn('bucket_id', { nullable: true })
  @ForeignKey(() => Bucket, { name: 'api_keys_bucket' })
  readonly bucketId: string | null;

  @Column({ type: 'varchar', length: 100 })
  readonly name: string;

  @Column({ type: 'varchar', length: 5 })
  readonly type: KeyType;

  /** SHA-256 of the key's text in hex, or HMAC-SHA-256 under a pepper. */
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

  /** From this moment on it is refused. A rotated key's is the end of its grace period. */
  @MillisColumn('expires_at', { nullable: true })
  readonly expiresAt: number | null;

  /** Since when it is refused, until it is enabled again. */
  @MillisColumn('disabled_at', { nullable: true })
  readonly disabledAt: number | null;

  /** Addresses and CIDR ranges that it may be used from, separated by commas; null for all. */
  @Column({ name: 'allowed_ips', type: 'text', nullable: true })
  readonly allowedIps: string | null;

  /** The one data source that it may write to or read. */
  @ReferenceColumn('data_source_id', { nullable: true })
  readonly dataSourceId: string | null;

  /** 1 where it can never read back: a number, since the two databases take booleans differently. */
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

  /** The key that this one was made to replace. */
  @ReferenceColumn('replaces', { nullable: true })
  readonly replaces: string | null;

  /** The key that was made to replace this one. */
  @ReferenceColumn('replaced_by', { nullable: true })
  readonly replacedBy: string | null;

  /** The key that dies when this one is first used; null once that is done. */
  @ReferenceColumn('retires', { nullable: true })
  readonly retires: string | null;

  /** The first key of its line: a key and what it was rotated into are one line. Its own id where it replaces none. */
  @ReferenceColumn('line_id', { default: '' })
  readonly lineId: string;

  /** In the row of a line's first key: the newest key of the line; null while that is the first one. */
  @ReferenceColumn('newest_id', { nullable: true })
  readonly newestId: string | null;

  /** Who rotated the key that this one replaces; null where it replaces none. */
  @Column({ name: 'made_by', type: 'varchar', length: 5, nullable: true })
  readonly madeBy: 'admin' | 'self' | null;

  /** Since when it has been replaced for good. No clock and no change opens it again. */
  @MillisColumn('retired_at', { nullable: true })
  readonly retiredAt: number | null;

  /** 1 where it may not rotate itself. */
  @Column({ name: 'no_self_rotation', type: 'smallint', nullable: true })
  readonly noSelfRotation: 1 | null;

  /** Which pepper its hash was made with; null for none. */
  @Column({ type: 'varchar', length: 16, nullable: true })
  readonly pepper: string | null;

  /** Where it was last used from. */
  @Column({ name: 'last_address', type: 'varchar', length: 45, nullable: true })
  readonly lastAddress: string | null;

  @Column({ name: 'last_user_agent', type: 'varchar', length: 200, nullable: true })
  readonly lastUserAgent: string | null;
}
