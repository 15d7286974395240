import { DataSource } from 'typeorm';
import { Usage } from '../../src/api-keys/usage/usage.service';
import { query } from '../../src/database/sql';
import { makeAdminKey, makeBucket, makeKey, makeOrganization, makeSource, type MadeKey } from '../support/make';
import { refused, seen, UNAUTHORIZED } from '../support/refusals';
import { openSession, type OpenedSession } from '../support/sessions';
import { startApp, type TestApp } from '../support/test-app';

const HOUR = 3_600_000;

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const as = (key: string) => (method: string, path: string, body?: object) =>
  server.call(method, path, { key, ...(body && { body }) });
const asAdmin = (method: string, path: string, body?: object) => as(server.adminKey)(method, path, body);
const self = (key: string) => as(key)('GET', '/api/keys/self');
const statusOf = async ({ key }: { key: string }) => (await self(key)).status;
const pathOf = ({ _id }: { _id: string }) => `/api/buckets/${bucketId}/keys/${_id}`;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();
const events = async (targetId: string): Promise<any[]> =>
  (await asAdmin('GET', `/api/audit?targetId=${targetId}&sort=asc`)).body.auditEvents as any[];

describe('a change of the key', () => {
  const patched = (parent: MadeKey, body: object) => asAdmin('PATCH', pathOf(parent), body);
  const opened = async (more: object = {}) => {
    const parent = await makeKey(server, bucketId, 'read', more);
    return { parent, session: await openSession(server, parent.key) };
  };

  it('applies to its sessions at once: addresses', async () => {
    const { parent, session } = await opened();
    await patched(parent, { allowedIps: ['10.0.0.1'] });
    expect(seen(await self(session.key))).toEqual(
      refused(403, 'Forbidden', 'API key is not allowed from this address'),
    );
    await patched(parent, { allowedIps: null });
    expect(await statusOf(session)).toBe(200);
  });

  it('applies to its sessions at once: disabled, enabled, an earlier expiry', async () => {
    const { parent, session } = await opened();
    await patched(parent, { enabled: false });
    expect(seen(await self(session.key))).toEqual(UNAUTHORIZED);
    await patched(parent, { enabled: true });
    const expiresAt = inHours(1);
    await patched(parent, { expiresAt });
    expect((await self(session.key)).body.apiKey.expiresAt).toBe(expiresAt);
    await patched(parent, { name: 'Renamed', expiresAt: null });
    expect((await self(session.key)).body.apiKey).toMatchObject({ name: 'Renamed', expiresAt: session.expiresAt });
  });

  it('applies to its sessions at once: limits, which the key and its sessions share', async () => {
    const { parent, session } = await opened();
    await patched(parent, { rateLimit: { limit: 3, windowSeconds: 86_400 } });
    const statuses = [];
    for (const key of [parent.key, session.key, parent.key, session.key, parent.key])
      statuses.push((await self(key)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    await patched(parent, { rateLimit: null, quota: { limit: 1, per: 'day' } });
    expect([(await self(session.key)).status, (await self(parent.key)).status]).toEqual([429, 429]);
  });

  it.each<[string, (parent: MadeKey) => Promise<unknown>]>([
    ['deleted', (parent) => asAdmin('DELETE', pathOf(parent))],
    ['deleted with others', (parent) => asAdmin('POST', bulk('revoke'), { ids: [parent._id] })],
    ['disabled', (parent) => patched(parent, { enabled: false })],
    [
      'rotated without a grace period',
      (parent) => asAdmin('POST', `${pathOf(parent)}/rotate`, { gracePeriodSeconds: 0 }),
    ],
    ['rotated by itself, and the new key is used', rotatedAndRetired],
  ])('ends its sessions once it is %s', async (_what, end) => {
    const { parent, session } = await opened();
    const other = await openSession(server, parent.key);
    await end(parent);
    for (const one of [parent, session, other]) expect(seen(await self(one.key))).toEqual(UNAUTHORIZED);
  });

  const bulk = (what: string) => `/api/buckets/${bucketId}/keys/bulk/${what}`;

  async function rotatedAndRetired(parent: MadeKey): Promise<void> {
    const made = await as(parent.key)('POST', '/api/keys/self/rotate', { retireOnFirstUse: true });
    expect(await statusOf(made.body.apiKey as MadeKey)).toBe(200);
  }

  it('keeps them through the grace period of a rotation, and no longer', async () => {
    const { parent, session } = await opened();
    const made = await asAdmin('POST', `${pathOf(parent)}/rotate`, { gracePeriodSeconds: 600 });
    const { expiresAt } = made.body.replaces as { expiresAt: string };
    expect((await self(session.key)).body.apiKey.expiresAt).toBe(expiresAt);
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse(expiresAt));
    expect(await statusOf(session)).toBe(401);
  });

  it('ends them with the bucket', async () => {
    const gone = await makeBucket(server, 'Gone');
    const parent = await makeKey(server, gone, 'write');
    const session = await openSession(server, parent.key);
    const { body } = await asAdmin('DELETE', `/api/buckets/${gone}`);
    expect(body.deletedResources.apiKeys).toBe(1);
    expect(await statusOf(session)).toBe(401);
  });

  it('does not make a session outlive its end', async () => {
    const { session } = await opened();
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse(session.expiresAt) - 1);
    expect(await statusOf(session)).toBe(200);
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse(session.expiresAt));
    expect(await statusOf(session)).toBe(401);
  });
});

describe('opening a session while its key is deleted', () => {
  it('leaves no session that can be used', async () => {
    for (let round = 0; round < 20; round++) {
      const parent = await makeKey(server, bucketId, 'read');
      const [opened, deleted] = await Promise.all([
        as(parent.key)('POST', '/api/session'),
        asAdmin('DELETE', pathOf(parent)),
      ]);
      expect(deleted.status).toBe(200);
      expect([201, 401]).toContain(opened.status);
      if (opened.status === 201) expect(await statusOf(opened.body.session as OpenedSession)).toBe(401);
    }
    const sql = `SELECT count(*) AS sessions FROM api_keys s JOIN api_keys k ON k.id = s.session_of
      WHERE s.deleted_at IS NULL AND k.deleted_at IS NOT NULL`;
    expect(await query(server.app.get(DataSource).manager, sql, [])).toEqual([{ sessions: 0 }]);
  });
});

describe('the usage', () => {
  it('of sessions is counted for their key', async () => {
    const source = await makeSource(server, bucketId, 'Counted');
    const parent = await makeKey(server, bucketId, 'write');
    const session = await openSession(server, parent.key);
    await as(session.key)('POST', '/api/data', { dataSourceId: source, values: { t: 1 } });
    await as(session.key)('GET', '/api/buckets');
    await server.app.get(Usage).flush();
    const { body } = await asAdmin('GET', `${pathOf(parent)}/usage?days=1`);
    expect(body.usage.totals).toEqual({ requests: 2, refusals: 1, points: 1 });
    expect((await asAdmin('GET', `${pathOf(session)}/usage`)).status).toBe(404);
    await as(session.key)('DELETE', '/api/session');
    await self(session.key);
    const { usage } = (await asAdmin('GET', `${pathOf(parent)}/usage?days=1`)).body;
    expect(usage.totals).toMatchObject({ requests: 3 });
  });
});

describe('the last Admin key', () => {
  it('is never a session key', async () => {
    const admin = await makeOrganization(server);
    const { _id } = (await self(admin)).body.apiKey as MadeKey;
    const session = await openSession(server, admin);
    for (const key of [admin, session.key])
      expect(seen(await as(key)('DELETE', `/api/keys/${_id}`))).toEqual(
        refused(409, 'Conflict', 'The last Admin key cannot be deleted'),
      );
    expect((await as(session.key)('DELETE', `/api/keys/${session._id}`)).status).toBe(200);
    expect([await statusOf({ key: admin }), await statusOf(session)]).toEqual([200, 401]);
  });
});

describe('the audit log', () => {
  it('says who opened and ended which session, and what was done with it', async () => {
    const key = await makeAdminKey(server, 'Ops laptop');
    const { _id } = (await self(key)).body.apiKey as MadeKey;
    const session = await openSession(server, key);
    const named = (await as(session.key)('POST', '/api/buckets', { name: 'By session' })).body.bucket as MadeKey;
    await as(session.key)('DELETE', '/api/session');
    const actor = { type: 'api key', _id, name: 'Ops laptop' };
    const target = { type: 'api key', _id: session._id, name: 'Ops laptop' };
    expect(await events(session._id)).toMatchObject([
      {
        action: 'session.opened',
        actor,
        target,
        details: { type: 'admin', sessionOf: _id, expiresAt: session.expiresAt },
      },
      { action: 'session.ended', actor, target, details: { sessionOf: _id, sessionId: session._id } },
    ]);
    expect(await events(named._id)).toMatchObject([
      { action: 'bucket.created', actor, details: { sessionId: session._id } },
    ]);
  });
});
