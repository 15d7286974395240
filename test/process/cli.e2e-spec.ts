// npm test leaves this out: it starts a process for each case.
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { makeOrganization } from '../support/make';
import { runProgram, type Ended } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const ADMIN_KEY_LINE = /^dakkio_a_[0-9A-Za-z]{36}\n$/;
const ID = '[0-9a-f]{24}';

/** A database that cannot be opened, for commands that use none. */
const NOWHERE = { DATABASE_URL: 'sqlite:/nowhere/at/all.db' };

let database: TestDatabase;
let server: TestApp;

/** Starts a server for each test, on a database of its own. */
function useServer(): void {
  beforeEach(async () => {
    database = await createDatabase();
    server = await startApp({}, database);
  });
  afterEach(async () => {
    await server.stop();
    await database.remove();
  });
}

/** Runs one of the commands, beside the server that runs. */
function cli(
  args: readonly string[],
  environment: Record<string, string> = { DATABASE_URL: database.url },
): Promise<Ended> {
  return runProgram('cli.js', args, environment).ended;
}

/** What the audit log has of an action, newest last. */
async function audited(action: string, key = server.adminKey): Promise<any[]> {
  const { body } = await server.call('GET', `/api/audit?action=${action}&sort=asc&limit=1000`, { key });
  return body.auditEvents as any[];
}

const byOperator = { type: 'command line', user: userInfo().username };

describe('npm run admin-key', () => {
  useServer();

  it('makes another Admin key while the server runs, and that is in the audit log', async () => {
    const { code, stdout } = await cli(['admin-key', '--name', 'Found again']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(ADMIN_KEY_LINE)]);
    const { body } = await server.call('GET', '/api/keys', { key: stdout.trim() });
    expect(body.apiKeys.map(({ name }: { name: string }) => name)).toEqual(['First Admin key', 'Found again']);
    const [last] = (await audited('apiKey.created')).slice(-1);
    expect(last).toMatchObject({ actor: byOperator, target: { type: 'api key', name: 'Found again' } });
  });

  it('needs no name', async () => {
    const { code, stdout } = await cli(['admin-key']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(ADMIN_KEY_LINE)]);
  });

  it.each([
    ['90s', 90_000],
    ['8h', 28_800_000],
    ['2w', 1_209_600_000],
  ])('makes one that expires in %s', async (expires, millis) => {
    const before = Date.now();
    const { stdout, stderr } = await cli(['admin-key', '--expires', expires]);
    const { body } = await server.call('GET', '/api/keys/self', { key: stdout.trim() });
    const { expiresAt } = body.apiKey as { expiresAt: string };
    expect(Date.parse(expiresAt)).toBeGreaterThanOrEqual(before + millis);
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + millis);
    expect(stderr).toContain(expiresAt);
  });

  it('asks which organization is meant, where there are several', async () => {
    const first = server.adminKey;
    const other = await makeOrganization(server, 'Greenhouse GmbH');
    const idOf = async (key: string) =>
      (await server.call('GET', '/api/keys/self', { key })).body.apiKey.organizationId as string;
    const [firstId, otherId] = [await idOf(first), await idOf(other)];

    const vague = await cli(['admin-key']);
    expect([vague.code, vague.stdout]).toEqual([1, '']);
    expect(vague.stderr).toBe(
      `Cannot run the command: Several organizations match. Name one by its id (--organization):\n  ${firstId}  My organization\n  ${otherId}  Greenhouse GmbH\n`,
    );
    const unknown = await cli(['admin-key', '--organization', 'Nobody']);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no organization "Nobody"')]);
    for (const meant of ['Greenhouse GmbH', otherId]) {
      const { stdout } = await cli(['admin-key', '--organization', meant]);
      expect(await idOf(stdout.trim())).toBe(otherId);
    }
    expect((await server.call('GET', '/api/keys', { key: first })).body.pagination.total).toBe(1);
  });

  it('prints a key to preset, with no database touched', async () => {
    const { code, stdout } = await cli(['admin-key', '--generate'], NOWHERE);
    expect([code, stdout]).toEqual([0, expect.stringMatching(ADMIN_KEY_LINE)]);
    expect(existsSync('/nowhere')).toBe(false);
    const preset = await startApp({ DAKKIO_ADMIN_KEY: stdout.trim() });
    expect((await preset.call('GET', '/api/keys/self', { key: stdout.trim() })).status).toBe(200);
    await preset.stop();
  });
});

describe('npm run organization', () => {
  useServer();

  it('makes one with its first Admin key, and lists them', async () => {
    const { code, stdout, stderr } = await cli(['organization', 'create', 'Greenhouse GmbH']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(ADMIN_KEY_LINE)]);
    expect(stderr).toMatch(new RegExp(`^Organization ${ID} was created`));
    const key = stdout.trim();
    const { organizationId } = (await server.call('GET', '/api/keys/self', { key })).body.apiKey as {
      organizationId: string;
    };
    const [made] = await audited('organization.created', key);
    expect(made).toMatchObject({ actor: byOperator, target: { _id: organizationId, name: 'Greenhouse GmbH' } });
    const list = await cli(['organization', 'list']);
    expect(list.stdout).toMatch(
      new RegExp(`^${ID}  [\\dT:.Z-]+  My organization\n${organizationId}  [\\dT:.Z-]+  Greenhouse GmbH\n$`),
    );
  });
});

it.each([[['--help']], [['admin-key', '-h']], [['keys:scan', '--help']]])(
  'tells of all commands for %j',
  async (args) => {
    expect(await cli(args, NOWHERE)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('npm run admin-key -- '),
      stderr: '',
    });
  },
);

it.each([
  [[]],
  [['nothing-like-it']],
  ...[['--name', ''], ['--name', 'a\nb'], ['--name', 'n'.repeat(101)], ['--nam', 'x'], ['x']].map((args) => [
    ['admin-key', ...args],
  ]),
  ...['0s', '8', '1y', '4000d', '-1h', ''].map((expires) => [['admin-key', `--expires=${expires}`]]),
  ...[[], ['create'], ['create', ' '], ['create', 'a', 'b'], ['list', 'x']].map((args) => [['organization', ...args]]),
  ...[[], ['--check'], ['--all', '.'], ['/no/such/file']].map((args) => [['keys:scan', ...args]]),
  ...[['--head', '3'], ['--head', '3:ff'], ['x']].map((args) => [['audit:verify', ...args]]),
])('shows the usage for %j, and does nothing', async (args) => {
  const { code, stdout, stderr } = await cli(args, NOWHERE);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('npm run admin-key -- ')]);
});
