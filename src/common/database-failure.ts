/**
 * Why a database call failed:
 * - `full`: its disk has no room left
 * - `damaged`: what is stored cannot be read back
 * - `gone`: the SQLite file was deleted, moved or replaced
 * - `busy`: another program holds SQLite's lock
 * - `unavailable`: anything else that passes: down, unreachable, overloaded
 */
export type DatabaseFailure = 'full' | 'damaged' | 'gone' | 'busy' | 'unavailable';

/** By the code of SQLite, PostgreSQL or the operating system. The first match counts. */
const BY_CODE: readonly (readonly [DatabaseFailure, RegExp])[] = [
  // A quota (EDQUOT) and a file size limit (EFBIG) are SQLITE_IOERR_WRITE; no room for the -shm file is SHMSIZE.
  ['full', /^(SQLITE_FULL|SQLITE_IOERR_(WRITE|SHMSIZE|TRUNCATE)|ENOSPC|EDQUOT|EFBIG|53100)$/],
  ['damaged', /^(SQLITE_(CORRUPT|NOTADB)|SQLITE_IOERR_(READ|SHORT_READ|DATA|CORRUPTFS)$|XX00[12]|58030|58P0[12])/],
  ['gone', /^SQLITE_READONLY_DBMOVED$/],
  ['busy', /^SQLITE_(BUSY|LOCKED|PROTOCOL)/],
  [
    'unavailable',
    /^(SQLITE_(IOERR|READONLY|CANTOPEN)|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|57P0[1-3]|53\d{3}|08\w{3})/,
  ],
];

/** What PostgreSQL's driver says of a lost or a missing connection, without a code. */
const UNAVAILABLE_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

interface Coded {
  readonly code?: string;
}

/** Says why a database call failed; undefined where the database is not the reason. */
export function databaseFailureOf(thrown: unknown): DatabaseFailure | undefined {
  const { code, message, driverError } = (thrown ?? {}) as { code?: string; message?: string; driverError?: Coded };
  const given = driverError?.code ?? code;
  const [failure] = BY_CODE.find(([, codes]) => given !== undefined && codes.test(given)) ?? [];
  return failure ?? (UNAVAILABLE_WORDS.test(message ?? '') ? 'unavailable' : undefined);
}
