/**
 * Why a database call failed:
 * - `full`: its disk has no room left
 * - `damaged`: what is stored cannot be read back
 * - `gone`: the SQLite file was deleted, moved or replaced
 * - `outdated`: another version of the server has changed its schema
 * - `busy`: another program holds SQLite's lock
 * - `unavailable`: anything else that passes: down, unreachable, overloaded, read-only, a lost connection, a deadlock, a lock
 *   that was not given up in time
 */
export type DatabaseFailure = 'full' | 'damaged' | 'gone' | 'outdated' | 'busy' | 'unavailable';

/** Raised by `assert_schema_version` in PostgreSQL, and by the server's own check on SQLite. */
export const OTHER_VERSION_CODE = 'DK001';
/** Raised there while a migration is under way. */
export const MIGRATING_CODE = 'DK002';

/** By the code of SQLite, PostgreSQL or the operating system. The first match counts. */
const BY_CODE: readonly (readonly [DatabaseFailure, RegExp])[] = [
  // A quota (EDQUOT) and a file size limit (EFBIG) are SQLITE_IOERR_WRITE; no room for the -shm file is SHMSIZE.
  ['full', /^(SQLITE_FULL|SQLITE_IOERR_(WRITE|SHMSIZE|TRUNCATE)|ENOSPC|EDQUOT|EFBIG|53100)$/],
  ['damaged', /^(SQLITE_(CORRUPT|NOTADB)|SQLITE_IOERR_(READ|SHORT_READ|DATA|CORRUPTFS)$|XX00[12]|58030|58P0[12])/],
  ['gone', /^SQLITE_READONLY_DBMOVED$/],
  ['outdated', new RegExp(`^${OTHER_VERSION_CODE}$`)],
  ['busy', /^SQLITE_(BUSY|LOCKED|PROTOCOL)/],
  ['unavailable', /^SQLITE_(IOERR|READONLY|CANTOPEN)/],
  ['unavailable', /^E(CONN(REFUSED|RESET|ABORTED)|TIMEDOUT|PIPE|(HOST|NET)(UNREACH|DOWN)|AI_AGAIN|NOTFOUND)$/],
  // Read-only, idle for too long in a transaction, rolled back, short of resources, locked, cancelled or stopped.
  ['unavailable', /^(08\w{3}|2500[67]|25P0[34]|40\w{3}|53\d{3}|55P03|57014|57P0\d)$/],
  // The role, its password or the database is gone since the server started.
  ['unavailable', /^(28000|28P01|3D000)$/],
  ['unavailable', new RegExp(`^${MIGRATING_CODE}$`)],
];

/** What PostgreSQL's driver says of a lost or a missing connection, without a code. */
const UNAVAILABLE_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed)|Cannot use a pool after|Driver not Connected)/;

/** TypeORM's names for a statement after its connection was lost: it has taken the connection away from the caller by then. */
const UNAVAILABLE_NAMES = /^Query(Runner|RunnerProvider)AlreadyReleasedError$/;

interface Thrown {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly driverError?: { readonly code?: string };
}

/** Says why a database call failed; undefined where the database is not the reason. */
export function databaseFailureOf(thrown: unknown): DatabaseFailure | undefined {
  const { name, code, message, driverError } = (thrown ?? {}) as Thrown;
  const given = driverError?.code ?? code;
  const [failure] = BY_CODE.find(([, codes]) => given !== undefined && codes.test(given)) ?? [];
  if (failure) return failure;
  const isUnavailable = UNAVAILABLE_WORDS.test(message ?? '') || UNAVAILABLE_NAMES.test(name ?? '');
  return isUnavailable ? 'unavailable' : undefined;
}
