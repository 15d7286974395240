import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MillisColumn, ReferenceColumn } from '../database/columns';

export const DELIVERY_STATUSES = ['waiting', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** A host name of 253 characters and a port, with some to spare. */
export const RECEIVER_LENGTH = 260;

/** A message for a webhook: written beside the change that it tells of, and kept until it has been delivered and for a while after. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_by_webhook', ['webhookId', 'createdAt', 'id'])
@Index('webhook_deliveries_by_receiver', ['status', 'receiver', 'nextAt', 'id'])
@Index('webhook_deliveries_by_age', ['createdAt'])
export class Delivery {
  @IdColumn()
  readonly id: string;

  @ReferenceColumn('webhook_id')
  readonly webhookId: string;

  /** The host and port that it was to be posted to when it was written, so that one receiver does not take all turns. */
  @Column({ type: 'varchar', length: RECEIVER_LENGTH, default: '' })
  readonly receiver: string;

  @Column({ type: 'varchar', length: 32 })
  readonly event: string;

  /** The body for programs, as JSON. */
  @Column({ type: 'text' })
  readonly payload: string;

  /** What it says to people, as JSON. */
  @Column({ type: 'text' })
  readonly told: string;

  @Column({ type: 'varchar', length: 9 })
  readonly status: DeliveryStatus;

  @Column({ type: 'integer' })
  readonly attempts: number;

  /** When it is to be tried next; null once it is over. */
  @MillisColumn('next_at', { nullable: true })
  readonly nextAt: number | null;

  @Column({ name: 'response_status', type: 'integer', nullable: true })
  readonly responseStatus: number | null;

  @Column({ type: 'varchar', length: 300, nullable: true })
  readonly error: string | null;

  @MillisColumn('created_at')
  readonly createdAt: number;

  @MillisColumn('attempted_at', { nullable: true })
  readonly attemptedAt: number | null;
}

/** A delivery without what is posted, which may be long. */
export type DeliverySummary = Omit<Delivery, 'webhookId' | 'receiver' | 'payload' | 'told'>;
