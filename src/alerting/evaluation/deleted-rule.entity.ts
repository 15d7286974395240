import { Entity } from 'typeorm';
import { IdColumn, MillisColumn } from '../../database/columns';

/** A rule that is gone, whose history and deliveries are still there. */
@Entity('ended_alert_rules')
export class DeletedRule {
  @IdColumn()
  readonly id: string;

  @MillisColumn('ended_at')
  readonly endedAt: number;
}
