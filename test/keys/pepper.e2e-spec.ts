// npm test leaves this out: it starts a server for each case.
// test:all leaves PostgreSQL out: a pepper changes a hash before it is stored. Other tests store hashes there.
import { createHash, createHmac } from 'node:crypto';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/app';
import { ApiKey } from '../../src/api-keys/api-key.entity';
import { newKeyText } from '../../src/api-keys/key-text';
import { readConfig } from '../../src/common/config/config';
import { AdminKeys } from '../../src/setup/admin-keys';
import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { FOR_TESTS } from '../support/process';
import { refused, seen, UNAUTHORIZED } from '../support/refusals';
import { createDatabase, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const A = 'pepper A, which has more than 32 characters';
const B = 'pepper B, which has more than 32 characters';
const SHUT = 'No Admin key would be accepted: all were created with another DAKKIO_KEY_PEPPER, or with none.';

let database: TestDatabase;
let open: TestApp | undefined;
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  await open?.stop();
  open = undefined;
  await database.remove();
});

/** Restarts the server on the same database with these peppers. */
async function start(pepper?: string, previous?: string, preset?: string): Promise<TestApp> {
  await open?.stop();
  open = undefined;
  return (open = await startApp(environmentOf(pepper, previous, preset), database));
}

/** The error of a start with these peppers. */
async function refusalOf(pepper?: string, previous?: string, preset?: string): Promise<Error> {
  await open?.stop();
  open = undefined;
  const config = readConfig({ ...FOR_TESTS, DATABASE_URL: database.url, ...environmentOf(pepper, previous, preset) });
  const app = await createApp(config, { log() {}, warn() {}, error() {} });
  await app.init();
  const failure = await app
    .get(AdminKeys)
    .ensureFirst(config.presetAdminKey)
    .then(
      () => new Error('It started'),
      (cause: unknown) => cause as Error,
    );
  await app.close();
  return failure;
}

function environmentOf(pepper = '', previous = '', preset = ''): Record<string, string> {
  return { DAKKIO_KEY_PEPPER: pepper, DAKKIO_KEY_PEPPER_PREVIOUS: previous, DAKKIO_ADMIN_KEY: preset };
}

const rowOf = ({ app }: TestApp, id: string) => app.get(DataSource).manager.findOneByOrFail(ApiKey, { id });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (pepper: string, text: string) => createHmac('sha256', pepper).update(text).digest('hex');

/** The names of the active keys among these. */
async function opening(server: TestApp, keys: Record<string, string>): Promise<string[]> {
  const names: string[] = [];
  for (const [name, key] of Object.entries(keys)) {
    const answer = await server.call('GET', '/api/keys/self', { key });
    if (answer.status === 200) names.push(name);
    else expect(seen(answer)).toEqual(UNAUTHORIZED);
  }
  return names;
}

async function makeAdmin({ call }: TestApp, key: string): Promise<MadeKey> {
  return (await call('POST', '/api/keys', { key, body: { name: 'Ops', type: 'admin' } })).body.apiKey as MadeKey;
}

describe('the stored hash of a key', () => {
  it('is SHA-256 without a pepper', async () => {
    const server = await start();
    const { _id, key } = await makeKey(server, await makeBucket(server), 'write');
    expect(await rowOf(server, _id)).toMatchObject({ hash: sha256(key), pepper: null });
  });

  it('is HMAC-SHA-256 with the pepper, for every way to create a key', async () => {
    const server = await start(A);
    const { call, adminKey } = server;
    const bucketId = await makeBucket(server);
    const post = async (path: string, body: object) => (await call('POST', path, { key: adminKey, body })).body;
    const one = await makeKey(server, bucketId, 'write');
    const made = [
      one,
      { ...(await call('GET', '/api/keys/self', { key: adminKey })).body.apiKey, key: adminKey },
      await makeAdmin(server, adminKey),
      ...(await post(`/api/buckets/${bucketId}/keys/bulk`, { keys: [{ name: 'x', type: 'read' }] })).apiKeys,
      (await post(`/api/buckets/${bucketId}/keys/${one._id}/rotate`, {})).apiKey,
    ] as MadeKey[];

    const names = new Set<string | null>();
    for (const { _id, key } of made) {
      const { hash, pepper } = await rowOf(server, _id);
      expect(hash).toBe(hmac(A, key));
      names.add(pepper);
    }
    expect([...names]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    expect(made).toHaveLength(5);
  });
});

it('changes from no pepper to one and then to another, and a deleted key stays invalid', async () => {
  const none = await start();
  const bucketId = await makeBucket(none);
  const dead = await makeKey(none, bucketId, 'write');
  const keys: Record<string, string> = {
    'admin of none': none.adminKey,
    'of none': (await makeKey(none, bucketId, 'read')).key,
  };
  await none.call('DELETE', `/api/buckets/${bucketId}/keys/${dead._id}`, { key: none.adminKey });
  keys.dead = dead.key;

  const both = await start(A, 'none');
  expect(await opening(both, keys)).toEqual(['admin of none', 'of none']);
  const adminA = (await makeAdmin(both, keys['admin of none'] ?? '')).key;
  const madeWithA = { ...both, adminKey: adminA };
  const deadOfA = await makeKey(madeWithA, bucketId, 'write');
  await both.call('DELETE', `/api/buckets/${bucketId}/keys/${deadOfA._id}`, { key: adminA });
  Object.assign(keys, {
    'admin of A': adminA,
    'of A': (await makeKey(madeWithA, bucketId, 'read')).key,
    'dead of A': deadOfA.key,
  });
  expect(await opening(both, keys)).toEqual(['admin of none', 'of none', 'admin of A', 'of A']);

  expect(await opening(await start(A), keys)).toEqual(['admin of A', 'of A']);

  const change = await start(B, A);
  expect(await opening(change, keys)).toEqual(['admin of A', 'of A']);
  const rotated = await change.call('POST', '/api/keys/self/rotate', {
    key: adminA,
    body: { gracePeriodSeconds: 3600 },
  });
  const old = (await change.call('GET', '/api/keys/self', { key: keys['of A'] })).body.apiKey as { _id: string };
  const path = `/api/buckets/${bucketId}/keys/${old._id}/rotate`;
  const device = await change.call('POST', path, { key: adminA, body: { gracePeriodSeconds: 3600 } });
  Object.assign(keys, { 'admin of B': rotated.body.apiKey.key as string, 'of B': device.body.apiKey.key as string });
  expect(await opening(change, keys)).toEqual(['admin of A', 'of A', 'admin of B', 'of B']);

  expect(await opening(await start(B), keys)).toEqual(['admin of B', 'of B']);
  expect(await opening(await start(B, 'none'), keys)).toEqual(['admin of none', 'of none', 'admin of B', 'of B']);
  expect(await opening(await start(), keys)).toEqual(['admin of none', 'of none']);
});

describe('a start that would leave no active Admin key', () => {
  it.each([
    ['with a pepper where there was none', undefined, A],
    ['with another pepper', A, B],
    ['without the pepper', A, undefined],
  ])('%s is refused unless it presets an Admin key', async (_what, before, after) => {
    const first = await start(before);
    const keys = { first: first.adminKey, preset: newKeyText('admin') };

    expect(await refusalOf(after)).toMatchObject({ name: 'ConfigError', message: expect.stringContaining(SHUT) });

    expect(await opening(await start(after, before ?? 'none'), keys)).toEqual(['first']);
    expect(await opening(await start(after, undefined, keys.preset), keys)).toEqual(['preset']);
    expect(await opening(await start(after), keys)).toEqual(['preset']);
  });

  it('is refused when the only Admin key of the pepper is disabled', async () => {
    const first = await start();
    const change = await start(A, 'none');
    const { _id } = await makeAdmin(change, first.adminKey);
    // For a server without the pepper this key is not valid anyway.
    const before = await start();
    const off = await before.call('PATCH', `/api/keys/${_id}`, { key: first.adminKey, body: { enabled: false } });
    expect(off.status).toBe(200);
    expect((await refusalOf(A)).message).toContain(SHUT);
  });

  it.each([
    ['disabled', 'PATCH', { enabled: false }, 'deleted'],
    ['deleted', 'DELETE', undefined, 'deleted'],
    ['given an end', 'PATCH', { expiresAt: '2999-01-31T12:00:00Z' }, 'restricted'],
    ['given a quota', 'PATCH', { quota: { limit: 1000, per: 'day' } }, 'restricted'],
  ])('is prevented: the only Admin key of the current pepper cannot be %s', async (_what, method, body, word) => {
    const first = await start();
    const change = await start(A, 'none');
    const { _id, key } = await makeAdmin(change, first.adminKey);
    const refusal = await change.call(method, `/api/keys/${_id}`, { key: first.adminKey, ...(body && { body }) });
    expect(seen(refusal)).toEqual(refused(409, 'Conflict', `The last Admin key cannot be ${word}`));
    // The key of the previous pepper can be revoked.
    const { apiKey } = (await change.call('GET', '/api/keys/self', { key: first.adminKey })).body;
    expect((await change.call('DELETE', `/api/keys/${apiKey._id}`, { key })).status).toBe(200);
    expect((await (await start(A)).call('GET', '/api/keys/self', { key })).status).toBe(200);
  });
});

describe('a preset Admin key', () => {
  it.each([
    ['no pepper, with a pepper', undefined, A, undefined],
    ['no pepper, during a change-over', undefined, A, 'none'],
    ['a pepper, during a change-over', A, B, A],
    ['the same pepper', A, A, undefined],
  ])('that was deleted under %s is refused', async (_what, before, after, previous) => {
    const preset = newKeyText('admin');
    const first = await start(before, undefined, preset);
    const other = await makeAdmin(first, preset);
    const { _id } = (await first.call('GET', '/api/keys/self', { key: preset })).body.apiKey as MadeKey;
    expect((await first.call('DELETE', `/api/keys/${_id}`, { key: other.key })).status).toBe(200);
    expect(await refusalOf(after, previous, preset)).toMatchObject({
      name: 'ConfigError',
      message: 'The preset Admin key was deleted, and a deleted key cannot be restored. Preset another key',
    });
  });

  it('that still has the previous pepper is not stored twice', async () => {
    const preset = newKeyText('admin');
    await start(A, undefined, preset);
    const { call } = await start(B, A, preset);
    expect((await call('GET', '/api/keys', { key: preset })).body.pagination.total).toBe(1);
  });
});
