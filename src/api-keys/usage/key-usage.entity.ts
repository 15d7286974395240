import { Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../../database/columns';

/** The usage of one key on one day. The primary key starts with the day, so that old rows are deleted as one range. */
@Entity('key_usage', { withoutRowid: true })
export class KeyUsage {
  /** Days since 1970 in UTC. */
  @PrimaryColumn({ type: 'integer' })
  readonly day: number;

  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 24 })
  readonly keyId: string;

  /** Requests that were accepted. */
  @WholeColumn('requests')
  readonly requests: number;

  /** Requests with this key that were refused. */
  @WholeColumn('refusals')
  readonly refusals: number;

  /** Points that were ingested. */
  @WholeColumn('points')
  readonly points: number;
}
