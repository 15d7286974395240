/**
 * Why a database call failed:
 * - `full`: its disk is full
 * - `damaged`: stored data cannot be read
 * - `gone`: the SQLite file was deleted, moved or replaced
 * - `outdated`: another version of the server has changed its schema
 * - `busy`: another program holds SQLite's lock
 * - `unavailable`: any other temporary failure: down, unreachable, overloaded, read-only, a lost connection, a deadlock, a lock
 *   timeout
 */
export type DatabaseFailure = 'full' | 'damaged' | 'gone' | 'outdated' | 'busy' | 'unavailable';

/** Raised by `assert_schema_version` in PostgreSQL, and by the server's own check on SQLite. */
export const OTHER_VERSION_CODE = 'DK001';
/** Raised by `assert_schema_version` while a migration runs. */
export const MIGRATING_CODE = 'DK002';

/** By the code of SQLite, PostgreSQL or the operating system. The first match counts. */
const BY_CODE: readonly (readonly [DatabaseFailure, RegExp])[] = [
  // SQLite reports a quota (EDQUOT) or a file size limit (EFBIG) as SQLITE_IOERR_WRITE, and no space for the -shm file as SHMSIZE.
  ['full', /^(SQLITE_FULL|SQLITE_IOERR_(WRITE|SHMSIZE|TRUNCATE)|ENOSPC|EDQUOT|EFBIG|53100)$/],
  ['damaged', /^(SQLITE_(CORRUPT|NOTADB)|SQLITE_IOERR_(READ|SHORT_READ|DATA|CORRUPTFS)$|XX00[12]|58030|58P0[12])/],
  ['gone', /^SQLITE_READONLY_DBMOVED$/],
  ['outdated', new RegExp(`^${OTHER_VERSION_CODE}$`)],
  ['busy', /^SQLITE_(BUSY|LOCKED|PROTOCOL)/],
  ['unavailable', /^SQLITE_(IOERR|READONLY|CANTOPEN|ABORT)/],
  ['unavailable', /^E(CONN(REFUSED|RESET|ABORTED)|TIMEDOUT|PIPE|(HOST|NET)(UNREACH|DOWN)|AI_AGAIN|NOTFOUND)$/],
  // Read-only, idle for too long in a transaction, rolled back, short of resources, locked, cancelled or stopped.
  ['unavailable', /^(08\w{3}|2500[67]|25P0[34]|40\w{3}|53\d{3}|55P03|57014|57P0\d)$/],
  // The role, its password or the database was removed after the server started.
  ['unavailable', /^(28000|28P01|3D000)$/],
  ['unavailable', new RegExp(`^${MIGRATING_CODE}$`)],
];

/** Messages of the PostgreSQL driver for a lost or missing connection. They have no code. */
const UNAVAILABLE_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed)|Cannot use a pool after|Driver not Connected)/;

/** TypeORM's errors for a statement after its connection was lost: TypeORM has released the connection by then. */
const UNAVAILABLE_NAMES = /^Query(Runner|RunnerProvider)AlreadyReleasedError$/;

interface Thrown {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly driverError?: { readonly code?: string };
}

/** Classifies a failed database call. Undefined if the database is not the cause. */
export function databaseFailureOf(thrown: unknown): DatabaseFailure | undefined {
  const { name, code, message, driverError } = (thrown ?? {}) as Thrown;
  const given = driverError?.code ?? code;
  const [failure] = BY_CODE.find(([, codes]) => given !== undefined && codes.test(given)) ?? [];
  if (failure) return failure;
  const isUnavailable = UNAVAILABLE_WORDS.test(message ?? '') || UNAVAILABLE_NAMES.test(name ?? '');
  return isUnavailable ? 'unavailable' : undefined;
}
