import type { Lane } from './lanes';

/** A key check, from its statement to the answer. */
export const KEY_CHECK_MILLIS = 2000;
/** A transaction that writes, from its BEGIN to the answer to its COMMIT. */
export const WRITE_MILLIS = 5000;
/** A statement that reads points, lists or statistics. */
export const QUERY_MILLIS = 30_000;

/** How long a connection may be in use, after which it is destroyed, and how long work waits for one. */
export const DEADLINES: Readonly<Record<Lane, { readonly useMillis: number; readonly waitMillis: number }>> = {
  keys: { useMillis: KEY_CHECK_MILLIS, waitMillis: 2000 },
  writes: { useMillis: WRITE_MILLIS, waitMillis: 10_000 },
  queries: { useMillis: QUERY_MILLIS, waitMillis: 10_000 },
};

/** BEGIN and ROLLBACK wait for nothing in the database: without an answer by then, the connection is lost. */
export const LIVENESS_MILLIS = 2000;

/** How long the outcome of a transaction is asked for whose answer to COMMIT was lost. */
export const OUTCOME_MILLIS = 2500;

/** Longer than an idle transaction may live, so that a lock of a frozen instance is waited for, not given up on. */
export const LOCK_WAIT_MILLIS = 4000;
/** PostgreSQL ends a transaction whose server has frozen or lost its connection, and frees the locks that it holds. */
export const IDLE_IN_TRANSACTION_MILLIS = 3000;
/** The same for commands of an operator, which may wait longer and have statements of any length. */
const COMMAND_WAIT_MILLIS = 60_000;

/**
 * Begins a transaction that writes, in one round trip. Its bounds belong to the transaction, not to the session, so they
 * hold behind PgBouncer in transaction mode too. An answer of 201 means "on disk", whatever the database's default is.
 */
export const BEGIN_WRITE = beginWith({
  lock_timeout: LOCK_WAIT_MILLIS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MILLIS,
  statement_timeout: WRITE_MILLIS,
});

/** Begins a transaction of a command of an operator, such as a rebuild. Its changes are on disk too. */
export const BEGIN_COMMAND = beginWith({
  lock_timeout: COMMAND_WAIT_MILLIS,
  idle_in_transaction_session_timeout: COMMAND_WAIT_MILLIS,
  statement_timeout: 0,
});

function beginWith(bounds: Record<string, number>): string {
  const settings = Object.entries({ ...bounds, synchronous_commit: 'on' });
  return ['BEGIN', ...settings.map(([name, value]) => `SET LOCAL ${name} = ${value}`)].join('; ');
}
