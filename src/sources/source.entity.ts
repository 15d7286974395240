import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { Bucket } from '../buckets/bucket.entity';
import { IdColumn, MillisColumn, ReferenceColumn } from '../database/columns';
import type { Schema } from './schema';
import { SCHEMA_AS_TEXT } from './schema-text';

export const SOURCE_STATUSES = ['active', 'archived'] as const;
export type SourceStatus = (typeof SOURCE_STATUSES)[number];

/** A data source: a sensor, machine or program. (The name `DataSource` is taken by TypeORM.) Deletion sets `deletedAt`. */
@Entity('data_sources')
@Index('data_sources_by_age', ['createdAt', 'id'], { where: 'deleted_at IS NULL' })
@Index('data_sources_by_bucket', ['bucketId', 'deletedAt', 'createdAt', 'id'])
export class Source {
  @IdColumn()
  readonly id: string;

  /** The reference in points. Numbers are never reused. */
  @Index('data_sources_by_number', { unique: true })
  @Column({ type: 'integer' })
  readonly number: number;

  @ReferenceColumn('bucket_id')
  @ForeignKey(() => Bucket, { name: 'data_sources_bucket' })
  readonly bucketId: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name: string;

  @Column({ type: 'varchar', length: 50 })
  readonly type: string;

  @Column({ type: 'varchar', length: 500 })
  readonly description: string;

  /** Frozen, because sources with equal schemas share one object. */
  @Column({ type: 'text', transformer: SCHEMA_AS_TEXT })
  readonly schema: Schema;

  /** Whether queries may downsample automatically. */
  @Column({ type: 'boolean' })
  readonly downsampling: boolean;

  @Column({ type: 'varchar', length: 8 })
  readonly status: SourceStatus;

  /** A random number that changes whenever the alert rules of the source change; 0 if it never had any. */
  @Column({ name: 'watch_version', type: 'integer', default: 0 })
  readonly watchVersion: number;

  /** The number of distinct metadata texts. */
  @Column({ name: 'metadata_count', type: 'integer', default: 0 })
  readonly metadataCount: number;

  /** The number of the next new text. It only increases, so that numbers are never reused. */
  @Column({ name: 'next_metadata', type: 'integer', default: 1 })
  readonly nextMetadata: number;

  /** A random number that changes when a sweep for unused metadata begins or ends: odd during a sweep, even otherwise. */
  @Column({ name: 'metadata_version', type: 'integer', default: 0 })
  readonly metadataVersion: number;

  /** A random number that changes when texts are numbered or a sweep begins. Caches are valid for one stamp. */
  @Column({ name: 'metadata_stamp', type: 'integer', default: 0 })
  readonly metadataStamp: number;

  @MillisColumn('created_at')
  readonly createdAt: number;

  @MillisColumn('updated_at')
  readonly updatedAt: number;

  @MillisColumn('deleted_at', { nullable: true })
  readonly deletedAt: number | null;
}
