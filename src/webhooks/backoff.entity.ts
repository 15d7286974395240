import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MillisColumn } from '../database/columns';

/** A URL that answered with a rate limit, or at which attempts have failed. Removed a while after the last of it. */
@Entity('webhook_backoffs')
export class Backoff {
  /** The `queue` of its webhooks. */
  @PrimaryColumn({ type: 'varchar', length: 43 })
  readonly id: string;

  /** Until when nothing is sent there. */
  @MillisColumn('paused_until')
  readonly pausedUntil: number;

  /** How often it was paused since the last success. */
  @Column({ type: 'integer' })
  readonly pauses: number;

  /** When an attempt last failed, where none has succeeded since. */
  @MillisColumn('failed_at', { nullable: true })
  readonly failedAt: number | null;

  /** When it last changed. */
  @Index('webhook_backoffs_by_age')
  @MillisColumn('created_at')
  readonly createdAt: number;
}
