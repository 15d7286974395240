import { Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../../database/columns';

/**
 * The usage of all replacements of one key on one day. Together with the row of the first key in `key_usage` it is the usage of the
 * whole rotation line, however many keys it has.
 */
@Entity('line_usage', { withoutRowid: true })
export class LineUsage {
  /** Days since 1970 in UTC. */
  @PrimaryColumn({ type: 'integer' })
  readonly day: number;

  /** The id of the rotation line's first key. */
  @PrimaryColumn({ name: 'line_id', type: 'varchar', length: 24 })
  readonly lineId: string;

  /** Requests that were accepted. */
  @WholeColumn('requests')
  readonly requests: number;
}
