import { Column, Entity, ForeignKey, Index } from 'typeorm';
import { IdColumn, MillisColumn, ReferenceColumn } from '../database/columns';
import { Organization } from '../organizations/organization.entity';

export const BUCKET_STATUSES = ['active', 'archived'] as const;
export type BucketStatus = (typeof BUCKET_STATUSES)[number];

/** A container of time series, and the scope of its Write and Read keys. A deleted bucket keeps its row. */
@Entity('buckets')
@Index('buckets_by_organization', ['organizationId', 'deletedAt', 'createdAt', 'id'])
export class Bucket {
  @IdColumn()
  readonly id: string;

  @ReferenceColumn('organization_id')
  @ForeignKey(() => Organization, { name: 'buckets_organization' })
  readonly organizationId: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name: string;

  @Column({ type: 'varchar', length: 500 })
  readonly description: string;

  /** Days that points are kept, 1 to 3650; null keeps them forever. */
  @Column({ name: 'retention_days', type: 'integer', nullable: true })
  readonly retentionDays: number | null;

  /** Points from this time on are not erased before `undoUntil`, even if a shorter retention hides them. */
  @MillisColumn('undo_from', { nullable: true })
  readonly undoFrom: number | null;

  @MillisColumn('undo_until', { nullable: true })
  readonly undoUntil: number | null;

  @Column({ type: 'varchar', length: 8 })
  readonly status: BucketStatus;

  /** Until when its commits are recorded for streams; null if they never were. */
  @MillisColumn('live_until', { nullable: true })
  readonly liveUntil: number | null;

  @MillisColumn('created_at')
  readonly createdAt: number;

  @MillisColumn('updated_at')
  readonly updatedAt: number;

  @MillisColumn('deleted_at', { nullable: true })
  readonly deletedAt: number | null;
}
