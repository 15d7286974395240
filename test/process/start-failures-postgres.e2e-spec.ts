// npm test leaves this out: it starts a process for each case.
// test:all runs this on PostgreSQL too: each database can refuse a start in its own way.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { newKeyText } from '../../src/api-keys/key-text';
import { readConfig } from '../../src/common/config/config';
import { explainFailure } from '../../src/start-failures';
import { runProgram, type Ended } from '../support/process';
import { createDatabase, EMPTY, ON_POSTGRES, startApp, type TestDatabase } from '../support/test-app';

const NO_WAIT = { DAKKIO_DATABASE_WAIT_SECONDS: '0' };
const SECRET = { DAKKIO_SECRET_KEY: 's'.repeat(32) };

/** What needs no PostgreSQL is not run in its round again. */
const onlyOnce = ON_POSTGRES ? describe.skip : describe;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'dakkio-start-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const onPostgres = (url: string) => failureOf({ DATABASE_URL: url, ...SECRET, ...NO_WAIT });

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

onlyOnce('a start that fails for a PostgreSQL that is not there', () => {
  it('says that nothing listens', async () => {
    const url = 'postgres://dakkio:geheim@127.0.0.1:1/none';
    expect(await programFailure({ DATABASE_URL: url, ...SECRET, ...NO_WAIT })).toBe(
      'PostgreSQL at 127.0.0.1:1 refuses connections (connect ECONNREFUSED 127.0.0.1:1): start it, or correct the host and port in DATABASE_URL',
    );
    expect(await onPostgres(`postgres:///none?host=${folder}`)).toBe(
      `PostgreSQL at ${folder} refuses connections (connect ENOENT ${folder}/.s.PGSQL.5432): start it, or correct the host and port in DATABASE_URL`,
    );
  });

  it('says that the host is unknown, that the connection was lost, and that nothing is answered in ten seconds', async () => {
    const [port, server] = await listening((socket) => socket.destroy());
    const [silentPort, silentServer] = await listening(() => {});
    const [unknown, lost, silent] = await Promise.all([
      onPostgres('postgres://dakkio:geheim@none.invalid/none'),
      onPostgres(`postgres://dakkio:geheim@127.0.0.1:${port}/none`),
      onPostgres(`postgres://dakkio:geheim@127.0.0.1:${silentPort}/none`),
    ]);
    expect(unknown).toMatch(
      /^The host of DATABASE_URL cannot be resolved \(getaddrinfo \w+ none\.invalid\): correct its name, or check the DNS$/,
    );
    expect(lost).toMatch(
      /^The connection to PostgreSQL at 127\.0\.0\.1:\d+ was lost \(.+\): check its log, and that PostgreSQL listens there$/,
    );
    expect(silent).toMatch(
      /^PostgreSQL at 127\.0\.0\.1:\d+ does not answer \(.+\): check the host and port in DATABASE_URL, the network/,
    );
    server.close();
    silentServer.close();
  });

  it('is one sentence of each command too, without a wait', async () => {
    const [id, file] = ['0'.repeat(24), join(folder, 'points.csv')];
    writeFileSync(file, `at,value\n2026-01-01T00:00:00Z,1\n${newKeyText('write')}\n`);
    const commands = [
      ['admin-key'],
      ['organization', 'list'],
      ['audit:verify'],
      ['audit:restart', '--yes'],
      ['rollups:rebuild'],
      ['secret:rotate'],
      ['data:fix-seconds', '--source', id],
      ['keys:scan', '--check', file],
      ['import', file, '--bucket', id, '--source', id],
    ];
    const environment = { DATABASE_URL: 'postgres://dakkio:geheim@127.0.0.1:1/none', ...SECRET };
    const ended = await Promise.all(commands.map((args) => runProgram('cli.js', args, environment).ended));
    for (const one of ended)
      expect(sentenceOf(one, 'Cannot run the command: ')).toContain('PostgreSQL at 127.0.0.1:1 refuses connections');
  });
});

(ON_POSTGRES ? describe : describe.skip)('a start that fails for what PostgreSQL refuses', () => {
  let database: TestDatabase;
  let admin: Client;
  let role: string;
  beforeEach(async () => {
    database = await createDatabase(EMPTY);
    admin = new Client(database.url);
    await admin.connect();
    role = `role_of_${database.url.split('/').pop()}`;
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'geheim'`);
  });
  afterEach(async () => {
    await admin.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await admin.end();
    await database.remove();
  });
  const urlWith = (change: (url: URL) => void) => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  it('says that the password is wrong, or the user', async () => {
    const sentence = await onPostgres(urlWith((url) => (url.password = 'wrong')));
    expect(sentence).toMatch(
      /^PostgreSQL at 127\.0\.0\.1:\d+ refuses the user or the password of DATABASE_URL \(password authentication failed for user "dakkio"\): correct them$/,
    );
    expect(await onPostgres(urlWith((url) => (url.username = 'stranger')))).toContain(
      'refuses the user or the password',
    );
    expect(await onPostgres(urlWith((url) => (url.password = '')))).toMatch(
      /(asks for a password, and DATABASE_URL has none|refuses the user or the password)/,
    );
  });

  it('says that there is no such database', async () => {
    expect(await onPostgres(urlWith((url) => (url.pathname = '/none')))).toMatch(
      /^PostgreSQL at 127\.0\.0\.1:\d+ does not have the database of DATABASE_URL \(database "none" does not exist\): create/,
    );
  });

  it('says that TLS is not offered', async () => {
    expect(await onPostgres(urlWith((url) => (url.search = '?sslmode=require')))).toMatch(
      /^PostgreSQL at 127\.0\.0\.1:\d+ does not offer TLS, which DATABASE_URL asks for \(The server does not support SSL connections\): set ssl = on/,
    );
  });

  it('says that the user may not create tables', async () => {
    const asRole = urlWith((url) => {
      url.username = role;
      url.password = 'geheim';
    });
    expect(await onPostgres(asRole)).toBe(
      'The user of DATABASE_URL may not do this in PostgreSQL (permission denied for schema public): make it the owner of the database, or GRANT CREATE ON SCHEMA public to it',
    );
    await admin.query(`GRANT CREATE ON SCHEMA public TO ${role}`);
    const server = await startApp({ DATABASE_URL: asRole }, database);
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
    await server.stop();
  });

  it('says that there are too many connections', async () => {
    await admin.query(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
    const sentence = await onPostgres(
      urlWith((url) => {
        url.username = role;
        url.password = 'geheim';
      }),
    );
    expect(sentence).toMatch(/^PostgreSQL at 127\.0\.0\.1:\d+ has no connection left \(too many connections for role /);
  });
});
