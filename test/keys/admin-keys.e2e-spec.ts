import { makeAdminKey, makeBucket, makeKey, makeOrganization } from '../support/make';
import { ABSENT_ID, KEY_NOT_FOUND, refused, seen, UNAUTHORIZED } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const ID = /^[0-9a-f]{24}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());
const asAdmin = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, body });

describe('/api/keys', () => {
  it('creates, lists and deletes Admin keys', async () => {
    const created = await asAdmin('POST', '/api/keys', { name: 'Ops laptop', type: 'admin' });
    expect([created.status, created.body]).toEqual([
      201,
      {
        message: 'API key created successfully',
        apiKey: {
          _id: expect.stringMatching(ID),
          name: 'Ops laptop',
          type: 'admin',
          key: expect.stringMatching(/^dakkio_a_[0-9A-Za-z]{36}$/),
          bucketId: null,
          createdAt: expect.stringMatching(TIME),
        },
      },
    ]);
    const { _id, key } = created.body.apiKey as { _id: string; key: string };

    const listed = await server.call('GET', '/api/keys', { key });
    expect(listed.body.apiKeys).toHaveLength(2);
    expect(listed.body.apiKeys[1]).toEqual({
      _id,
      name: 'Ops laptop',
      type: 'admin',
      keyPrefix: `${key.slice(0, 13)}...`,
      bucketId: null,
      createdAt: expect.stringMatching(TIME),
      lastUsedAt: null,
    });
    expect(listed.body.pagination).toEqual({ limit: 100, offset: 0, total: 2, hasMore: false });

    expect((await server.call('DELETE', `/api/keys/${_id}`, { key })).body).toEqual({
      message: 'API key deleted successfully',
      deletedKey: { _id, name: 'Ops laptop', type: 'admin' },
    });
    expect(seen(await server.call('GET', '/api/keys', { key }))).toEqual(UNAUTHORIZED);
  });

  it.each([
    [{ type: 'admin' }, 'Key name is required'],
    [{ name: 'x', type: 'write' }, "Invalid key type. Must be 'admin'"],
    [{ name: 'x' }, "Invalid key type. Must be 'admin'"],
  ])('refuses %j', async (body, message) => {
    expect(seen(await asAdmin('POST', '/api/keys', body))).toEqual(refused(400, 'Validation Error', message));
  });

  it('answers 404 for a key of a bucket or of another organization', async () => {
    const { _id } = await makeKey(server, bucketId, 'write');
    const theirs = await makeOrganization(server);
    const their = (await server.call('GET', '/api/keys/self', { key: theirs })).body.apiKey as { _id: string };
    for (const id of [_id, their._id, ABSENT_ID])
      expect(seen(await asAdmin('DELETE', `/api/keys/${id}`))).toEqual(KEY_NOT_FOUND);
    expect(seen(await asAdmin('DELETE', '/api/keys/self'))).toEqual(
      refused(400, 'Validation Error', 'Invalid API key ID format'),
    );
  });

  it('keeps the last Admin key under concurrent deletions', async () => {
    const admin = await makeOrganization(server);
    for (let i = 0; i < 9; i++)
      await server.call('POST', '/api/keys', { key: admin, body: { name: `Admin ${i}`, type: 'admin' } });
    const { apiKeys } = (await server.call('GET', '/api/keys', { key: admin })).body as { apiKeys: { _id: string }[] };
    const mine = (await server.call('GET', '/api/keys/self', { key: admin })).body.apiKey._id as string;
    const others = apiKeys.filter(({ _id }) => _id !== mine);

    const answers = await Promise.all(
      others.map(({ _id }) => server.call('DELETE', `/api/keys/${_id}`, { key: admin })),
    );

    expect(answers.map((answer) => answer.status)).toEqual(others.map(() => 200));
    expect(seen(await server.call('DELETE', `/api/keys/${mine}`, { key: admin }))).toEqual(
      refused(409, 'Conflict', 'The last Admin key cannot be deleted'),
    );
    expect((await server.call('GET', '/api/keys', { key: admin })).body.pagination.total).toBe(1);
  });

  it('prevents two Admin keys from deleting each other', async () => {
    for (let round = 0; round < 5; round++) {
      const first = await makeOrganization(server, `Round ${round}`);
      const second = (await server.call('POST', '/api/keys', { key: first, body: { name: 'Second', type: 'admin' } }))
        .body.apiKey as { _id: string; key: string };
      const firstId = (await server.call('GET', '/api/keys/self', { key: first })).body.apiKey._id as string;

      const answers = await Promise.all([
        server.call('DELETE', `/api/keys/${second._id}`, { key: first }),
        server.call('DELETE', `/api/keys/${firstId}`, { key: second.key }),
      ]);

      const alive = await Promise.all([first, second.key].map((key) => server.call('GET', '/api/keys/self', { key })));
      expect(alive.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    }
  });

  it('accepts an Admin key created outside the API', async () => {
    const key = await makeAdminKey(server, 'Made by the operator');
    expect((await server.call('GET', '/api/buckets', { key })).status).toBe(200);
  });
});
