import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { Bucket } from '../buckets/bucket.entity';
import { IdColumn, MillisColumn, ReferenceColumn } from '../database/columns';
import type { Schema } from './schema';
import { SCHEMA_AS_TEXT } from './schema-text';

export const SOURCE_STATUSES = ['active', 'archived'] as const;
export type SourceStatus = (typeof SOURCE_STATUSES)[number];

/** What sends points: a sensor, a machine, a program. (TypeORM owns the name DataSource.) A deleted one keeps its row, marked. */
@Entity('data_sources')
@Index('data_sources_by_bucket', ['bucketId', 'deletedAt', 'createdAt', 'id'])
export class Source {
  @IdColumn()
  readonly id: string;

  /** What points refer to it by. It is never given twice. */
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

  /** Shared with other sources that have the same one: it is frozen. */
  @Column({ type: 'text', transformer: SCHEMA_AS_TEXT })
  readonly schema: Schema;

  /** Whether queries may average its points by themselves. */
  @Column({ type: 'boolean' })
  readonly downsampling: boolean;

  @Column({ type: 'varchar', length: 8 })
  readonly status: SourceStatus;

  /** Grows whenever what watches its points changes; 0 as long as nothing ever did. */
  @Column({ name: 'watch_version', type: 'integer', default: 0 })
  readonly watchVersion: number;

  /** How many distinct metadata texts its points have. */
  @Column({ name: 'metadata_count', type: 'integer', default: 0 })
  readonly metadataCount: number;

  /** The number of the next new text. It never goes back, so that no number is given twice. */
  @Column({ name: 'next_metadata', type: 'integer', default: 1 })
  readonly nextMetadata: number;

  /** Random, and replaced whenever a sweep for unused metadata begins or ends: odd during a sweep, otherwise even. */
  @Column({ name: 'metadata_version', type: 'integer', default: 0 })
  readonly metadataVersion: number;

  /** A random number, replaced whenever texts get numbers or a sweep begins: cached numbers are valid for one stamp. */
  @Column({ name: 'metadata_stamp', type: 'integer', default: 0 })
  readonly metadataStamp: number;

  @MillisColumn('created_at')
  readonly createdAt: number;

  @MillisColumn('updated_at')
  readonly updatedAt: number;

  @MillisColumn('deleted_at', { nullable: true })
  readonly deletedAt: number | null;
}
