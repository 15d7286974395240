import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { newKeyText } from '../../src/api-keys/key-text';
import { breakIn } from '../support/intruder';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { runProgram, type Ended } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const ADMIN_KEY_LINE = /^dakkio_a_[0-9A-Za-z]{36}\n$/;
const ID = '[0-9a-f]{24}';

let database: TestDatabase;
let server: TestApp;
beforeEach(async () => {
  database = await createDatabase();
  server = await startApp({}, database);
});
afterEach(async () => {
  await server.stop();
  await database.remove();
});

/** Runs one of the commands, beside the server that runs. */
function cli(args: readonly string[], environment: Record<string, string> = {}, input = ''): Promise<Ended> {
  return runProgram('cli.js', args, { DATABASE_URL: database.url, ...environment }, input).ended;
}

/** What the audit log has of an action, newest last. */
async function audited(action: string, key = server.adminKey): Promise<any[]> {
  const { body } = await server.call('GET', `/api/audit?action=${action}&sort=asc&limit=1000`, { key });
  return body.auditEvents as any[];
}

const byOperator = { type: 'command line', user: userInfo().username };

describe('npm run admin-key', () => {
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
    const { code, stdout } = await cli(['admin-key', '--generate'], { DATABASE_URL: 'sqlite:/nowhere/at/all.db' });
    expect([code, stdout]).toEqual([0, expect.stringMatching(ADMIN_KEY_LINE)]);
    expect(existsSync('/nowhere')).toBe(false);
    const preset = await startApp({ DAKKIO_ADMIN_KEY: stdout.trim() });
    expect((await preset.call('GET', '/api/keys/self', { key: stdout.trim() })).status).toBe(200);
    await preset.stop();
  });
});

describe('npm run organization', () => {
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

describe('npm run keys:scan', () => {
  let folder: string;
  beforeEach(() => mkdirSync((folder = join(database.folder, 'firmware'))));

  it('finds keys in files and standard input, without a database, and never prints them', async () => {
    const nowhere = { DATABASE_URL: 'sqlite:/nowhere/at/all.db' };
    expect(await cli(['keys:scan', folder], nowhere)).toEqual({ code: 0, stdout: '', stderr: 'No key found\n' });
    const key = newKeyText('write');
    writeFileSync(join(folder, 'main.ino'), `// sensor\nconst char* KEY = "${key}";\n`);
    const hint = `${key.slice(0, 13)}...`;
    expect(await cli(['keys:scan', folder], nowhere)).toEqual({
      code: 1,
      stdout: `${folder}/main.ino:2:20  ${hint}  write key\n`,
      stderr: '1 key found\n',
    });
    expect(await cli(['keys:scan', '-'], nowhere, `+KEY=${key}\n`)).toMatchObject({
      code: 1,
      stdout: `-:1:6  ${hint}  write key\n`,
    });
    expect(existsSync('/nowhere')).toBe(false);
  });

  it('shows control characters in names of files as text', async () => {
    writeFileSync(join(folder, 'a\u001b[2J\u009b31m\u202e\n.txt'), newKeyText('read'));
    const { stdout } = await cli(['keys:scan', folder], { DATABASE_URL: 'sqlite:/nowhere/at/all.db' });
    expect(stdout).toContain('/a\\u{1b}[2J\\u{9b}31m\\u{202e}\\u{a}.txt:1:1  ');
    expect(stdout.split('\n')).toHaveLength(2);
    const absent = await cli(['keys:scan', join(folder, '\u001b[2J')]);
    expect([absent.code, absent.stderr.includes('\u001b')]).toEqual([2, false]);
  });

  it('asks the database whether they live, and ends them', async () => {
    const bucketId = await makeBucket(server);
    const [live, dead, off] = [
      await makeKey(server, bucketId, 'write'),
      await makeKey(server, bucketId, 'read'),
      await makeKey(server, bucketId, 'read', { enabled: false }),
    ];
    await server.call('DELETE', `/api/buckets/${bucketId}/keys/${dead._id}`, { key: server.adminKey });
    const texts = [live.key, dead.key, off.key, newKeyText('read'), server.adminKey, live.key];
    writeFileSync(join(folder, 'all.txt'), texts.join('\n'));

    const checked = await cli(['keys:scan', '--check', folder]);
    expect(checked.code).toBe(1);
    const states = (stdout: string) => stdout.split('\n').map((line) => line.split('key  ')[1]);
    expect(states(checked.stdout)).toEqual([
      `live  ${live._id} "Living Room Sensor" of bucket ${bucketId}`,
      `deleted  ${dead._id} "Living Room Sensor" of bucket ${bucketId}`,
      `disabled  ${off._id} "Living Room Sensor" of bucket ${bucketId}`,
      'not in this database',
      expect.stringMatching(new RegExp(`^live  ${ID} "First Admin key" of organization ${ID}$`)),
      `live  ${live._id} "Living Room Sensor" of bucket ${bucketId}`,
      undefined,
    ]);
    expect(checked.stderr).toBe('5 different keys found, of which 3 are valid or can become valid again\n');
    expect((await server.call('GET', '/api/keys/self', { key: live.key })).status).toBe(200);

    const revoked = await cli(['keys:scan', '--revoke', folder]);
    expect(revoked.code).toBe(1);
    expect(states(revoked.stdout)).toEqual([
      `revoked  ${live._id} "Living Room Sensor" of bucket ${bucketId}`,
      expect.stringMatching(/^deleted/),
      `revoked  ${off._id} "Living Room Sensor" of bucket ${bucketId}`,
      'not in this database',
      expect.stringMatching(/^live .*not revoked: The last Admin key cannot be deleted$/),
      `revoked  ${live._id} "Living Room Sensor" of bucket ${bucketId}`,
      undefined,
    ]);
    for (const { key } of [live, dead, off])
      expect((await server.call('GET', '/api/keys/self', { key })).status).toBe(401);
    const deletions = await audited('apiKey.deleted');
    expect(deletions.slice(-2)).toMatchObject([{ actor: byOperator }, { actor: byOperator }]);
    rmSync(join(folder, 'all.txt'));
    writeFileSync(join(folder, 'all.txt'), texts.filter((text) => text !== server.adminKey).join('\n'));
    expect((await cli(['keys:scan', '--check', folder])).code).toBe(0);
  });

  it('ends all that a leaked key was rotated into, even where the key itself is dead already', async () => {
    const bucketId = await makeBucket(server);
    const rotate = async ({ key }: { key: string }, body: object) =>
      (await server.call('POST', '/api/keys/self/rotate', { key, body })).body.apiKey as { _id: string; key: string };
    const [leaked, dead] = [await makeKey(server, bucketId, 'write'), await makeKey(server, bucketId, 'write')];
    const second = await rotate(leaked, {});
    const third = await rotate(second, {});
    const stolen = await rotate(dead, { gracePeriodSeconds: 0 });
    writeFileSync(join(folder, 'all.txt'), [leaked.key, dead.key, third.key].join('\n'));
    const states = ({ stdout }: Ended) => stdout.split('\n').map((line) => line.split('key  ')[1]);
    const named = ({ _id }: { _id: string }) => `${_id} "Living Room Sensor" of bucket ${bucketId}`;

    expect(states(await cli(['keys:scan', '--check', folder]))).toEqual([
      `live  ${named(leaked)}  and 2 more keys of its line`,
      `retired  ${named(dead)}  and 1 more key of its line`,
      `live  ${named(third)}  and 2 more keys of its line`,
      undefined,
    ]);
    const revoked = await cli(['keys:scan', '--revoke', folder]);
    expect([revoked.code, states(revoked)]).toEqual([
      0,
      [
        `revoked  ${named(leaked)}  and 2 more keys of its line`,
        `revoked  ${named(dead)}  and 1 more key of its line`,
        `revoked  ${named(third)}`,
        undefined,
      ],
    ]);
    for (const { key } of [leaked, second, third, dead, stolen])
      expect((await server.call('GET', '/api/keys/self', { key })).status).toBe(401);
    expect(await audited('apiKey.deleted')).toMatchObject(Array(5).fill({ actor: byOperator }));
  });
});

describe('npm run audit:verify', () => {
  it('counts the verified rows, and verifies its own head later', async () => {
    await makeBucket(server);
    const { code, stdout } = await cli(['audit:verify']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^3 rows verified\nAnchored: .+\nHead: 3:[0-9a-f]{64}\n$/),
    ]);
    const [, head = ''] = /Head: (\S+)/.exec(stdout) ?? [];
    await makeBucket(server);
    expect((await cli(['audit:verify', '--head', head])).code).toBe(0);
    const other = await cli(['audit:verify', '--head', head.replace(/.$/, (last) => (last === '0' ? '1' : '0'))]);
    expect([other.code, other.stdout]).toEqual([1, expect.stringContaining('Row 3 differs from --head')]);
  });

  it('says which row was changed, and which was removed', async () => {
    await makeBucket(server);
    const intruder = await breakIn(database);
    await intruder.run("UPDATE audit_log SET actor_name = 'Somebody else' WHERE seq = 2");
    await intruder.run('DELETE FROM audit_log WHERE seq = 3');
    await intruder.leave();
    const { code, stdout } = await cli(['audit:verify']);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['Row 2 was changed', 'Row 3 was removed']);
  });
});

describe('npm run audit:restart', () => {
  it('begins the chain anew under another secret, and only then', async () => {
    await makeBucket(server);
    expect(await cli(['audit:restart'])).toMatchObject({ code: 2, stdout: '' });
    const same = await cli(['audit:restart', '--yes']);
    expect([same.code, same.stderr]).toEqual([1, expect.stringContaining('there is nothing to restart')]);

    const other = { DAKKIO_SECRET_KEY: 'another secret, since the first one is lost' };
    const refused = await cli(['audit:verify'], other);
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('names another secret')]);
    expect(await cli(['audit:restart', '--yes'], other)).toMatchObject({ code: 0 });
    const anew = await cli(['audit:verify'], other);
    expect([anew.code, anew.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^Rows 1 to 3 were written under an earlier secret and cannot be verified\n1 rows verified\n/,
      ),
    ]);
  });
});

it.each([[['--help']], [['admin-key', '-h']], [['keys:scan', '--help']]])(
  'tells of all commands for %j',
  async (args) => {
    expect(await cli(args)).toMatchObject({
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
  const { code, stdout, stderr } = await cli(args);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('npm run admin-key -- ')]);
});
