import type { EntityManager } from 'typeorm';
import { query } from '../database/sql';
import { subtractMetadata } from '../sources/source-metadata';

/** What is counted: a whole bucket, or one rotation line in it. */
export interface CountScope {
  readonly bucketId: string;
  /** The rotation line; empty for the whole bucket. */
  readonly line: string;
}

const LOCK = `INSERT INTO metadata_counts (bucket_id, line, count) VALUES (?, ?, 0)
  ON CONFLICT (bucket_id, line) DO UPDATE SET count = metadata_counts.count RETURNING count`;
const ADD = 'UPDATE metadata_counts SET count = count + ? WHERE bucket_id = ? AND line = ?';
const REMOVE_EMPTY = 'DELETE FROM metadata_counts WHERE bucket_id = ? AND line = ? AND count <= 0';

/** A count of distinct metadata texts, locked by the transaction. `added` is the change, negative for removals. */
export class LockedCount {
  added = 0;

  constructor(
    readonly scope: CountScope,
    private readonly before: number,
  ) {}

  get now(): number {
    return this.before + this.added;
  }
}

/**
 * Locks counts until the transaction ends. Lock the sources first. Lock all counts that a transaction needs in one call: it sorts
 * them, which prevents deadlocks.
 */
export async function lockCounts(manager: EntityManager, scopes: readonly CountScope[]): Promise<LockedCounts> {
  const byName = new Map(scopes.map((scope) => [nameOf(scope), scope]));
  const counts = new Map<string, LockedCount>();
  for (const name of [...byName.keys()].sort()) {
    const scope = byName.get(name) as CountScope;
    const [row] = await query<{ count: number }>(manager, LOCK, [scope.bucketId, scope.line]);
    counts.set(name, new LockedCount(scope, row?.count ?? 0));
  }
  return new LockedCounts(counts);
}

/** The counts that a transaction has locked. */
export class LockedCounts {
  constructor(private readonly counts: ReadonlyMap<string, LockedCount>) {}

  /** @throws Error for a count that is not locked */
  of(bucketId: string, line: string): LockedCount {
    const count = this.counts.get(nameOf({ bucketId, line }));
    if (!count) throw new Error('A count of metadata is used that is not held');
    return count;
  }

  [Symbol.iterator](): IterableIterator<LockedCount> {
    return this.counts.values();
  }

  /** Stores the changes. Deletes rows whose count is zero. */
  async save(manager: EntityManager): Promise<void> {
    for (const { scope, added, now } of this) {
      if (added !== 0) await query(manager, ADD, [added, scope.bucketId, scope.line]);
      if (now <= 0) await query(manager, REMOVE_EMPTY, [scope.bucketId, scope.line]);
    }
  }
}

/** Subtracts removed texts from the counts of a locked source. */
export async function countRemoved(
  manager: EntityManager,
  { number, bucketId }: { readonly number: number; readonly bucketId: string },
  lines: readonly (string | null)[],
): Promise<void> {
  if (lines.length === 0) return;
  const scopes = ['', ...lines.filter((line) => line !== null)].map((line) => ({ bucketId, line }));
  const counts = await lockCounts(manager, scopes);
  counts.of(bucketId, '').added -= lines.length;
  for (const line of lines) if (line !== null) counts.of(bucketId, line).added -= 1;
  await counts.save(manager);
  await subtractMetadata(manager, number, lines.length);
}

function nameOf({ bucketId, line }: CountScope): string {
  return `${bucketId} ${line}`;
}
