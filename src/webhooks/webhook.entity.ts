import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MillisColumn } from '../database/columns';

/** A host name of 253 characters and a port, with some to spare. */
export const RECEIVER_LENGTH = 260;
export const LONGEST_ERROR = 300;
/** In the place of the URL of an owner that has none: no message is queued for it. */
export const NO_URL = '';

/** Where the messages of its owner, which has the same id, are posted, and the queue of those that wait. */
@Entity('webhooks')
@Index('webhooks_by_due', ['receiver', 'nextAt', 'id'], { where: 'next_at IS NOT NULL' })
@Index('webhooks_by_failure', ['failedSince'], { where: 'failed_since IS NOT NULL' })
export class Webhook {
  @IdColumn()
  readonly id: string;

  /** Sealed under the server's secret, for this row; plain where an earlier version stored it, until the server has sealed it; or `NO_URL`. */
  @Column({ type: 'text' })
  readonly url: string;

  /** Sealed under the server's secret, for this row. */
  @Column({ type: 'text' })
  readonly secret: string;

  /** Up to three earlier ones, newest first, with spaces between. They are signed with too until their time is over. */
  @Column({ name: 'previous_secret', type: 'text', nullable: true })
  readonly previousSecret: string | null;

  @MillisColumn('previous_until', { nullable: true })
  readonly previousUntil: number | null;

  /** When its receiver said that it is gone: nothing is sent there from then on. */
  @MillisColumn('switched_off_at', { nullable: true })
  readonly switchedOffAt: number | null;

  /** Headers of the owner's own as JSON, sealed under the server's secret, for this row. */
  @Column({ type: 'text', nullable: true })
  readonly headers: string | null;

  /** The host and port of the URL, so that one receiver does not take all turns. */
  @Column({ type: 'varchar', length: RECEIVER_LENGTH, default: '' })
  readonly receiver: string;

  /** Known only by a key: the same for all webhooks with the same URL. Null until the server has computed it. */
  @Index('webhooks_by_queue')
  @Column({ type: 'varchar', length: 43, nullable: true })
  readonly queue: string | null;

  /** The number of the last message. */
  @Column({ type: 'integer', default: 0 })
  readonly sequence: number;

  /** When the oldest message that waits is sent; while it is under way, when the lease ends; null where none waits. */
  @MillisColumn('next_at', { nullable: true })
  readonly nextAt: number | null;

  /** When the attempt began that is under way. */
  @MillisColumn('claimed_at', { nullable: true })
  readonly claimedAt: number | null;

  /** When the last attempt at this URL ended, samples included. */
  @MillisColumn('attempted_at', { nullable: true })
  readonly attemptedAt: number | null;

  @Column({ name: 'last_error', type: 'varchar', length: LONGEST_ERROR, nullable: true })
  readonly lastError: string | null;

  /** When the first attempt failed since the last success. */
  @MillisColumn('failed_since', { nullable: true })
  readonly failedSince: number | null;
}
