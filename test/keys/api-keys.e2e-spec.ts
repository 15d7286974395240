// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, KEY_NOT_FOUND, refused, seen, UNAUTHORIZED } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const ID = /^[0-9a-f]{24}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const GOOD = { name: 'Living Room Sensor', type: 'write' };

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

const keysOf = (id: string, keyId = '') => `/api/buckets/${id}/keys${keyId && `/${keyId}`}`;
const asAdmin = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, body });

describe('POST /api/buckets/:bucketId/keys', () => {
  it.each(['write', 'read'] as const)('creates a %s key and shows it', async (type) => {
    const answer = await asAdmin('POST', keysOf(bucketId), { name: 'Living Room Sensor', type });

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      message: 'API key created successfully',
      apiKey: {
        _id: expect.stringMatching(ID),
        name: 'Living Room Sensor',
        type,
        key: expect.stringMatching(new RegExp(`^dakkio_${type[0]}_[0-9A-Za-z]{36}$`)),
        bucketId,
        createdAt: expect.stringMatching(TIME),
      },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('creates a key that works at once', async () => {
    const { key, _id } = await makeKey(server, bucketId, 'read');
    const { status, body } = await server.call('GET', '/api/keys/self', { key });
    expect([status, body.apiKey._id]).toEqual([200, _id]);
  });

  it.each([
    ['no name', { type: 'write' }, 'Key name is required'],
    ['an empty name', { ...GOOD, name: '' }, 'Key name is required'],
    ['a blank name', { ...GOOD, name: ' \u2003 ' }, 'Key name is required'],
    ['null as name', { ...GOOD, name: null }, 'Key name is required'],
    ['a number as name', { ...GOOD, name: 7 }, 'Key name must be a string'],
    ['a list as name', { ...GOOD, name: ['a'] }, 'Key name must be a string'],
    ['101 characters', { ...GOOD, name: 'n'.repeat(101) }, 'Key name must be 100 characters or less'],
    ['a line end in the name', { ...GOOD, name: 'a\nb' }, 'Key name must not contain control characters'],
    ['no type', { name: 'x' }, "Invalid key type. Must be 'write' or 'read'"],
    ['null as type', { name: 'x', type: null }, "Invalid key type. Must be 'write' or 'read'"],
    ['admin as type', { name: 'x', type: 'admin' }, "Invalid key type. Must be 'write' or 'read'"],
    ['another case', { name: 'x', type: 'Write' }, "Invalid key type. Must be 'write' or 'read'"],
    ['an object as type', { name: 'x', type: { write: 1 } }, "Invalid key type. Must be 'write' or 'read'"],
    ['an unknown property', { ...GOOD, admin: true }, 'Unknown property: admin'],
  ])('refuses %s', async (_what, body, message) => {
    const before = (await asAdmin('GET', keysOf(bucketId))).body.pagination.total as number;

    expect(seen(await asAdmin('POST', keysOf(bucketId), body))).toEqual(refused(400, 'Validation Error', message));

    const after = (await asAdmin('GET', keysOf(bucketId))).body.pagination.total as number;
    expect(after).toBe(before);
  });

  it('lists every problem, the name first', async () => {
    const name = { path: ['body', 'name'], message: 'Key name is required' };
    const type = { path: ['body', 'type'], message: "Invalid key type. Must be 'write' or 'read'" };
    expect(seen(await asAdmin('POST', keysOf(bucketId), { type: 'admin' }))).toEqual({
      status: 400,
      body: { error: 'Validation Error', message: 'Key name is required', details: [name, type] },
    });
  });

  it('answers 404 for an unknown bucket', async () => {
    expect(seen(await asAdmin('POST', keysOf(ABSENT_ID), GOOD))).toEqual(BUCKET_NOT_FOUND);
  });

  it('refuses an invalid id', async () => {
    const answer = await asAdmin('POST', keysOf('not-an-id'), GOOD);
    expect(seen(answer)).toEqual(refused(400, 'Validation Error', 'Invalid bucket ID format'));
  });

  it.each(['write', 'read'] as const)('refuses a %s key before it checks the body', async (type) => {
    const { key } = await makeKey(server, bucketId, type);
    for (const [path, body] of [
      [keysOf(bucketId), GOOD],
      [keysOf(ABSENT_ID), '{ not json'],
    ] as const) {
      expect(seen(await server.call('POST', path, { key, body }))).toEqual(
        refused(403, 'Forbidden', 'Only Admin keys can create API keys'),
      );
    }
  });
});

describe('GET /api/buckets/:bucketId/keys', () => {
  it('lists keys newest last, in pages, without their text', async () => {
    const bucket = await makeBucket(server);
    const made: MadeKey[] = [];
    for (const type of ['write', 'read', 'write'] as const) made.push(await makeKey(server, bucket, type));

    const first = await asAdmin('GET', `${keysOf(bucket)}?limit=2`);
    const second = await asAdmin('GET', `${keysOf(bucket)}?limit=2&offset=2`);

    const shown = (index: number, type: string) => ({
      _id: made[index]?._id,
      name: 'Living Room Sensor',
      type,
      keyPrefix: `${made[index]?.key.slice(0, 13)}...`,
      bucketId: bucket,
      createdAt: expect.stringMatching(TIME),
      lastUsedAt: null,
    });
    expect(first.body).toEqual({
      apiKeys: [shown(0, 'write'), shown(1, 'read')],
      pagination: { limit: 2, offset: 0, total: 3, hasMore: true },
    });
    expect(second.body).toEqual({
      apiKeys: [shown(2, 'write')],
      pagination: { limit: 2, offset: 2, total: 3, hasMore: false },
    });
  });

  it('answers 404 for an unknown bucket', async () => {
    expect(seen(await asAdmin('GET', keysOf(ABSENT_ID)))).toEqual(BUCKET_NOT_FOUND);
  });
});

describe('GET /api/buckets/:bucketId/keys/:keyId', () => {
  it('shows one key as in the list, and whether it is enabled', async () => {
    const { _id } = await makeKey(server, bucketId, 'write');
    const { status, body } = await asAdmin('GET', keysOf(bucketId, _id));
    const list = (await asAdmin('GET', keysOf(bucketId))).body.apiKeys as { _id: string }[];
    const listed = list.find((key) => key._id === _id);
    expect([status, body]).toEqual([200, { apiKey: { ...listed, enabled: true } }]);
  });

  it('answers 404 for a key of another bucket, and refuses an invalid id', async () => {
    const { _id } = await makeKey(server, bucketId, 'write');
    const other = await makeBucket(server, 'Other');
    expect(seen(await asAdmin('GET', keysOf(other, _id)))).toEqual(KEY_NOT_FOUND);
    expect(seen(await asAdmin('GET', keysOf(bucketId, ABSENT_ID)))).toEqual(KEY_NOT_FOUND);
    expect(seen(await asAdmin('GET', keysOf(bucketId, 'xyz')))).toEqual(
      refused(400, 'Validation Error', 'Invalid API key ID format'),
    );
    expect(seen(await asAdmin('GET', keysOf(ABSENT_ID, _id)))).toEqual(BUCKET_NOT_FOUND);
  });
});

describe('DELETE /api/buckets/:bucketId/keys/:keyId', () => {
  it('revokes a key before it replies, and only once', async () => {
    const { _id, key } = await makeKey(server, bucketId, 'write');

    const answer = await asAdmin('DELETE', keysOf(bucketId, _id));

    expect([answer.status, answer.body]).toEqual([
      200,
      { message: 'API key deleted successfully', deletedKey: { _id, name: 'Living Room Sensor', type: 'write' } },
    ]);
    expect(seen(await server.call('GET', '/api/keys/self', { key }))).toEqual(UNAUTHORIZED);
    expect(seen(await asAdmin('DELETE', keysOf(bucketId, _id)))).toEqual(KEY_NOT_FOUND);
    expect(seen(await asAdmin('GET', keysOf(bucketId, _id)))).toEqual(KEY_NOT_FOUND);
  });

  it('does not delete a key of another bucket', async () => {
    const { _id, key } = await makeKey(server, bucketId, 'read');
    const other = await makeBucket(server, 'Other');
    expect(seen(await asAdmin('DELETE', keysOf(other, _id)))).toEqual(KEY_NOT_FOUND);
    expect((await server.call('GET', '/api/keys/self', { key })).status).toBe(200);
  });
});
