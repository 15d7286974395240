import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MillisColumn, ReferenceColumn } from '../database/columns';
import { LONGEST_ERROR } from './webhook.entity';

/** `dropped`: not sent, because a later message supersedes it. */
export const DELIVERY_STATUSES = ['waiting', 'delivered', 'failed', 'dropped'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** A message for a webhook, stored in the transaction of the change that it reports. Finished ones expire 30 days after their creation. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_by_webhook', ['webhookId', 'createdAt', 'id'])
@Index('webhook_deliveries_by_order', ['webhookId', 'status', 'sequence', 'createdAt', 'id'])
@Index('webhook_deliveries_by_attempt', ['status', 'attemptedAt'])
@Index('webhook_deliveries_by_age', ['createdAt'])
@Index('webhook_deliveries_by_status', ['status', 'createdAt', 'id'])
export class Delivery {
  @IdColumn()
  readonly id: string;

  @ReferenceColumn('webhook_id')
  readonly webhookId: string;

  /** Increases within a webhook: messages are sent in this order. 0 for messages of earlier versions. */
  @Column({ type: 'integer', default: 0 })
  readonly sequence: number;

  @Column({ type: 'varchar', length: 32 })
  readonly event: string;

  /** The body in the standard format, as JSON. */
  @Column({ type: 'text' })
  readonly payload: string;

  /** The text for chat services, as JSON. */
  @Column({ type: 'text', name: 'told' })
  readonly summary: string;

  @Column({ type: 'varchar', length: 9 })
  readonly status: DeliveryStatus;

  /** Attempts that succeeded or failed. Attempts rejected by a rate limit do not count. */
  @Column({ type: 'integer' })
  readonly attempts: number;

  @Column({ name: 'response_status', type: 'integer', nullable: true })
  readonly responseStatus: number | null;

  @Column({ type: 'varchar', length: LONGEST_ERROR, nullable: true })
  readonly error: string | null;

  @MillisColumn('created_at')
  readonly createdAt: number;

  /** When it was queued: at its creation or its last replay. */
  @MillisColumn('queued_at', { default: 0 })
  readonly queuedAt: number;

  @MillisColumn('attempted_at', { nullable: true })
  readonly attemptedAt: number | null;
}

/** A delivery without its body, which may be long. */
export type DeliverySummary = Omit<Delivery, 'webhookId' | 'sequence' | 'payload' | 'summary' | 'queuedAt'>;
