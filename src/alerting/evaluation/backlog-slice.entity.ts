import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MillisColumn, ReferenceColumn } from '../../database/columns';

/** Notifications of a data source whose history entries and messages are still to be written. */
@Entity('notification_backlog')
@Index('notification_backlog_by_order', ['sourceId', 'sequence'], { unique: true })
export class BacklogSlice {
  @IdColumn()
  readonly id: string;

  @ReferenceColumn('source_id')
  readonly sourceId: string;

  /** Increases within a data source: slices are written in this order. */
  @Column({ type: 'integer' })
  readonly sequence: number;

  /** Up to `SLICE_LENGTH` notifications, as JSON or compressed. */
  @Column({ type: 'text' })
  readonly notifications: string;

  @MillisColumn('created_at')
  readonly createdAt: number;
}
