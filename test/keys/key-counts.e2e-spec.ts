import { AdminKeys } from '../../src/setup/admin-keys';
import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';
import { writeBehind } from '../support/write-behind';

const MAX_IN_BUCKET = 20;
const MAX_IN_LINE = 3;
const MAX_ADMINS = 4;
const ENVIRONMENT = {
  DAKKIO_KEYS_PER_BUCKET: String(MAX_IN_BUCKET),
  DAKKIO_LIVING_KEYS_PER_LINE: String(MAX_IN_LINE),
  DAKKIO_ADMIN_KEYS_PER_ORGANIZATION: String(MAX_ADMINS),
};

let database: TestDatabase;
let server: TestApp;
/** A second instance on PostgreSQL. SQLite allows only one server. */
let other: TestApp;
let bucketId: string;
beforeAll(async () => {
  database = await createDatabase();
  server = await startApp(ENVIRONMENT, database);
  other = ON_POSTGRES ? await startApp(ENVIRONMENT, database) : server;
});
beforeEach(async () => (bucketId = await makeBucket(server)));
afterEach(() => jest.restoreAllMocks());
afterAll(async () => {
  for (const one of new Set([server, other])) await one.stop();
  await database.remove();
});

const asAdmin = (method: string, path: string, body?: object, by = server) =>
  by.call(method, path, { key: server.adminKey, ...(body && { body }) });
const keys = () => `/api/buckets/${bucketId}/keys`;
const pathOf = ({ _id }: { _id: string }) => `${keys()}/${_id}`;
const create = (more: object = {}, by = server) => asAdmin('POST', keys(), { name: 'n', type: 'read', ...more }, by);
const createMany = (count: number, by = server) =>
  asAdmin('POST', `${keys()}/bulk`, { keys: Array.from({ length: count }, () => ({ name: 'n', type: 'read' })) }, by);
const fresh = (more: object = {}) => makeKey(server, bucketId, 'write', more);
const rotate = (key: { _id: string }, wish: object = {}) => asAdmin('POST', `${pathOf(key)}/rotate`, wish);
const rotateSelf = ({ key }: MadeKey, body: object = {}) => server.call('POST', '/api/keys/self/rotate', { key, body });
const statusOf = async ({ key }: { key: string }) => (await server.call('GET', '/api/keys/self', { key })).status;
const total = async () => (await asAdmin('GET', keys())).body.pagination.total as number;
const full = (room: number) => {
  const sentence = `A bucket can have ${MAX_IN_BUCKET} living API keys: there is room for ${room} more`;
  return refused(409, 'Conflict', sentence);
};

/** Advances the server's clock without waiting. */
function pass(millis: number): void {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + millis);
}

describe('the active keys of a bucket', () => {
  it('are limited for single, bulk and rotated keys, and each expired or deleted key makes room', async () => {
    const first = await fresh();
    expect((await createMany(MAX_IN_BUCKET - 2)).status).toBe(201);
    expect(seen(await createMany(2))).toEqual(full(1));
    expect(await total()).toBe(MAX_IN_BUCKET - 1);
    const second = (await rotate(first)).body.apiKey as MadeKey;
    for (const refusal of [await create(), await createMany(1), await rotate(second), await rotateSelf(second)])
      expect(seen(refusal)).toEqual(full(0));
    expect(await statusOf(second)).toBe(200);
    // A rotation that expires the old key at once takes no room.
    const third = (await rotateSelf(second, { gracePeriodSeconds: 0 })).body.apiKey as MadeKey;
    expect(await statusOf(third)).toBe(200);
    expect(seen(await create())).toEqual(full(0));
    // A permanently replaced key takes no room, so its deletion makes none.
    expect((await asAdmin('DELETE', pathOf(second))).status).toBe(200);
    expect(seen(await create())).toEqual(full(0));
    expect((await asAdmin('DELETE', `${pathOf(first)}?line=true`)).status).toBe(200);
    expect([(await create()).status, (await create()).status]).toEqual([201, 201]);
    expect(seen(await create())).toEqual(full(0));
  });

  it('exclude expired and retired keys, and include keys whose expiry is extended', async () => {
    const soon = { expiresAt: new Date(Date.now() + 60_000).toISOString() };
    const [expiring, more] = [await fresh(soon), await fresh(soon)];
    const made = (await rotate(more, { retireOnFirstUse: true })).body.apiKey as MadeKey;
    expect((await createMany(MAX_IN_BUCKET - 3)).status).toBe(201);
    expect(seen(await create())).toEqual(full(0));
    expect(await statusOf(made)).toBe(200);
    expect((await create()).status).toBe(201);
    expect(seen(await create())).toEqual(full(0));
    pass(61_000);
    // `expiring` and `made`.
    expect((await create()).status).toBe(201);
    expect((await asAdmin('PATCH', pathOf(expiring), { expiresAt: null })).status).toBe(200);
    expect(seen(await create())).toEqual(full(0));
    expect(seen(await asAdmin('PATCH', pathOf(made), { expiresAt: null }))).toEqual(full(0));
    expect(await statusOf(made)).toBe(401);
  });

  it('reach exactly the limit under concurrent requests to several instances', async () => {
    const key = await fresh();
    const creations = Array.from({ length: 30 }, (_, index) => {
      const by = index % 2 ? server : other;
      return index % 5 === 0 ? createMany(3, by) : create({}, by);
    });
    const answers = await Promise.all([...creations, rotate(key), rotateSelf(key)]);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    const living = await total();
    expect(living).toBeLessThanOrEqual(MAX_IN_BUCKET);
    // The refused requests were bulk requests for three keys each.
    expect(living).toBeGreaterThan(MAX_IN_BUCKET - 3);
    for (let left = MAX_IN_BUCKET - living; left > 0; left--) expect((await create()).status).toBe(201);
    expect(seen(await create())).toEqual(full(0));
  });

  it('are counted per bucket', async () => {
    expect((await createMany(MAX_IN_BUCKET)).status).toBe(201);
    const next = await makeBucket(server);
    expect((await asAdmin('POST', `/api/buckets/${next}/keys`, { name: 'n', type: 'read' })).status).toBe(201);
  });

  it('are counted again after the limit was lowered, and all stay active', async () => {
    expect((await createMany(5)).status).toBe(201);
    if (!ON_POSTGRES) return;
    const lower = await startApp({ ...ENVIRONMENT, DAKKIO_KEYS_PER_BUCKET: '3' }, database);
    expect((await create({}, lower)).status).toBe(409);
    await lower.stop();
    expect(await total()).toBe(5);
  });
});

describe('the active keys of a line', () => {
  const lineFull = (oldest: MadeKey) => ({
    status: 409,
    body: {
      error: 'Conflict',
      message: `A key and what it was rotated into can be ${MAX_IN_LINE} living keys. The oldest of this line is ${oldest._id}`,
      apiKeyId: oldest._id,
    },
  });
  const next = async (key: MadeKey) => (await rotateSelf(key)).body.apiKey as MadeKey;

  it('are limited, and the refusal names the oldest', async () => {
    const first = await fresh();
    const second = await next(first);
    const third = await next(second);
    const before = await total();
    expect(seen(await rotateSelf(third))).toEqual(lineFull(first));
    expect(seen(await rotate(third, { retireOnFirstUse: true }))).toEqual(lineFull(first));
    expect([await total(), await statusOf(third)]).toEqual([before, 200]);
    await asAdmin('DELETE', pathOf(first));
    const fourth = await next(third);
    expect(seen(await rotateSelf(fourth))).toEqual(lineFull(second));
    const fifth = (await rotateSelf(fourth, { gracePeriodSeconds: 0 })).body.apiKey as MadeKey;
    expect(await statusOf(fifth)).toBe(200);
  });

  it('exclude expired keys, and another replacement supersedes one that waits for its first use', async () => {
    const first = await fresh();
    const second = (await rotateSelf(first, { gracePeriodSeconds: 60 })).body.apiKey as MadeKey;
    const rotateSecond = () => rotateSelf(second, { retireOnFirstUse: true });
    for (let again = 0; again < 4; again++) expect((await rotateSecond()).status).toBe(201);
    const third = (await rotateSecond()).body.apiKey as MadeKey;
    // The rotation is the first use of its key, which retires the second key before the fourth is created.
    const fourth = (await rotateSelf(third)).body.apiKey as MadeKey;
    expect([await statusOf(second), await statusOf(third)]).toEqual([401, 200]);
    expect(seen(await rotateSelf(fourth))).toEqual(lineFull(first));
    pass(61_000);
    expect((await rotateSelf(fourth)).status).toBe(201);
  });

  it('stay active after an upgrade that adds a lower limit, but no more can be created', async () => {
    const line: MadeKey[] = [await fresh()];
    for (let index = 1; index < MAX_IN_LINE; index++) line.push(await next(line.at(-1) as MadeKey));
    const last = line.at(-1) as MadeKey;
    // The state that a server without the limit leaves: one active key of the line too many.
    const extra = await fresh();
    const change = `UPDATE api_keys SET line_id = '${line[0]?._id}', replaces = '${line[0]?._id}' WHERE id = '${extra._id}'`;
    await writeBehind(server, change);
    for (const key of [...line, extra]) expect(await statusOf(key)).toBe(200);
    expect(seen(await rotateSelf(last))).toEqual(lineFull(line[0] as MadeKey));
    expect((await rotateSelf(last, { gracePeriodSeconds: 0 })).status).toBe(201);
  });

  it('do not exceed the limit when an expiry is removed', async () => {
    const first = await fresh({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const second = (await rotateSelf(first, { gracePeriodSeconds: 60 })).body.apiKey as MadeKey;
    await asAdmin('PATCH', pathOf(second), { expiresAt: null });
    pass(61_000);
    await next(await next(second));
    const expired = await asAdmin('PATCH', pathOf(first), { expiresAt: null });
    expect(seen(expired)).toEqual(lineFull(second));
  });
});

describe("an organization's Admin keys", () => {
  it('are limited, except for keys that the operator creates', async () => {
    const created = Array.from({ length: MAX_ADMINS + 2 }, () =>
      asAdmin('POST', '/api/keys', { name: 'n', type: 'admin' }),
    );
    const answers = await Promise.all(created);
    const refusals = answers.filter(({ status }) => status === 409);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(MAX_ADMINS - 1);
    const sentence = `An organization can have ${MAX_ADMINS} living Admin keys: there is room for 0 more`;
    for (const refusal of refusals) expect(seen(refusal)).toEqual(refused(409, 'Conflict', sentence));
    const by = { kind: 'command line', user: 'tests' } as const;
    const { key } = await server.app.get(AdminKeys).add(by, { name: 'Lost all others' });
    expect(await statusOf({ key })).toBe(200);
    expect((await server.call('POST', '/api/keys/self/rotate', { key })).status).toBe(409);
  });
});
