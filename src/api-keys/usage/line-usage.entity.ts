import { Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../../database/columns';

/**
 * What the replacements of one key did on one day, all together. With the row of the first key in `key_usage` this is the
 * use of a whole line, however many keys it has had.
 */
@Entity('line_usage', { withoutRowid: true })
export class LineUsage {
  /** Days since 1970 in UTC. */
  @PrimaryColumn({ type: 'integer' })
  readonly day: number;

  /** The id of the line's first key. */
  @PrimaryColumn({ name: 'line_id', type: 'varchar', length: 24 })
  readonly lineId: string;

  /** Requests that were let in. */
  @WholeColumn('requests')
  readonly requests: number;
}
