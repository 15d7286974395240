import { makeBucket, makeKey, makeOrganization, type MadeKey } from '../support/make';
import { KEY_NOT_FOUND, refused, seen } from '../support/refusals';
import { openSession, type OpenedSession } from '../support/sessions';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
let parent: MadeKey;
let other: MadeKey;
let sessions: OpenedSession[];
beforeAll(async () => {
  server = await startApp({ DAKKIO_KEYS_PER_BUCKET: '3' });
});
beforeEach(async () => {
  bucketId = await makeBucket(server);
  parent = await makeKey(server, bucketId, 'write', { metadata: { room: 'kitchen' } });
  other = await makeKey(server, bucketId, 'read', { name: 'TV' });
  sessions = [await openSession(server, parent.key), await openSession(server, parent.key)];
});
afterAll(() => server.stop());

const asAdmin = (method: string, path: string, body?: object) =>
  server.call(method, path, { key: server.adminKey, ...(body && { body }) });
const keys = (rest = '') => `/api/buckets/${bucketId}/keys${rest}`;
const listed = async (query = ''): Promise<string[]> =>
  ((await asAdmin('GET', keys(query))).body.apiKeys as MadeKey[]).map(({ _id }) => _id);
const idsOf = (some: readonly { _id: string }[]) => some.map(({ _id }) => _id);
const statusOf = async ({ key }: { key: string }) => (await server.call('GET', '/api/keys/self', { key })).status;

describe('GET /api/buckets/:bucketId/keys', () => {
  it('hides session keys unless they are asked for', async () => {
    expect(await listed()).toEqual(idsOf([parent, other]));
    expect(await listed('?state=active')).toEqual(idsOf([parent, other]));
    expect(await listed('?include=sessions')).toEqual(idsOf([parent, other, ...sessions]));
    expect(await listed('?include=sessions&type=write&state=active')).toEqual(idsOf([parent, ...sessions]));
    const { pagination } = (await asAdmin('GET', keys('?include=sessions'))).body;
    expect(pagination).toMatchObject({ total: 4 });
    expect((await asAdmin('GET', keys())).body.pagination).toMatchObject({ total: 2 });
  });

  it('shows a session key with the restrictions of its key', async () => {
    const body = { name: 'Renamed', allowedIps: ['127.0.0.1'], rateLimit: { limit: 9, windowSeconds: 60 } };
    await asAdmin('PATCH', keys(`/${parent._id}`), body);
    const [session] = sessions as [OpenedSession];
    const wanted = {
      _id: session._id,
      ...body,
      type: 'write',
      keyPrefix: `${session.key.slice(0, 13)}...`,
      bucketId,
      createdAt: expect.any(String),
      lastUsedAt: null,
      expiresAt: session.expiresAt,
      metadata: { room: 'kitchen' },
      sessionOf: parent._id,
    };
    const { apiKeys } = (await asAdmin('GET', keys('?include=sessions&q=renam'))).body as { apiKeys: MadeKey[] };
    expect(apiKeys[1]).toEqual(wanted);
    const one = await asAdmin('GET', keys(`/${session._id}`));
    expect(seen(one)).toEqual({ status: 200, body: { apiKey: { ...wanted, enabled: true } } });
  });

  it('shows a session key in the state of its key', async () => {
    await asAdmin('PATCH', keys(`/${parent._id}`), { enabled: false });
    expect(await listed('?include=sessions&state=active')).toEqual([other._id]);
    expect(await listed('?include=sessions&state=disabled')).toEqual(idsOf([parent, ...sessions]));
    await asAdmin('PATCH', keys(`/${parent._id}`), { enabled: true });
    await asAdmin('DELETE', keys(`/${parent._id}`));
    expect(await listed('?include=sessions')).toEqual([other._id]);
  });

  it('continues behind a session that was ended meanwhile', async () => {
    const [first, second] = sessions as [OpenedSession, OpenedSession];
    await server.call('DELETE', '/api/session', { key: first.key });
    expect(await listed(`?include=sessions&after=${first._id}`)).toEqual([second._id]);
  });

  it('refuses other words', async () => {
    expect(await asAdmin('GET', keys('?include=all'))).toMatchObject({
      status: 400,
      body: { message: "include must be 'sessions'" },
    });
  });
});

describe('GET /api/keys', () => {
  it('hides sessions of Admin keys unless they are asked for', async () => {
    const key = await makeOrganization(server);
    const { _id } = (await server.call('GET', '/api/keys/self', { key })).body.apiKey as MadeKey;
    const session = await openSession(server, key);
    const ids = async (query: string) =>
      idsOf((await server.call('GET', `/api/keys${query}`, { key: session.key })).body.apiKeys as MadeKey[]);
    expect(await ids('')).toEqual([_id]);
    expect(await ids('?include=sessions')).toEqual([_id, session._id]);
  });
});

describe('session keys', () => {
  it('are not counted as keys of a bucket, of the organization, or of a line', async () => {
    const { stats } = (await asAdmin('GET', `/api/buckets/${bucketId}`)).body.bucket;
    expect(stats.apiKeyCount).toBe(2);
    const before = (await asAdmin('GET', '/api/analytics/overview')).body.overview.totals.apiKeys as number;
    await openSession(server, other.key);
    expect((await asAdmin('GET', '/api/analytics/overview')).body.overview.totals.apiKeys).toBe(before);
    await makeKey(server, bucketId, 'read');
    const full = await asAdmin('POST', keys(), { name: 'One too many', type: 'read' });
    expect(full.status).toBe(409);
    await openSession(server, other.key);
    await asAdmin('DELETE', keys(`/${other._id}`));
    // The deletion made room for one key, although three keys ended.
    await makeKey(server, bucketId, 'read');
    expect((await asAdmin('POST', keys(), { name: 'One too many', type: 'read' })).status).toBe(409);
    for (let index = 0; index < 7; index++) {
      const rotated = await asAdmin('POST', '/api/keys', { name: 'Line', type: 'admin' });
      expect(rotated.status).toBe(201);
    }
  });

  it('leave room for eight keys in the line of their key', async () => {
    const { key } = (await asAdmin('POST', '/api/keys', { name: 'Line', type: 'admin' })).body.apiKey as MadeKey;
    let newest = key;
    for (let index = 1; index < 8; index++) {
      await openSession(server, newest);
      const rotated = await server.call('POST', '/api/keys/self/rotate', { key: newest, body: {} });
      expect(rotated.status).toBe(201);
      newest = rotated.body.apiKey.key as string;
    }
  });

  it('are not chosen by filters, and can be deleted by an Admin key', async () => {
    const { body } = await asAdmin('POST', keys('/bulk/revoke'), { filter: { type: 'read' } });
    expect(idsOf(body.revokedKeys as MadeKey[])).toEqual([other._id]);
    const [first, second] = sessions as [OpenedSession, OpenedSession];
    expect((await asAdmin('DELETE', keys(`/${first._id}`))).body).toEqual({
      message: 'API key deleted successfully',
      deletedKey: { _id: first._id, name: 'Living Room Sensor', type: 'write' },
    });
    expect(seen(await asAdmin('DELETE', keys(`/${first._id}`)))).toEqual(KEY_NOT_FOUND);
    expect((await asAdmin('POST', keys('/bulk/revoke'), { ids: [second._id] })).status).toBe(200);
    expect([await statusOf(first), await statusOf(second), await statusOf(parent)]).toEqual([401, 401, 200]);
  });

  it('of another organization cannot be seen', async () => {
    const foreign = await makeOrganization(server);
    const [session] = sessions as [OpenedSession];
    const path = `/api/keys/${session._id}`;
    for (const method of ['GET', 'DELETE'])
      expect(seen(await server.call(method, path, { key: foreign }))).toEqual(KEY_NOT_FOUND);
    const strange = await server.call('GET', keys(`/${session._id}`), { key: foreign });
    expect(seen(strange)).toEqual(refused(404, 'Not Found', 'Bucket not found'));
  });
});
