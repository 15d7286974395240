import { Injectable } from '@nestjs/common';
import { BatchedReads, type BatchedRead } from '../database/batched-reads';

const KEPT_MILLIS = 1000;
/** How many names are kept in memory. */
export const MOST_NAMES = 10_000;

interface Kept {
  readonly name: string;
  readonly until: number;
}

/**
 * Names of buckets for answers that are asked for often. A change on this server is seen at once, one on another within a
 * second. At most 10,000 names are kept in memory.
 */
@Injectable()
export class BucketNames {
  private readonly find: BatchedRead<{ name: string }>;
  private readonly kept = new Map<string, Kept>();
  /** Grows with each change, so that a name that was read before it is not kept. */
  private changes = 0;

  constructor(batchedReads: BatchedReads) {
    this.find = batchedReads.create('SELECT name FROM buckets WHERE id = ?');
  }

  /** A promise only when the database has to be asked. Empty for a bucket that does not exist. */
  nameOf(id: string, nowMillis = performance.now()): string | Promise<string> {
    const kept = this.kept.get(id);
    return kept && kept.until > nowMillis ? kept.name : this.read(id, nowMillis);
  }

  /** Has the name of a bucket read again, once a change of it is stored. */
  forget(id: string): void {
    this.changes += 1;
    this.kept.delete(id);
  }

  private async read(id: string, nowMillis: number): Promise<string> {
    const { changes } = this;
    const row = await this.find(id);
    if (!row) return '';
    if (changes === this.changes) {
      if (this.kept.size >= MOST_NAMES) this.kept.clear();
      this.kept.set(id, { name: row.name, until: nowMillis + KEPT_MILLIS });
    }
    return row.name;
  }
}
