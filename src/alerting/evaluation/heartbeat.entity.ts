import { Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn, ReferenceColumn } from '../../database/columns';

/** When any instance of the server last said that it runs, by the database's clock. One row. */
@Entity('server_heartbeats')
export class Heartbeat {
  @PrimaryColumn({ type: 'integer' })
  readonly id: number;

  @MillisColumn('at')
  readonly at: number;

  /** The same moment by the clock of that instance, by which arrivals are noted. */
  @MillisColumn('wall')
  readonly wall: number;

  /** The instance that said so; empty if it said so as it stopped. */
  @ReferenceColumn('instance')
  readonly instance: string;
}
