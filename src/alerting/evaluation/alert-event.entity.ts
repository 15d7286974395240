import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MillisColumn, ReferenceColumn } from '../../database/columns';
import type { ResolveReason } from './alert-details';

/** An entry in the history of a rule. */
@Entity('alert_events')
@Index('alert_events_by_rule', ['ruleId', 'at', 'id'])
@Index('alert_events_by_bucket', ['bucketId', 'event', 'at'])
@Index('alert_events_by_age', ['createdAt'])
export class AlertEvent {
  @IdColumn()
  readonly id: string;

  @ReferenceColumn('rule_id')
  readonly ruleId: string;

  @ReferenceColumn('bucket_id')
  readonly bucketId: string;

  @Column({ type: 'varchar', length: 9 })
  readonly event: 'triggered' | 'resolved';

  @MillisColumn('at')
  readonly at: number;

  /** The values of the condition's fields, as JSON. */
  @Column({ name: 'current_value', type: 'text' })
  readonly currentValue: string;

  /** The point that caused it, as JSON. */
  @Column({ name: 'data_point', type: 'text', nullable: true })
  readonly dataPoint: string | null;

  /** The number of the reminder; 0 for the firing itself. For `resolved`, how many reminders there were. */
  @Column({ type: 'integer', default: 0 })
  readonly repeats: number;

  /** Why the alert ended, if not through its condition. */
  @Column({ type: 'varchar', length: 8, nullable: true })
  readonly reason: ResolveReason | null;

  @MillisColumn('created_at')
  readonly createdAt: number;
}
