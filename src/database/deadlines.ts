/** A key check or a health check on PostgreSQL: from the request for a connection to the answer. */
export const KEY_CHECK_MILLIS = 2000;
/** A transaction that writes, from its BEGIN to the answer to its COMMIT. */
export const WRITE_MILLIS = 5000;
/** A statement that reads points, lists or statistics. */
export const QUERY_MILLIS = 30_000;

/** Longer than an idle transaction may live, so that a lock of a frozen instance is waited for, not given up on. */
const LOCK_WAIT_MILLIS = 4000;
/** PostgreSQL ends a transaction whose server has frozen or lost its connection, and frees the locks that it holds. */
const IDLE_IN_TRANSACTION_MILLIS = 3000;

/**
 * Begins a transaction that writes, in one round trip. Its bounds belong to the transaction, not to the session, so they
 * hold behind PgBouncer in transaction mode too. An answer of 201 means "on disk", whatever the database's default is.
 */
export const BEGIN_WRITE = beginWith({
  lock_timeout: LOCK_WAIT_MILLIS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MILLIS,
  statement_timeout: WRITE_MILLIS,
});

/** Begins a transaction of unlimited length: migrations, and rebuilds of the command line. Its changes are on disk too. */
export const BEGIN_UNBOUNDED = beginWith({
  lock_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  statement_timeout: 0,
});

function beginWith(bounds: Record<string, number>): string {
  const settings = Object.entries({ ...bounds, synchronous_commit: 'on' });
  return ['BEGIN', ...settings.map(([name, value]) => `SET LOCAL ${name} = ${value}`)].join('; ');
}
