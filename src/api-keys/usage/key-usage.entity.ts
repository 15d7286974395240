import { Entity, PrimaryColumn } from 'typeorm';
import { WholeColumn } from '../../database/columns';

/** What one key did on one day. In order of days, so that old ones go in one piece. */
@Entity('key_usage', { withoutRowid: true })
export class KeyUsage {
  /** Days since 1970 in UTC. */
  @PrimaryColumn({ type: 'integer' })
  readonly day: number;

  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 24 })
  readonly keyId: string;

  /** Requests that were let in. */
  @WholeColumn('requests')
  readonly requests: number;

  /** Requests that were refused though the key was known. */
  @WholeColumn('refusals')
  readonly refusals: number;

  /** Points that were ingested. */
  @WholeColumn('points')
  readonly points: number;
}
