import { Entity, Index } from 'typeorm';
import { IdColumn, MillisColumn } from '../../database/columns';

/** A time in which no instance of the server ran. It does not count as missing data. */
@Entity('server_absences')
@Index('server_absences_by_end', ['until', 'id'])
export class DowntimeRow {
  @IdColumn()
  readonly id: string;

  @MillisColumn('since')
  readonly since: number;

  @MillisColumn('until')
  readonly until: number;
}
