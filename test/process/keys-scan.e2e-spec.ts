// npm test leaves this out: it starts a process for each case.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { newKeyText } from '../../src/api-keys/key-text';
import { makeBucket, makeKey } from '../support/make';
import { openSession } from '../support/sessions';
import { runProgram, type Ended } from '../support/process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

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

  it('finds session keys in the state of their keys, and ends the session alone', async () => {
    const { _id, key } = await makeKey(server, await makeBucket(server), 'read');
    const session = await openSession(server, key);
    writeFileSync(join(folder, 'browser.txt'), session.key);
    const path = `/api/buckets/${(await server.call('GET', '/api/keys/self', { key })).body.apiKey.bucketId}/keys/${_id}`;
    const enable = (enabled: boolean) => server.call('PATCH', path, { key: server.adminKey, body: { enabled } });
    await enable(false);
    const off = await cli(['keys:scan', '--check', folder]);
    expect([off.code, off.stdout]).toEqual([
      1,
      expect.stringContaining(`disabled  ${session._id} "Living Room Sensor"`),
    ]);
    await enable(true);
    const ended = await cli(['keys:scan', '--revoke', folder]);
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining(`revoked  ${session._id}`)]);
    const statusOf = async (text: string) => (await server.call('GET', '/api/keys/self', { key: text })).status;
    expect([await statusOf(session.key), await statusOf(key)]).toEqual([401, 200]);
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
