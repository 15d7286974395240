import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MillisColumn } from '../database/columns';

/** Fits a host name of 253 characters and a port. */
export const RECEIVER_LENGTH = 260;
export const LONGEST_ERROR = 300;
/** The URL of a webhook that has none: no message is queued for it. */
export const NO_URL = '';

/** The webhook of an alert rule, which has the same id, and the state of its queue. */
@Entity('webhooks')
@Index('webhooks_by_due', ['receiver', 'nextAt', 'id'], { where: 'next_at IS NOT NULL' })
@Index('webhooks_by_failure', ['failedSince'], { where: 'failed_since IS NOT NULL' })
export class Webhook {
  @IdColumn()
  readonly id: string;

  /** Sealed under the server's secret, for this row; plain if an earlier version stored it and it is not sealed yet; or `NO_URL`. */
  @Column({ type: 'text' })
  readonly url: string;

  /** Sealed under the server's secret, for this row. */
  @Column({ type: 'text' })
  readonly secret: string;

  /** Up to three earlier secrets, newest first, separated by spaces. Messages are signed with them too until `previousUntil`. */
  @Column({ name: 'previous_secret', type: 'text', nullable: true })
  readonly previousSecret: string | null;

  @MillisColumn('previous_until', { nullable: true })
  readonly previousUntil: number | null;

  /** When its receiver answered 410 Gone. Nothing is sent after that. */
  @MillisColumn('switched_off_at', { nullable: true })
  readonly switchedOffAt: number | null;

  /** Custom headers as JSON, sealed under the server's secret, for this row. */
  @Column({ type: 'text', nullable: true })
  readonly headers: string | null;

  /** The host and port of the URL. Receivers take turns. */
  @Column({ type: 'varchar', length: RECEIVER_LENGTH, default: '' })
  readonly receiver: string;

  /** A keyed hash of the URL: equal for all webhooks with the same URL. Null until the server has computed it. */
  @Index('webhooks_by_queue')
  @Column({ type: 'varchar', length: 43, nullable: true })
  readonly queue: string | null;

  /** The number of the last message. */
  @Column({ type: 'integer', default: 0 })
  readonly sequence: number;

  /** Set when the owner is deleted: queued messages with a lower number are not sent. */
  @Column({ name: 'drop_before', type: 'integer', nullable: true })
  readonly dropBefore: number | null;

  /** When the oldest queued message is due; during an attempt, when its lease expires; null if the queue is empty. */
  @MillisColumn('next_at', { nullable: true })
  readonly nextAt: number | null;

  /** When the running attempt began; null if there is none. */
  @MillisColumn('claimed_at', { nullable: true })
  readonly claimedAt: number | null;

  /** When the last attempt at this URL ended, including test messages. */
  @MillisColumn('attempted_at', { nullable: true })
  readonly attemptedAt: number | null;

  @Column({ name: 'last_error', type: 'varchar', length: LONGEST_ERROR, nullable: true })
  readonly lastError: string | null;

  /** When the first attempt since the last success failed. */
  @MillisColumn('failed_since', { nullable: true })
  readonly failedSince: number | null;
}
