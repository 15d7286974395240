import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { isPostgres } from '../database/sql';

const MAX_SLICE = 64;

/** Concurrent parts of one query that yield at the same time share one turn, and resume together. */
export function sharedYield(yieldTurn: YieldTurn): YieldTurn {
  let pending: Promise<void> | undefined;
  return () => (pending ??= yieldTurn().finally(() => (pending = undefined)));
}

/**
 * Slices of sources to read together until the caller has enough: 1, 2, 4 and so on up to 64. The first slices are small because
 * a few sources are often enough. On SQLite one at a time, because a read has no round trip.
 */
export function* growingSlices<Item>(manager: EntityManager, items: readonly Item[]): Generator<readonly Item[]> {
  const most = isPostgres(manager) ? MAX_SLICE : 1;
  let length = 1;
  for (let begin = 0; begin < items.length;) {
    yield items.slice(begin, begin + length);
    begin += length;
    length = Math.min(most, length * 2);
  }
}
