import { Column, Entity, ForeignKey, Index } from 'typeorm';
import type { KeyType } from '../access/key-type';
import { Bucket } from '../buckets/bucket.entity';
import { IdColumn, MillisColumn, ReferenceColumn } from '../database/columns';
import { Organization } from '../organizations/organization.entity';

/** A key, without its text. A deleted one keeps its row and its hash, so that it can never come back. */
@Entity('api_keys')
@Index('api_keys_by_hash', ['hash'], { unique: true })
@Index('api_keys_by_scope', ['organizationId', 'bucketId', 'deletedAt', 'createdAt', 'id'])
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

  /** SHA-256 of the key's text, in hex. */
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
}
