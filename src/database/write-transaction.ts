import type { BoundedPool } from './bounded-pool';
import { BEGIN_COMMAND, BEGIN_WRITE, DEADLINES, LIVENESS_MILLIS } from './deadlines';
import type { HeldConnection } from './held-connection';
import { schemaRefusalOf } from './identity/schema-version';
import { isConnectionLost } from './postgres-errors';

/**
 * Begins a transaction. If the connection was lost while it was idle, retries with another one.
 *
 * @param check a statement sent with BEGIN that fails if the schema has another version
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

/** Returns the error after a failure, and releases the connection. */
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

/** Rolls back and releases the connection. */
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
 * Commits and releases the connection.
 *
 * @returns false if the response was lost, so that the outcome is unknown
 * @throws Error if nothing was stored
 */
export async function commit(held: HeldConnection): Promise<boolean> {
  const { client } = held;
  try {
    const { command } = await client.query('COMMIT');
    held.release();
    // PostgreSQL answers COMMIT with ROLLBACK if a statement of the transaction had failed.
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
