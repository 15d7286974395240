import type { Lane } from './lanes';

/** A key check, from its statement to the response. */
export const KEY_CHECK_MILLIS = 2000;
/** A write transaction, from its BEGIN to the response to its COMMIT. */
export const WRITE_MILLIS = 5000;
/** A statement that reads points, lists or statistics. */
export const QUERY_MILLIS = 30_000;

/** How long a connection may be in use before it is destroyed, and how long work waits for a connection. */
export const DEADLINES: Readonly<Record<Lane, { readonly useMillis: number; readonly waitMillis: number }>> = {
  keys: { useMillis: KEY_CHECK_MILLIS, waitMillis: 2000 },
  writes: { useMillis: WRITE_MILLIS, waitMillis: 10_000 },
  queries: { useMillis: QUERY_MILLIS, waitMillis: 10_000 },
};

/** BEGIN and ROLLBACK wait for no lock: without a response within this time, the connection is lost. */
export const LIVENESS_MILLIS = 2000;

/** How long to retry finding the outcome of a transaction after the response to its COMMIT was lost. */
export const OUTCOME_MILLIS = 2500;

/** Longer than `IDLE_IN_TRANSACTION_MILLIS`, so that a write outlasts a lock of a frozen instance. */
export const LOCK_WAIT_MILLIS = 4000;
/** After this time PostgreSQL ends the transaction of an instance that is frozen or unreachable, which releases its locks. */
export const IDLE_IN_TRANSACTION_MILLIS = 3000;
/** Both limits for CLI commands, whose statements have no time limit. */
const COMMAND_WAIT_MILLIS = 60_000;

/**
 * Begins a write transaction in one round trip. The settings are local to the transaction, so they also work behind PgBouncer in
 * transaction mode. `synchronous_commit` overrides the database's default, so that a committed write is on disk.
 */
export const BEGIN_WRITE = beginWith({
  lock_timeout: LOCK_WAIT_MILLIS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MILLIS,
  statement_timeout: WRITE_MILLIS,
});

/** Begins a transaction of a CLI command, such as a rebuild. */
export const BEGIN_COMMAND = beginWith({
  lock_timeout: COMMAND_WAIT_MILLIS,
  idle_in_transaction_session_timeout: COMMAND_WAIT_MILLIS,
  statement_timeout: 0,
});

function beginWith(bounds: Record<string, number>): string {
  const settings = Object.entries({ ...bounds, synchronous_commit: 'on' });
  return ['BEGIN', ...settings.map(([name, value]) => `SET LOCAL ${name} = ${value}`)].join('; ');
}
