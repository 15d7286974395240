// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import { Usage } from '../../src/api-keys/usage/usage.service';
import { makeBucket, makeKey, makeSource, type MadeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const DAY_MILLIS = 86_400_000;
const ID = expect.stringMatching(/^[0-9a-f]{24}$/);

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

const asAdmin = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, ...(body !== undefined && { body }) });
const pathOf = ({ _id }: { _id: string }) => `/api/buckets/${bucketId}/keys/${_id}`;
const rotate = (key: { _id: string }, wish?: object | string) => asAdmin('POST', `${pathOf(key)}/rotate`, wish);
const shown = async (key: { _id: string }) =>
  (await asAdmin('GET', pathOf(key))).body.apiKey as Record<string, unknown>;
const statusOf = async ({ key }: { key: string }) => (await server.call('GET', '/api/keys/self', { key })).status;
const fresh = (more: object = {}) => makeKey(server, bucketId, 'write', more);

/** Advances the server's clock without waiting. */
function pass(millis: number): void {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + millis);
}

describe('a rotation', () => {
  it.each([
    ['no body', undefined, DAY_MILLIS],
    ['{}', {}, DAY_MILLIS],
    ['null for both', { gracePeriodSeconds: null, retireOnFirstUse: null }, DAY_MILLIS],
    ['an hour', { gracePeriodSeconds: 3600 }, 3_600_000],
    ['the longest grace', { gracePeriodSeconds: 2_592_000 }, 30 * DAY_MILLIS],
  ])(
    'creates a new key beside the old one, which expires at the end of its grace period: %s',
    async (_what, wish, millis) => {
      const old = await fresh();
      const before = Date.now();
      const { status, body } = await rotate(old, wish);
      expect([status, body]).toEqual([
        201,
        {
          message: 'API key rotated successfully',
          apiKey: {
            _id: ID,
            name: 'Living Room Sensor',
            type: 'write',
            key: expect.stringMatching(/^dakkio_w_[0-9A-Za-z]{36}$/),
            bucketId,
            createdAt: expect.any(String),
            replaces: old._id,
          },
          replaces: { _id: old._id, expiresAt: expect.any(String) },
        },
      ]);
      const end = Date.parse(body.replaces.expiresAt as string);
      expect(end).toBeGreaterThanOrEqual(before + millis);
      expect(end).toBeLessThanOrEqual(Date.now() + millis);
      const made = body.apiKey as MadeKey;
      expect([await statusOf(old), await statusOf(made)]).toEqual([200, 200]);
      await server.app.get(Usage).flush();
      expect(await shown(old)).toMatchObject({
        replacedBy: made._id,
        expiresAt: body.replaces.expiresAt,
        lastUsedAt: expect.any(String),
      });
      expect(await shown(made)).toMatchObject({ replaces: old._id, enabled: true });
      pass(millis + 60_000);
      expect([await statusOf(old), await statusOf(made)]).toEqual([401, 200]);
    },
  );

  it('gives the new key exactly the same rights', async () => {
    const bounds = {
      expiresAt: '2999-01-31T12:00:00.000Z',
      allowedIps: ['127.0.0.1', '10.0.0.0/8'],
      dataSourceId: await makeSource(server, bucketId),
      rateLimit: { limit: 6000, windowSeconds: 60 },
      quota: { limit: 1000, per: 'month' },
      writeOnly: true,
      metadata: { room: 'kitchen' },
    };
    const { body } = await rotate(await fresh(bounds));
    const { _id, name, type, key, bucketId: bucket, createdAt, replaces, ...inherited } = body.apiKey;
    expect([_id, name, type, bucket]).toEqual([ID, 'Living Room Sensor', 'write', bucketId]);
    expect([typeof key, typeof createdAt, replaces]).toEqual(['string', 'string', ID]);
    expect(inherited).toEqual(bounds);
  });

  it('expires the old key at once with a grace period of 0', async () => {
    const old = await fresh();
    const { body } = await rotate(old, { gracePeriodSeconds: 0 });
    expect([await statusOf(old), await statusOf(body.apiKey as MadeKey)]).toEqual([401, 200]);
  });

  it('keeps an expiry earlier than the grace period, and copies it to the new key', async () => {
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const old = await fresh({ expiresAt });
    const { body } = await rotate(old);
    expect([body.replaces.expiresAt, body.apiKey.expiresAt]).toEqual([expiresAt, expiresAt]);
    const second = await rotate(body.apiKey as MadeKey, { gracePeriodSeconds: 60 });
    expect(second.body.apiKey.expiresAt).toBe(expiresAt);
  });

  it('counts the usage of both keys separately', async () => {
    const old = await fresh();
    for (let i = 0; i < 3; i++) await statusOf(old);
    const made = (await rotate(old)).body.apiKey as MadeKey;
    for (let i = 0; i < 2; i++) await statusOf(made);
    await statusOf(old);
    const requests = async (key: MadeKey) => {
      const { usage } = (await asAdmin('GET', `${pathOf(key)}/usage?days=1`)).body;
      return usage.days[0].requests as number;
    };
    expect([await requests(old), await requests(made)]).toEqual([4, 2]);
  });

  it('works the same for Admin keys, even for the only one', async () => {
    const other = await startApp();
    const { _id } = (await other.call('GET', '/api/keys/self', { key: other.adminKey })).body.apiKey as MadeKey;
    const options = { key: other.adminKey, body: { gracePeriodSeconds: 0 } };
    const { status, body } = await other.call('POST', `/api/keys/${_id}/rotate`, options);
    expect([status, body.apiKey.type, body.apiKey.bucketId]).toEqual([201, 'admin', null]);
    expect((await other.call('GET', '/api/keys/self', { key: other.adminKey })).status).toBe(401);
    const list = await other.call('GET', '/api/keys', { key: body.apiKey.key as string });
    expect(list.body.apiKeys).toMatchObject([{ _id, replacedBy: body.apiKey._id }, { replaces: _id }]);
    await other.stop();
  });
});

describe('a key that is retired by the first use of its replacement', () => {
  it('is valid until then, and for no request after it', async () => {
    const old = await fresh();
    const { body } = await rotate(old, { retireOnFirstUse: true });
    expect(await statusOf(old)).toBe(200);
    expect(await statusOf(body.apiKey as MadeKey)).toBe(200);
    expect(await statusOf(old)).toBe(401);
    expect(Date.parse((await shown(old)).expiresAt as string)).toBeLessThanOrEqual(Date.now());
    expect(await statusOf(body.apiKey as MadeKey)).toBe(200);
  });

  it('expires at the end of its grace period when the replacement is never used', async () => {
    const old = await fresh();
    await rotate(old, { retireOnFirstUse: true, gracePeriodSeconds: 60 });
    pass(61_000);
    expect(await statusOf(old)).toBe(401);
  });

  it('is not retired by refused requests of its replacement', async () => {
    const old = await fresh({ allowedIps: ['192.0.2.1', '127.0.0.1'] });
    const { body } = await rotate(old, { retireOnFirstUse: true });
    await asAdmin('PATCH', pathOf(body.apiKey as MadeKey), { allowedIps: ['192.0.2.1'] });
    expect(await statusOf(body.apiKey as MadeKey)).toBe(403);
    expect(await statusOf(old)).toBe(200);
  });

  it('is retired once under concurrent first uses, and this is in the audit log', async () => {
    const old = await fresh();
    const made = (await rotate(old, { retireOnFirstUse: true })).body.apiKey as MadeKey;
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(made)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    const { body } = await asAdmin('GET', `/api/audit?action=apiKey.retired&targetId=${old._id}`);
    expect(body.auditEvents).toMatchObject([
      { actor: { type: 'api key', _id: made._id }, target: { _id: old._id }, details: { replacedBy: made._id } },
    ]);
  });
});
