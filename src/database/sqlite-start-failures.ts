import { anyOf, codes, lasting, passing, words, type StartFailure } from '../common/start-failure';
import { databaseFailureOf } from '../common/database-failure';

/** Why an SQLite file cannot be used. The first match counts. */
export const SQLITE_START_FAILURES: readonly StartFailure[] = [
  lasting('{where} is not an SQLite database ({code}): name another file in DATABASE_URL', codes('SQLITE_NOTADB')),
  lasting(
    'The disk of {where} has no space left ({code}): free space on it',
    ({ code }) => code.startsWith('SQLITE_') && databaseFailureOf({ code }) === 'full',
  ),
  lasting(
    '{where} is damaged ({message}, {code}): restore a backup',
    ({ code }) => code.startsWith('SQLITE_') && databaseFailureOf({ code }) === 'damaged',
  ),
  passing('{where} is locked by another program ({code}): stop that program, or wait until it is done', ({ code }) =>
    /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code),
  ),
  lasting(
    '{where} cannot be written ({message}, {code}): make the file and its directory writable for the user that runs Dakkio',
    ({ code }) => /^SQLITE_(READONLY|PERM|AUTH)/.test(code),
  ),
  lasting(
    '{where} cannot be opened ({message}, {code}): name a file in DATABASE_URL that the user that runs Dakkio can read and write',
    ({ code }) => code.startsWith('SQLITE_CANTOPEN'),
  ),
  lasting('The disk of {where} fails ({message}, {code}): check the disk and the log of the system', ({ code }) =>
    code.startsWith('SQLITE_IOERR'),
  ),
  lasting(
    'The SQLite driver does not load ({message}): run npm ci with the version of Node.js that runs Dakkio',
    anyOf(codes('ERR_DLOPEN_FAILED'), words(/^(Could not locate the bindings file|SQLite package has not been found)/)),
  ),
];
