import { Injectable } from '@nestjs/common';
import { BatchedReads, type BatchedRead } from '../database/batched-reads';

const KEPT_MILLIS = 1000;
/** The maximum number of cached names. */
export const MAX_NAMES = 10_000;

interface Kept {
  readonly name: string;
  readonly until: number;
}

/**
 * A cache of bucket names for frequent requests. A change on this server is visible at once, a change on another server within a
 * second. At most 10,000 names are cached.
 */
@Injectable()
export class BucketNames {
  private readonly find: BatchedRead<{ name: string }>;
  private readonly kept = new Map<string, Kept>();
  /** Incremented by each change, so that a name that was read before the change is not cached. */
  private changes = 0;

  constructor(batchedReads: BatchedReads) {
    this.find = batchedReads.create('SELECT name FROM buckets WHERE id = ?');
  }

  /** Returns a promise only if the database must be read. Empty for a bucket that does not exist. */
  nameOf(id: string, nowMillis = performance.now()): string | Promise<string> {
    const kept = this.kept.get(id);
    return kept && kept.until > nowMillis ? kept.name : this.read(id, nowMillis);
  }

  /** Removes a name from the cache, after a change of it is stored. */
  forget(id: string): void {
    this.changes += 1;
    this.kept.delete(id);
  }

  private async read(id: string, nowMillis: number): Promise<string> {
    const { changes } = this;
    const row = await this.find(id);
    if (!row) return '';
    if (changes === this.changes) {
      if (this.kept.size >= MAX_NAMES) this.kept.clear();
      this.kept.set(id, { name: row.name, until: nowMillis + KEPT_MILLIS });
    }
    return row.name;
  }
}
