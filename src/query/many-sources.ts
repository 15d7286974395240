import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { isPostgres } from '../database/sql';

const MOST_GROWN = 64;

/** Pieces of one query that pause at the same time wait for the same turn, and so go on at the same time. */
export function sharedYield(yieldTurn: YieldTurn): YieldTurn {
  let pending: Promise<void> | undefined;
  return () => (pending ??= yieldTurn().finally(() => (pending = undefined)));
}

/**
 * Slices of sources that are looked at together until enough is known: 1, 2, 4 and so on up to 64, so that a few sources that tell
 * enough are not looked at in vain. One at a time on SQLite, where a look costs no round trip.
 */
export function* growingSlices<Item>(manager: EntityManager, items: readonly Item[]): Generator<readonly Item[]> {
  const most = isPostgres(manager) ? MOST_GROWN : 1;
  let length = 1;
  for (let begin = 0; begin < items.length;) {
    yield items.slice(begin, begin + length);
    begin += length;
    length = Math.min(most, length * 2);
  }
}
