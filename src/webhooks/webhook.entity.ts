import { Column, Entity } from 'typeorm';
import { IdColumn, MillisColumn } from '../database/columns';

/** Where the messages of its owner, which has the same id, are posted. */
@Entity('webhooks')
export class Webhook {
  @IdColumn()
  readonly id: string;

  /** Sealed under the server's secret, for this row; plain where an earlier version stored it, until the server has sealed it. */
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
}
