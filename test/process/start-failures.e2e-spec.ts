// npm test leaves this out: it starts a process for each case.
// test:all runs this on PostgreSQL too: each database can refuse a start in its own way.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readConfig } from '../../src/common/config/config';
import { explainFailure } from '../../src/start-failures';
import { runProgram, type Ended } from '../support/process';
import { ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

const NO_WAIT = { DAKKIO_DATABASE_WAIT_SECONDS: '0' };
const SECRET = { DAKKIO_SECRET_KEY: 's'.repeat(32) };

/** What needs no PostgreSQL is not run in its round again. */
const onlyOnce = ON_POSTGRES ? describe.skip : describe;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'dakkio-start-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const onPostgres = (url: string) => failureOf({ DATABASE_URL: url, ...SECRET, ...NO_WAIT });
const onSqlite = (path: string, more: Record<string, string> = {}) =>
  failureOf({ DATABASE_URL: `sqlite:${path}`, ...more });

/** A start in this process that fails, and what it says of why. */
async function failureOf(environment: Record<string, string>): Promise<string> {
  const own: TestDatabase = { url: environment.DATABASE_URL ?? '', folder, remove: () => Promise.resolve() };
  try {
    await (await startApp(environment, own)).stop();
  } catch (cause) {
    const [, sentence = ''] =
      /^Cannot start: (.+)$/.exec(explainFailure(cause, readConfig(environment).database)) ?? [];
    return sentence;
  }
  throw new Error('It started');
}

/** A start of the program that fails: its sentence, which is all that it prints beside warnings in the log. */
async function programFailure(environment: Record<string, string>): Promise<string> {
  return sentenceOf(await runProgram('main.js', [], { PORT: '0', ...environment }).ended, 'Cannot start: ');
}

function sentenceOf({ code, stdout, stderr }: Ended, prefix: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{"level":"warn"'));
  expect([code, stdout, lines]).toEqual([1, '', [expect.stringContaining(prefix)]]);
  return (lines[0] ?? '').slice(prefix.length);
}

/** A port that a program listens on, which does this with each connection. */
async function listening(onConnection: Parameters<typeof createServer>[1]): Promise<[port: number, server: Server]> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return [(server.address() as AddressInfo).port, server];
}

onlyOnce('a start that fails for its settings', () => {
  it.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535, not "http"'],
    [
      { DAKKIO_DATABASE_WAIT_SECONDS: '3601' },
      'DAKKIO_DATABASE_WAIT_SECONDS must be a whole number from 0 to 3600, not "3601"',
    ],
    [
      { DATABASE_URL: 'mysql://db/dakkio' },
      'DATABASE_URL must be sqlite:<path of a file> or postgres://user:password@host:5432/name',
    ],
    [
      { DATABASE_URL: 'postgres://dakkio@127.0.0.1:1/none', DAKKIO_SECRET_KEY: '' },
      'DAKKIO_SECRET_KEY or DAKKIO_SECRET_KEY_FILE must be set on PostgreSQL, the same for every instance. `openssl rand -hex 32` prints one',
    ],
  ])('says which one: %j', async (environment: Record<string, string>, sentence) => {
    expect(await programFailure(environment)).toBe(sentence);
  });

  it('says what the driver does not accept of the URL', async () => {
    expect(await onPostgres('postgres://u:p@127.0.0.1/x?sslmode=verify-ca&uselibpqcompat=true')).toMatch(
      /^DATABASE_URL cannot be used \(SECURITY WARNING: Using sslmode=verify-ca requires specifying a CA .+\): correct it$/,
    );
  });

  it('says that a file which the URL names cannot be read', async () => {
    expect(await onPostgres('postgres://u:p@127.0.0.1/x?sslrootcert=/none.pem')).toBe(
      "DATABASE_URL names a file that cannot be read (ENOENT: no such file or directory, open '/none.pem'): correct its path or its mode",
    );
  });
});

onlyOnce('a start that fails for its port', () => {
  it('says that the port is in use', async () => {
    const [port, server] = await listening(() => {});
    expect(
      await programFailure({ DATABASE_URL: `sqlite:${join(folder, 'a.db')}`, PORT: String(port), HOST: '127.0.0.1' }),
    ).toBe(`Port ${port} of 127.0.0.1 is in use: stop the program that uses it, or set PORT to another port`);
    server.close();
  });

  it('says that HOST is not its own, or unknown', async () => {
    expect(await programFailure({ DATABASE_URL: `sqlite:${join(folder, 'a.db')}`, HOST: '192.0.2.1' })).toBe(
      'HOST 192.0.2.1 is not an address of this machine (listen EADDRNOTAVAIL: address not available 192.0.2.1): set HOST to one that is, or to 0.0.0.0 for all of them',
    );
    expect(await programFailure({ DATABASE_URL: `sqlite:${join(folder, 'a.db')}`, HOST: 'none.invalid' })).toMatch(
      /^HOST none\.invalid cannot be resolved \(getaddrinfo \w+ none\.invalid\): set HOST to an IP address/,
    );
  });
});

onlyOnce('a start that fails for its files', () => {
  it('says so of a path that leads through a file', async () => {
    expect(await onSqlite('/dev/null/x.db')).toMatch(
      /^A path cannot be used \(ENOTDIR: not a directory, \w+ '\/dev\/null\/?(x\.db(\.secret)?)?'\): correct it, or create/,
    );
  });

  it('says so of a directory where a file is expected', async () => {
    mkdirSync(join(folder, 'a.db'));
    expect(await onSqlite(join(folder, 'a.db'))).toContain('which is not a file');
  });

  it('says so of a directory that takes no files', async () => {
    // Not even root may create files there.
    expect(await onSqlite('/sys/kernel/x.db')).toMatch(
      /^A (file or directory may not be used by this user \((EACCES|EPERM)|file system is read-only \(EROFS): .+\): \w/,
    );
  });

  it('does not open a file that is not a database', async () => {
    const path = join(folder, 'letter.db');
    writeFileSync(path, 'this is a letter to my aunt, and no database at all'.repeat(100));
    expect(await onSqlite(path)).toBe(
      `${path} is not an SQLite database (SQLITE_NOTADB): name another file in DATABASE_URL`,
    );
  });

  it('waits for a lock of another program, and says so where it is not released', async () => {
    const path = join(folder, 'locked.db');
    const other = new Database(path);
    other.exec('BEGIN EXCLUSIVE');
    expect(await onSqlite(path, NO_WAIT)).toBe(
      `${path} is locked by another program (SQLITE_BUSY): stop that program, or wait until it is done`,
    );
    other.close();
  });

  it('says that the disk is full', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      // Only root may mount, and not in every container: test/process/start-failures.spec.ts has the sentences.
      return;
    }
    try {
      expect(await programFailure({ DATABASE_URL: `sqlite:${join(disk, 'a.db')}` })).toMatch(
        /^(The disk of .+a\.db has no space left \(SQLITE_\w+\)|A disk has no space left \(.+\)): free space on it$/,
      );
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
