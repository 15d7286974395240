import type { EntityManager } from 'typeorm';
import type { Retention } from '../common/retention';
import { query } from '../database/sql';
import type { Bucket } from './bucket.entity';

/** A subquery for the ids of an organization's buckets. Its parameter is the organization's id. */
export const BUCKETS_OF_ORGANIZATION = 'SELECT id FROM buckets WHERE organization_id = ? AND deleted_at IS NULL';

const FIND = 'SELECT status, retention_days AS "retentionDays" FROM buckets WHERE id = ?';

/** The status and retention of a bucket, also of a deleted one. */
export async function findBucketState(
  manager: EntityManager,
  id: string,
): Promise<(Retention & Pick<Bucket, 'status'>) | undefined> {
  const [row] = await query<Retention & Pick<Bucket, 'status'>>(manager, FIND, [id]);
  return row;
}
