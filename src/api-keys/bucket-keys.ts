import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { KeysInBucket, type CountedBucket } from '../buckets/bucket-contents';
import { DELETED_BUCKETS, ORGANIZATION_OF_BUCKET } from '../buckets/bucket-rows';
import { change, query, rowLock } from '../database/sql';
import { PeriodicTasks } from '../database/periodic-task';
import type { Run } from '../database/watched';
import { Writer } from '../database/writer';
import type { KeyScope } from './new-key';

const EVERY_MILLIS = 300_000;
/** This many keys are marked as deleted within some ten milliseconds. */
const KEYS_PER_DELETION = 1000;

const COUNT_USABLE = `SELECT count(*) AS keys FROM api_keys
  WHERE organization_id = ? AND bucket_id = ? AND deleted_at IS NULL
    AND disabled_at IS NULL AND retired_at IS NULL AND (expires_at IS NULL OR expires_at > ?) AND session_of IS NULL`;
const COUNT = `SELECT count(*) AS count FROM api_keys
  WHERE organization_id = (${ORGANIZATION_OF_BUCKET}) AND bucket_id = ? AND deleted_at IS NULL AND session_of IS NULL`;
/** In the order in which all transactions lock keys. */
const keysToDelete = (lock: string) => `SELECT id FROM api_keys
  WHERE organization_id = (${ORGANIZATION_OF_BUCKET}) AND bucket_id = ? AND deleted_at IS NULL
  ORDER BY id DESC LIMIT ${KEYS_PER_DELETION}${lock}`;
const LEFT_OVER = `SELECT b.id FROM (${DELETED_BUCKETS}) b WHERE EXISTS (
  SELECT 1 FROM api_keys WHERE organization_id = b.organization_id AND bucket_id = b.id AND deleted_at IS NULL)`;

/** Counts and deletes the keys of a bucket. */
@Injectable()
export class BucketKeys extends KeysInBucket implements OnApplicationBootstrap {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    periodicTasks: PeriodicTasks,
  ) {
    super();
    periodicTasks.register({
      failed: 'API keys of deleted buckets could not be deleted yet',
      everyMillis: EVERY_MILLIS,
      work: (run) => this.finishAll(run),
    });
  }

  override count(manager: EntityManager, { id: bucketId, organizationId }: CountedBucket): Promise<number> {
    return countUsable(manager, { organizationId, bucketId });
  }

  override async removeAll(manager: EntityManager, bucketId: string, deletedAt: number): Promise<number> {
    const [row] = await query<{ count: number }>(manager, COUNT, [bucketId, bucketId]);
    await deleteSome(manager, bucketId, deletedAt);
    return row?.count ?? 0;
  }

  override finishRemoval(bucketId: string): Promise<void> {
    return this.finish(bucketId);
  }

  /** A server that was killed may not have finished the deletion of a bucket. */
  onApplicationBootstrap(): Promise<void> {
    return this.finishAll();
  }

  /** @param run stops the work early */
  private async finishAll(run?: Run): Promise<void> {
    const buckets = await query<{ id: string }>(this.dataSource.manager, LEFT_OVER, []);
    for (const { id } of buckets) await this.finish(id, run);
  }

  /**
   * Deletes the remaining keys of a deleted bucket, in short transactions. It ends when a transaction finds none, since a key may
   * have been rotated meanwhile.
   */
  private async finish(bucketId: string, run?: Run): Promise<void> {
    let deleted: number;
    do {
      if (run && !run.next()) return;
      deleted = await this.writer.write((manager) => deleteSome(manager, bucketId, Date.now()), { space: 'frees' });
    } while (deleted > 0);
  }
}

/** @returns how many keys were deleted: 0 if none is left */
async function deleteSome(manager: EntityManager, bucketId: string, deletedAt: number): Promise<number> {
  const sql = `UPDATE api_keys SET deleted_at = ? WHERE id IN (${keysToDelete(rowLock(manager, 'UPDATE'))})`;
  return change(manager, sql, [deletedAt, bucketId, bucketId]);
}

/** The number of keys of a bucket that are accepted now. The index by scope covers this query. */
async function countUsable(manager: EntityManager, { organizationId, bucketId }: KeyScope): Promise<number> {
  const [counted] = await query<{ keys: number }>(manager, COUNT_USABLE, [organizationId, bucketId, Date.now()]);
  return counted?.keys ?? 0;
}
