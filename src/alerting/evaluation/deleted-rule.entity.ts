import { Entity } from 'typeorm';
import { IdColumn, MillisColumn } from '../../database/columns';

/** A deleted rule whose history and deliveries are still to be removed. */
@Entity('ended_alert_rules')
export class DeletedRule {
  @IdColumn()
  readonly id: string;

  @MillisColumn('ended_at')
  readonly endedAt: number;
}
