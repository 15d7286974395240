import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { databaseFailureOf } from '../common/database-failure';

/** How long a read or a write waits for a lock that another process holds on the SQLite file. */
export const LONGEST_LOCK_WAIT_MILLIS = 5000;
/** Short enough to hit the gap between two transactions of a busy writer; an attempt takes a few microseconds. */
const LONGEST_PAUSE_MILLIS = 10;

/** Whether an error means that another process holds the lock. */
export function isLocked(cause: unknown): boolean {
  return databaseFailureOf(cause) === 'busy';
}

/** Waits between two attempts to take the lock: from 1 ms up to 10 ms, with jitter. */
export function pauseForLock(attempt: number): Promise<void> {
  const longest = Math.min(1 + attempt / 8, LONGEST_PAUSE_MILLIS);
  return sleep(longest * (0.5 + Math.random() / 2));
}

/**
 * Retries a read that met a lock, for up to 5 s and without blocking the event loop. Within a transaction a single statement
 * cannot be retried: the cause is thrown.
 *
 * @param cause why the first attempt failed
 */
export async function readOnceUnlocked<T>(
  connection: Database,
  cause: unknown,
  read: () => T | Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  let last = cause;
  for (let attempt = 1; ; attempt++) {
    const isOver = performance.now() - startedAt > LONGEST_LOCK_WAIT_MILLIS;
    if (isOver || connection.inTransaction || !isLocked(last)) throw last;
    await pauseForLock(attempt);
    try {
      return await read();
    } catch (again) {
      last = again;
    }
  }
}
