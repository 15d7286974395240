import type { BoundedPool } from './bounded-pool';
import { BEGIN_COMMAND, BEGIN_WRITE, DEADLINES, LIVENESS_MILLIS } from './deadlines';
import type { HeldConnection } from './held-connection';
import { schemaRefusalOf } from './identity/schema-version';
import { isConnectionLost } from './postgres-errors';

/**
 * Begins a transaction. A connection that was cut off while it was idle shows here, where nothing is lost by taking another.
 *
 * @param check a statement that is sent along with BEGIN and refuses a schema of another version
 */
export async function begin(pool: BoundedPool, check: string): Promise<HeldConnection> {
  const first = await pool.take('writes');
  const cause = await beginOn(first, pool, check);
  if (!cause) return first;
  if (!isConnectionLost(cause)) throw cause;
  const second = await pool.take('writes');
  const again = await beginOn(second, pool, check);
  if (again) throw again;
  return second;
}

/** Gives the connection back where it fails, and says why. */
async function beginOn(held: HeldConnection, pool: BoundedPool, check: string): Promise<Error | undefined> {
  const { hasDeadlines } = pool;
  try {
    if (hasDeadlines) held.expireIn(LIVENESS_MILLIS);
    await held.client.query(`${hasDeadlines ? BEGIN_WRITE : BEGIN_COMMAND}; ${check}`);
    if (hasDeadlines) held.expireIn(DEADLINES.writes.useMillis);
    return undefined;
  } catch (cause) {
    const refusal = schemaRefusalOf(cause);
    if (refusal) await rollBack(held, refusal, pool);
    else held.release(cause as Error);
    return refusal ?? (cause as Error);
  }
}

/** Undoes what failed, and gives the connection back. */
export async function rollBack(held: HeldConnection, cause: unknown, { hasDeadlines }: BoundedPool): Promise<void> {
  if (held.failure || isConnectionLost(cause)) return held.release(cause as Error);
  if (hasDeadlines) held.expireIn(LIVENESS_MILLIS);
  try {
    await held.client.query('ROLLBACK');
    held.release();
  } catch (failure) {
    held.release(failure as Error);
  }
}

/**
 * Commits, and gives the connection back.
 *
 * @returns false where the answer was lost, so that the outcome is unknown
 * @throws Error where nothing was stored
 */
export async function commit(held: HeldConnection): Promise<boolean> {
  const { client } = held;
  try {
    const { command } = await client.query('COMMIT');
    held.release();
    // PostgreSQL rolls back instead where the work went on after a statement of it had failed.
    if (command !== 'COMMIT')
      throw new Error('A statement of this transaction had failed, so nothing of it was stored');
    return true;
  } catch (cause) {
    if (held.isReleased) throw cause;
    held.release(cause as Error);
    if (!isConnectionLost(cause) || wasNeverSent(cause)) throw cause;
    return false;
  }
}

function wasNeverSent(cause: unknown): boolean {
  return (cause as Error).message.endsWith('is not queryable');
}
