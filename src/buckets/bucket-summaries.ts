import { Injectable } from '@nestjs/common';
import { BatchedReads, type BatchedRead } from '../database/batched-reads';
import type { Bucket } from './bucket.entity';

const KEPT_MILLIS = 1000;
/** The maximum number of cached buckets. */
export const MAX_SUMMARIES = 10_000;

/** What a key is told about its bucket. */
export type BucketSummary = Pick<Bucket, 'id' | 'name' | 'retentionDays' | 'status'>;

interface Kept {
  readonly bucket: BucketSummary;
  readonly until: number;
}

/**
 * A cache of names and settings of buckets for frequent requests. A change on this server is visible at once, a change on another
 * server within a second. At most 10,000 buckets are cached.
 */
@Injectable()
export class BucketSummaries {
  private readonly find: BatchedRead<BucketSummary>;
  private readonly kept = new Map<string, Kept>();
  /** Incremented by each change, so that what was read before the change is not cached. */
  private changes = 0;

  constructor(batchedReads: BatchedReads) {
    this.find = batchedReads.create(
      'SELECT id, name, retention_days AS "retentionDays", status FROM buckets WHERE id = ?',
    );
  }

  /** Returns a promise only if the database must be read. It gives null for a bucket that does not exist. */
  get(id: string, nowMillis = performance.now()): BucketSummary | Promise<BucketSummary | null> {
    const kept = this.kept.get(id);
    return kept && kept.until > nowMillis ? kept.bucket : this.read(id, nowMillis);
  }

  /** Removes a bucket from the cache, after a change of it is stored. */
  forget(id: string): void {
    this.changes += 1;
    this.kept.delete(id);
  }

  private async read(id: string, nowMillis: number): Promise<BucketSummary | null> {
    const { changes } = this;
    const bucket = await this.find(id);
    if (!bucket) return null;
    if (changes === this.changes) {
      if (this.kept.size >= MAX_SUMMARIES) this.kept.clear();
      this.kept.set(id, { bucket, until: nowMillis + KEPT_MILLIS });
    }
    return bucket;
  }
}
