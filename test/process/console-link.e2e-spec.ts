// npm test leaves this out: it starts a process for each case.
import { userInfo } from 'node:os';
import { newKeyText } from '../../src/api-keys/key-text';
import { caller } from '../support/call';
import { makeOrganization } from '../support/make';
import { runProgram, startServer, stopProgram, type Ended, type RunningServer } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const PORT = '3999';
const LINK = /^http:\/\/(\S+):3999\/#\/in\/([0-9A-Za-z]{22})\n$/;

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.remove());

function cli(args: readonly string[] = [], environment: Record<string, string> = {}): Promise<Ended> {
  return runProgram('cli.js', ['console-link', ...args], { DATABASE_URL: database.url, PORT, ...environment }).ended;
}

const exchange = (url: string, code: string | undefined) =>
  caller(url)('POST', '/api/session/code', { body: { code } });
const codesIn = (text: string) => [...text.matchAll(/\/#\/in\/([0-9A-Za-z]{22})/g)].map(([, code]) => code);

describe('npm run console-link', () => {
  let server: TestApp;
  beforeEach(async () => {
    server = await startApp({}, database);
  });
  afterEach(() => server.stop());

  it('prints a link that works once, at an address that other devices can open, and that is in the audit log', async () => {
    const { code: exit, stdout, stderr } = await cli();
    expect([exit, stdout]).toEqual([0, expect.stringMatching(LINK)]);
    const [, host = '', code] = LINK.exec(stdout) ?? [];
    expect(host).not.toMatch(/^(0\.0\.0\.0|\[::\]|127\.)/);
    expect(stderr).toContain(
      `signs in with the rights of the Admin key "First Admin key" (${server.adminKey.slice(0, 13)}...)`,
    );
    const opened = await exchange(server.url, code);
    expect(opened.status).toBe(201);
    expect((await exchange(server.url, code)).status).toBe(401);
    const { body } = await server.call('GET', '/api/audit?action=session.codeCreated', {
      key: opened.body.session.key,
    });
    expect(body.auditEvents).toMatchObject([
      { actor: { type: 'command line', user: userInfo().username }, target: { name: 'First Admin key' } },
    ]);
  });

  it.each([
    [{ HOST: '127.0.0.1' }, 'http://127.0.0.1:3999/#/in/'],
    [{ HOST: '::1' }, 'http://[::1]:3999/#/in/'],
    [{ HOST: 'sensor-hub.local' }, 'http://sensor-hub.local:3999/#/in/'],
    [{ DAKKIO_PUBLIC_URL: 'https://example.com/dakkio/' }, 'https://example.com/dakkio/#/in/'],
  ])('names the address that %j says', async (environment, start) => {
    const { code, stdout } = await cli([], environment);
    expect([code, stdout.slice(0, start.length)]).toEqual([0, start]);
    expect(stdout.split('\n')).toHaveLength(2);
  });

  it('needs an organization where there are several, a known port, and an Admin key that can be used', async () => {
    const key = await makeOrganization(server, 'Greenhouse GmbH');
    const vague = await cli();
    expect([vague.code, vague.stdout, vague.stderr]).toEqual([1, '', expect.stringContaining('Several organizations')]);
    const { stdout, stderr } = await cli(['--organization', 'Greenhouse GmbH']);
    expect(stderr).toContain(`(${key.slice(0, 13)}...)`);
    expect((await exchange(server.url, LINK.exec(stdout)?.[2])).status).toBe(201);
    const unknown = await cli(['--organization', 'My organization'], { PORT: '0' });
    expect([unknown.code, unknown.stdout, unknown.stderr]).toEqual([
      1,
      '',
      'Cannot run the command: PORT is 0, so the port of the server is not known. Set DAKKIO_PUBLIC_URL\n',
    ]);
    const off = await cli(['--organization', 'My organization'], { DAKKIO_CONSOLE: 'off' });
    expect([off.code, off.stdout, off.stderr]).toEqual([1, '', expect.stringContaining('DAKKIO_CONSOLE=off')]);
    const wrong = await cli(['--key', 'x']);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    const { body } = await server.call('GET', '/api/audit?action=session.codeCreated', { key: server.adminKey });
    expect(body.pagination.total).toBe(0);
  });
});

describe('the first start', () => {
  const started = (environment: Record<string, string> = {}) =>
    startServer({ DATABASE_URL: database.url, ...environment });
  const stopAll = (...servers: RunningServer[]) => Promise.all(servers.map(stopProgram));

  it('prints a link beside the Admin key, which opens the console once; later starts print none', async () => {
    const first = await started();
    const { stdout, stderr } = first.printed;
    const codes = codesIn(stdout);
    expect(codes.length).toBeGreaterThan(0);
    expect(new Set(codes).size).toBe(1);
    expect(stdout).not.toMatch(/http:\/\/(0\.0\.0\.0|\[::\])/);
    const port = new URL(first.url).port;
    expect(stdout).toContain(`http://localhost:${port}/#/in/${codes[0]}`);
    // The log is on standard error.
    expect(stderr).toContain('listens on port');
    expect(stderr).not.toContain(codes[0]);
    expect((await exchange(first.url, codes[0])).status).toBe(201);
    expect((await exchange(first.url, codes[0])).status).toBe(401);
    await stopAll(first);
    const second = await started();
    expect(codesIn(second.printed.stdout)).toEqual([]);
    await stopAll(second);
  });

  it('prints no link where the console is off', async () => {
    const server = await started({ DAKKIO_CONSOLE: 'off' });
    expect(codesIn(server.printed.stdout)).toEqual([]);
    expect(server.printed.stdout).toMatch(/dakkio_a_/);
    await stopAll(server);
  });

  it('prints no link for a preset key, whose owner wants no secret on standard output', async () => {
    const server = await started({ DAKKIO_ADMIN_KEY: newKeyText('admin') });
    expect(codesIn(server.printed.stdout)).toEqual([]);
    expect(server.printed.stdout).toContain('npm run console-link');
    await stopAll(server);
  });
});
