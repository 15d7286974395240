import type { EntityManager } from 'typeorm';
import type { Retention } from '../common/retention';
import { query, rowLock } from '../database/sql';
import type { Bucket } from './bucket.entity';

/** A subquery for the ids of an organization's buckets. Its parameter is the organization's id. */
export const BUCKETS_OF_ORGANIZATION = 'SELECT id FROM buckets WHERE organization_id = ? AND deleted_at IS NULL';

/** A subquery for the organization of a bucket, also of a deleted one. Its parameter is the bucket's id. */
export const ORGANIZATION_OF_BUCKET = 'SELECT organization_id FROM buckets WHERE id = ?';

/** A subquery for the ids and organizations of deleted buckets. */
export const DELETED_BUCKETS = 'SELECT id, organization_id FROM buckets WHERE deleted_at IS NOT NULL';

const FIND_ORGANIZATION = `${ORGANIZATION_OF_BUCKET} AND deleted_at IS NULL`;
const FIND_RETENTION = `SELECT retention_days AS "retentionDays", undo_from AS "undoFrom", undo_until AS "undoUntil"
  FROM buckets WHERE id = ?`;
const FIND = 'SELECT status, retention_days AS "retentionDays" FROM buckets WHERE id = ?';

/** The status and retention of a bucket, also of a deleted one. */
export async function findBucketState(
  manager: EntityManager,
  id: string,
): Promise<(Retention & Pick<Bucket, 'status'>) | undefined> {
  const [row] = await query<Retention & Pick<Bucket, 'status'>>(manager, FIND, [id]);
  return row;
}

/** The organization of a bucket that is not deleted. */
export async function findOrganizationOf(manager: EntityManager, bucketId: string): Promise<string | undefined> {
  const [row] = await query<{ organization_id: string }>(manager, FIND_ORGANIZATION, [bucketId]);
  return row?.organization_id;
}

const FIND_BY_NAME = 'SELECT id FROM buckets WHERE organization_id = ? AND name = ? AND deleted_at IS NULL LIMIT 2';

/** The ids of up to two buckets with this name: names need not be unique. */
export async function findBucketIdsByName(
  manager: EntityManager,
  organizationId: string,
  name: string,
): Promise<string[]> {
  return (await query<{ id: string }>(manager, FIND_BY_NAME, [organizationId, name])).map(({ id }) => id);
}

const LIST_NAMES = 'SELECT DISTINCT name FROM buckets WHERE organization_id = ? AND deleted_at IS NULL';

/** The names of an organization's buckets, in the order of their code points. */
export async function listBucketNames(manager: EntityManager, organizationId: string): Promise<string[]> {
  const rows = await query<{ name: string }>(manager, LIST_NAMES, [organizationId]);
  return rows.map(({ name }) => name).sort((one, other) => (one < other ? -1 : 1));
}

/** Buckets whose retention one statement reads. */
const BUCKETS_AT_ONCE = 100;
const FIND_RETENTIONS = `SELECT id, retention_days AS "retentionDays" FROM buckets
  WHERE id IN (${Array(BUCKETS_AT_ONCE).fill('?').join(', ')})`;

/** The retention of several buckets by id, also of deleted ones. */
export async function findRetentions(manager: EntityManager, ids: Iterable<string>): Promise<Map<string, Retention>> {
  const wanted = [...new Set(ids)];
  const found = new Map<string, Retention>();
  for (let start = 0; start < wanted.length; start += BUCKETS_AT_ONCE) {
    const some = Array.from({ length: BUCKETS_AT_ONCE }, (_, index) => wanted[start + index] ?? '');
    for (const row of await query<Retention & { id: string }>(manager, FIND_RETENTIONS, some)) found.set(row.id, row);
  }
  return found;
}

/** The retention of a bucket, which does not change until the transaction ends. */
export async function lockRetention(
  manager: EntityManager,
  bucketId: string,
): Promise<Pick<Bucket, 'retentionDays' | 'undoFrom' | 'undoUntil'> | undefined> {
  const sql = FIND_RETENTION + rowLock(manager, 'SHARE');
  const [row] = await query<Pick<Bucket, 'retentionDays' | 'undoFrom' | 'undoUntil'>>(manager, sql, [bucketId]);
  return row;
}
