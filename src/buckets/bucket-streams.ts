import type { EntityManager } from 'typeorm';
import type { Retention } from '../common/retention';
import { query, rowLock } from '../database/sql';

const FIND_LIVE = 'SELECT live_until AS "liveUntil" FROM buckets WHERE id = ? AND deleted_at IS NULL';
const SET_LIVE = 'UPDATE buckets SET live_until = ? WHERE id = ?';
const FIND_RETENTION = `SELECT retention_days AS "retentionDays" FROM buckets WHERE id = ? AND deleted_at IS NULL`;

/** From when until when the commits of a bucket are recorded, in milliseconds since 1970. */
export interface RecordingTimes {
  readonly untilMillis: number;
  /** The recording continues an earlier one that lasts at least until this time. */
  readonly continuesFromMillis: number;
}

/**
 * Has the commits of a bucket recorded until a time. The lock excludes ingest, so every transaction that is committed afterwards
 * is recorded.
 *
 * @returns whether the recording begins now; undefined for a bucket that does not exist
 */
export async function recordCommits(
  manager: EntityManager,
  bucketId: string,
  { untilMillis, continuesFromMillis }: RecordingTimes,
): Promise<{ readonly isNew: boolean } | undefined> {
  const sql = FIND_LIVE + rowLock(manager, 'UPDATE');
  const [row] = await query<{ liveUntil: number | null }>(manager, sql, [bucketId]);
  if (!row) return undefined;
  await query(manager, SET_LIVE, [Math.max(untilMillis, row.liveUntil ?? 0), bucketId]);
  return { isNew: row.liveUntil === null || row.liveUntil < continuesFromMillis };
}

/** The retention of a bucket; undefined for a bucket that does not exist or is deleted. */
export async function findStreamedBucket(manager: EntityManager, bucketId: string): Promise<Retention | undefined> {
  const [row] = await query<Retention>(manager, FIND_RETENTION, [bucketId]);
  return row;
}
