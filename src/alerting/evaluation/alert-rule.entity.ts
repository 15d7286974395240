import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MillisColumn, ReferenceColumn } from '../../database/columns';
import type { Condition } from '../conditions/condition';
import type { AlertState } from '../conditions/alert-state';

export const RULE_STATUSES = ['active', 'paused'] as const;
export type RuleStatus = (typeof RULE_STATUSES)[number];

/** An alert rule with its state. Its webhook has the same id. */
@Entity('alert_rules')
@Index('alert_rules_by_age', ['createdAt', 'id'])
@Index('alert_rules_by_bucket', ['bucketId', 'createdAt', 'id'])
export class AlertRule {
  @IdColumn()
  readonly id: string;

  @ReferenceColumn('bucket_id')
  readonly bucketId: string;

  @Index('alert_rules_by_source')
  @ReferenceColumn('source_id')
  readonly sourceId: string;

  @Column({ type: 'varchar', length: 100 })
  readonly name: string;

  /** The text as the client sent it. */
  @Column({ type: 'varchar', length: 500 })
  readonly condition: string;

  @Column({ name: 'parsed_condition', type: 'simple-json' })
  readonly parsedCondition: Condition;

  @Column({ name: 'cooldown_minutes', type: 'integer' })
  readonly cooldownMinutes: number;

  /** The interval of reminders; 0 for none; null for the cooldown. */
  @Column({ name: 'repeat_minutes', type: 'integer', nullable: true })
  readonly repeatMinutes: number | null;

  @Column({ type: 'varchar', length: 6 })
  readonly status: RuleStatus;

  /** Everything the state machine keeps between points. */
  @Column({ name: 'memory', type: 'simple-json' })
  readonly alertState: AlertState;

  /** When time alone changes the state next; null for never. */
  @Index('alert_rules_by_due')
  @MillisColumn('due_at', { nullable: true })
  readonly dueAt: number | null;

  @MillisColumn('last_triggered_at', { nullable: true })
  readonly lastTriggeredAt: number | null;

  @MillisColumn('created_at')
  readonly createdAt: number;

  @MillisColumn('updated_at')
  readonly updatedAt: number;
}
