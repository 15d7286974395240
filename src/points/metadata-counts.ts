import type { EntityManager } from 'typeorm';
import { query } from '../database/sql';
import { subtractMetadata } from '../sources/source-metadata';

/** What a count is of: a bucket, or one line of keys in it. */
export interface CountScope {
  readonly bucketId: string;
  /** Empty for the whole bucket. */
  readonly line: string;
}

const HOLD = `INSERT INTO metadata_counts (bucket_id, line, count) VALUES (?, ?, 0)
  ON CONFLICT (bucket_id, line) DO UPDATE SET count = metadata_counts.count RETURNING count`;
const ADD = 'UPDATE metadata_counts SET count = count + ? WHERE bucket_id = ? AND line = ?';
const REMOVE_EMPTY = 'DELETE FROM metadata_counts WHERE bucket_id = ? AND line = ? AND count <= 0';

/** How many distinct metadata texts something has, and how many are added or, below zero, removed. */
export class HeldCount {
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
 * Keeps every other transaction from changing these counts until this one ends. Sources have to be held before. All counts
 * that a transaction needs are held in one call, in one order: otherwise two transactions could wait for each other.
 */
export async function holdCounts(manager: EntityManager, scopes: readonly CountScope[]): Promise<HeldCounts> {
  const byName = new Map(scopes.map((scope) => [nameOf(scope), scope]));
  const counts = new Map<string, HeldCount>();
  for (const name of [...byName.keys()].sort()) {
    const scope = byName.get(name) as CountScope;
    const [row] = await query<{ count: number }>(manager, HOLD, [scope.bucketId, scope.line]);
    counts.set(name, new HeldCount(scope, row?.count ?? 0));
  }
  return new HeldCounts(counts);
}

/** Counts that a transaction holds. */
export class HeldCounts {
  constructor(private readonly counts: ReadonlyMap<string, HeldCount>) {}

  /** @throws Error for one that is not held */
  of(bucketId: string, line: string): HeldCount {
    const count = this.counts.get(nameOf({ bucketId, line }));
    if (!count) throw new Error('A count of metadata is used that is not held');
    return count;
  }

  [Symbol.iterator](): IterableIterator<HeldCount> {
    return this.counts.values();
  }

  /** Stores what was added. A count of nothing needs no row. */
  async save(manager: EntityManager): Promise<void> {
    for (const { scope, added, now } of this) {
      if (added !== 0) await query(manager, ADD, [added, scope.bucketId, scope.line]);
      if (now <= 0) await query(manager, REMOVE_EMPTY, [scope.bucketId, scope.line]);
    }
  }
}

/** Counts texts that were removed from a source that is held. */
export async function countRemoved(
  manager: EntityManager,
  { number, bucketId }: { readonly number: number; readonly bucketId: string },
  lines: readonly (string | null)[],
): Promise<void> {
  if (lines.length === 0) return;
  const scopes = ['', ...lines.filter((line) => line !== null)].map((line) => ({ bucketId, line }));
  const counts = await holdCounts(manager, scopes);
  counts.of(bucketId, '').added -= lines.length;
  for (const line of lines) if (line !== null) counts.of(bucketId, line).added -= 1;
  await counts.save(manager);
  await subtractMetadata(manager, number, lines.length);
}

function nameOf({ bucketId, line }: CountScope): string {
  return `${bucketId} ${line}`;
}
