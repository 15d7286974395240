import { signsOf } from '../../src/common/start-failure';
import { explainDatabaseFailure } from '../../src/database/start-failures';
import { explainFailure } from '../../src/start-failures';

const POSTGRES = { type: 'postgres', url: 'postgres://dakkio:geheim@db.example:6000/x' } as const;
const SQLITE = { type: 'sqlite', path: '/data/x.db' } as const;
const failing = (code: string, message = 'why', more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });

describe('a start failure', () => {
  it.each([
    [failing('08P01', 'server login has been failing, try again later (server_login_retry)'), 'PgBouncer', true],
    [failing('08P01', 'unsupported startup parameter: options'), 'PgBouncer', false],
    [failing('08P01', 'SASL authentication failed'), 'refuses the user or the password', false],
    [failing('08P01', 'database "none" does not exist'), 'does not have the database', false],
    [failing('28000', 'no pg_hba.conf entry for host "10.0.0.1"'), 'pg_hba.conf', false],
    [failing('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'), 'The TLS certificate', false],
    [failing('53100'), 'no disk space left', false],
    [failing('ETIMEDOUT'), 'does not answer', true],
    [failing('', 'Connection terminated unexpectedly'), 'was lost', true],
    [{ message: 'wrapped', driverError: failing('42501') }, 'may not do this', false],
    [{ message: '', errors: [failing('ECONNREFUSED')] }, 'refuses connections', true],
  ])('of PostgreSQL is found by its code or its words: %#', (thrown, said, passes) => {
    expect(explainDatabaseFailure(thrown, POSTGRES)).toEqual({ sentence: expect.stringContaining(said), passes });
    expect(explainDatabaseFailure(thrown, POSTGRES)?.sentence).not.toMatch(/geheim|\{\w+\}/);
  });

  it.each([
    ['SQLITE_IOERR_SHMSIZE', 'has no space left'],
    ['SQLITE_FULL', 'has no space left'],
    ['SQLITE_CORRUPT', 'is damaged'],
    ['SQLITE_READONLY_DIRECTORY', 'cannot be written'],
    ['SQLITE_CANTOPEN', 'cannot be opened'],
    ['SQLITE_IOERR_FSYNC', 'fails'],
  ])('of SQLite is found by its code: %s', (code, said) => {
    expect(explainFailure(failing(code), SQLITE)).toMatch(new RegExp(`^Cannot start: .*/data/x\\.db ${said}`));
  });

  it('that is unexpected says so, and keeps its stack', () => {
    const bug = new TypeError('x is not a function');
    expect(explainFailure(bug, POSTGRES)).toBe(
      `Cannot start: unexpected error. Report it with these lines:\n${bug.stack}`,
    );
    expect(explainFailure(failing('42601', 'syntax error'), POSTGRES)).toContain('unexpected error');
    expect(explainFailure(undefined, SQLITE)).toContain('unexpected error');
    expect(signsOf('text')).toEqual({ code: '', message: '', syscall: '' });
  });
});
