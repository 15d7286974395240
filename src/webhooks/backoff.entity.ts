import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MillisColumn } from '../database/columns';

/** A URL that answered with a rate limit or failed. Rows expire `BACKOFFS_KEPT_MILLIS` after their last change. */
@Entity('webhook_backoffs')
export class Backoff {
  /** The `queue` of its webhooks. */
  @PrimaryColumn({ type: 'varchar', length: 43 })
  readonly id: string;

  /** Nothing is sent to the URL until then. */
  @MillisColumn('paused_until')
  readonly pausedUntil: number;

  /** How many times it was paused since the last success. */
  @Column({ type: 'integer' })
  readonly pauses: number;

  /** When an attempt last failed; null after a success. */
  @MillisColumn('failed_at', { nullable: true })
  readonly failedAt: number | null;

  /** When it last changed. */
  @Index('webhook_backoffs_by_age')
  @MillisColumn('created_at')
  readonly createdAt: number;
}
