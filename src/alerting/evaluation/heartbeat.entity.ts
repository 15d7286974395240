import { Entity, PrimaryColumn } from 'typeorm';
import { MillisColumn, ReferenceColumn } from '../../database/columns';

/** The last heartbeat of any instance, by the database's clock. One row. */
@Entity('server_heartbeats')
export class Heartbeat {
  @PrimaryColumn({ type: 'integer' })
  readonly id: number;

  @MillisColumn('at')
  readonly at: number;

  /** The same moment by the clock of that instance, which records arrivals. */
  @MillisColumn('wall')
  readonly wall: number;

  /** The instance that wrote it; empty if it stopped. */
  @ReferenceColumn('instance')
  readonly instance: string;
}
