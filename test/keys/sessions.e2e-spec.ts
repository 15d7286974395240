import { DataSource } from 'typeorm';
import { KeyRights } from '../../src/auth/key-rights';
import { RateLimiter } from '../../src/auth/rate-limits/rate-limiter';
import { MAX_SESSIONS } from '../../src/api-keys/sessions/session-store';
import { SESSIONS_PER_DAY } from '../../src/api-keys/sessions/sessions.service';
import { ExpiredRows } from '../../src/database/expired-rows';
import { query } from '../../src/database/sql';
import { makeBucket, makeKey, makeSource, type MadeKey } from '../support/make';
import { refused, seen, UNAUTHORIZED } from '../support/refusals';
import { openSession, type OpenedSession } from '../support/sessions';
import { startApp, type TestApp } from '../support/test-app';

const HOUR = 3_600_000;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

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

describe('POST /api/session', () => {
  it('gives a key of the same type and bucket, for twelve hours', async () => {
    const parent = await makeKey(server, bucketId, 'read');
    const before = Date.now();
    const answer = await as(parent.key)('POST', '/api/session');
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    const { organizationId } = (await self(parent.key)).body.apiKey as { organizationId: string };
    expect(answer.body).toEqual({
      message: 'Session created successfully',
      session: {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        type: 'read',
        name: 'Living Room Sensor',
        key: expect.stringMatching(/^dakkio_r_[0-9A-Za-z]{36}$/),
        sessionOf: parent._id,
        bucketId,
        bucket: { _id: bucketId, name: 'Greenhouse', retentionDays: null, status: 'active' },
        organizationId,
        expiresAt: expect.stringMatching(ISO),
        createdAt: expect.stringMatching(ISO),
        rights: expect.arrayContaining(['queryData', 'deleteSession']),
      },
    });
    const { key, expiresAt } = answer.body.session as OpenedSession;
    expect(Date.parse(expiresAt) - before).toBeGreaterThanOrEqual(12 * HOUR);
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(12 * HOUR);
    expect((await as(key)('POST', '/api/data/query', {})).status).toBe(200);
    expect(seen(await as(key)('GET', '/api/buckets'))).toEqual(
      refused(403, 'Forbidden', 'Only Admin keys can list buckets'),
    );
  });

  it.each([
    [{ expiresInSeconds: 60 }, 60_000],
    [{ expiresInSeconds: 43_200 }, 12 * HOUR],
    [{ expiresInSeconds: null }, 12 * HOUR],
  ])('takes its length from the body: %j', async (body, millis) => {
    const { expiresAt } = await openSession(server, server.adminKey, body);
    expect(Math.abs(Date.parse(expiresAt) - Date.now() - millis)).toBeLessThan(5000);
  });

  it.each([59, 43_201, 1.5, '60'])('refuses expiresInSeconds: %j', async (expiresInSeconds) => {
    expect(seen(await asAdmin('POST', '/api/session', { expiresInSeconds }))).toEqual(
      refused(400, 'Validation Error', 'expiresInSeconds must be a whole number from 60 to 43200'),
    );
  });

  it('never lasts longer than its key', async () => {
    const expiresAt = inHours(1);
    const parent = await makeKey(server, bucketId, 'read', { expiresAt });
    expect((await openSession(server, parent.key)).expiresAt).toBe(expiresAt);
  });

  it('shows for a restricted key what it cannot do', async () => {
    const dataSourceId = await makeSource(server, bucketId);
    const parent = await makeKey(server, bucketId, 'write', { writeOnly: true, dataSourceId });
    const session = await openSession(server, parent.key);
    expect(session).toMatchObject({ type: 'write', writeOnly: true, dataSourceId });
    expect(session.rights).toEqual(expect.arrayContaining(['ingestPoint', 'ingestBatch']));
    expect(session.rights).not.toEqual(expect.arrayContaining(['queryData']));
    expect(seen(await as(session.key)('POST', '/api/data/query', {}))).toEqual(
      refused(403, 'Forbidden', 'Write-only keys cannot read data'),
    );
    expect((await as(session.key)('POST', '/api/data', { values: { t: 1 } })).status).toBe(201);
  });

  it('is limited to 1,000 sessions of a line in a day', async () => {
    const parent = await makeKey(server, bucketId, 'read');
    const limiter = server.app.get(RateLimiter);
    for (let index = 1; index < SESSIONS_PER_DAY; index++)
      await limiter.take(`sessions of ${parent._id}`, { limit: SESSIONS_PER_DAY, windowSeconds: 86_400 });
    await openSession(server, parent.key);
    const answer = await as(parent.key)('POST', '/api/session');
    expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(await statusOf(parent)).toBe(200);
  });
});

describe('a session key', () => {
  it('shows itself, its key and its rights', async () => {
    const parent = await makeKey(server, bucketId, 'write', { allowedIps: ['127.0.0.1'] });
    const session = await openSession(server, parent.key, { expiresInSeconds: 600 });
    const own = (await self(session.key)).body.apiKey as Record<string, unknown>;
    expect(own).toMatchObject({
      _id: session._id,
      sessionOf: parent._id,
      type: 'write',
      expiresAt: session.expiresAt,
      keyPrefix: `${session.key.slice(0, 13)}...`,
      allowedIps: ['127.0.0.1'],
      bucket: { _id: bucketId, name: 'Greenhouse', retentionDays: null, status: 'active' },
      rights: session.rights,
    });
    const { rights, ...parents } = (await self(parent.key)).body.apiKey as { rights: string[] };
    expect(parents).not.toHaveProperty('sessionOf');
    expect(rights.filter((right) => !session.rights.includes(right))).toEqual(['rotateOwnApiKey', 'createSession']);
    expect(session.rights.filter((right) => !rights.includes(right))).toEqual(['deleteSession']);
  });

  it('has exactly the rights that its replies name', async () => {
    const { rights } = (await self(server.adminKey)).body.apiKey as { rights: string[] };
    const holder = {
      type: 'admin',
      writeOnly: false,
      dataSourceId: null,
      selfRotation: true,
      sessionId: null,
    } as const;
    expect(rights).toEqual(server.app.get(KeyRights).of(holder));
    expect(rights).toEqual(expect.arrayContaining(['createBucket', 'listAuditEvents', 'createSession']));
    expect((await self(server.adminKey)).body.apiKey.bucket).toBeNull();
  });

  it('cannot rotate itself, open sessions, or be rotated or changed', async () => {
    const { key, _id } = await openSession(server, server.adminKey);
    const rotated = 'A session key cannot be rotated. Rotate the key that it was opened with';
    expect(seen(await as(key)('POST', '/api/keys/self/rotate', {}))).toEqual(refused(403, 'Forbidden', rotated));
    expect(seen(await as(key)('POST', '/api/session'))).toEqual(
      refused(403, 'Forbidden', 'A session key cannot open sessions. Use the key that it was opened with'),
    );
    for (const by of [key, server.adminKey]) {
      expect(seen(await as(by)('POST', `/api/keys/${_id}/rotate`, {}))).toEqual(refused(403, 'Forbidden', rotated));
      const many = await as(by)('POST', '/api/keys/bulk/rotate', { ids: [_id] });
      expect(many).toMatchObject({ status: 403, body: { message: rotated } });
      expect(seen(await as(by)('PATCH', `/api/keys/${_id}`, { name: 'Mine' }))).toEqual(
        refused(403, 'Forbidden', 'A session key cannot be changed. Change the key that it was opened with'),
      );
    }
    expect(await statusOf({ key })).toBe(200);
  });

  it('may do for other keys what its key may', async () => {
    const { key } = await openSession(server, server.adminKey);
    const made = await as(key)('POST', `/api/buckets/${bucketId}/keys`, { name: 'By a session', type: 'read' });
    expect(made.status).toBe(201);
    const { _id } = made.body.apiKey as MadeKey;
    expect((await as(key)('POST', `${pathOf({ _id })}/rotate`, {})).status).toBe(201);
  });
});

describe('DELETE /api/session', () => {
  it('ends the session of the request, and no other', async () => {
    const parent = await makeKey(server, bucketId, 'write', { writeOnly: true });
    const [session, other] = [await openSession(server, parent.key), await openSession(server, parent.key)];
    expect(seen(await as(session.key)('DELETE', '/api/session'))).toEqual({
      status: 200,
      body: { message: 'Session deleted successfully' },
    });
    expect(seen(await as(session.key)('DELETE', '/api/session'))).toEqual(UNAUTHORIZED);
    expect([await statusOf(session), await statusOf(other), await statusOf(parent)]).toEqual([401, 200, 200]);
  });

  it('refuses a key that is no session key, which stays valid', async () => {
    expect(seen(await asAdmin('DELETE', '/api/session'))).toEqual(
      refused(403, 'Forbidden', 'Only session keys can be signed out'),
    );
    expect(await statusOf({ key: server.adminKey })).toBe(200);
  });
});

describe('the number of sessions', () => {
  it('is at most 20 for a key: one more ends the oldest', async () => {
    const parent = await makeKey(server, bucketId, 'read');
    const sessions: OpenedSession[] = [];
    for (let index = 0; index < MAX_SESSIONS + 2; index++) sessions.push(await openSession(server, parent.key));
    const statuses = await Promise.all(sessions.map(statusOf));
    expect(statuses).toEqual([401, 401, ...Array<number>(MAX_SESSIONS).fill(200)]);
    const [first] = sessions as [OpenedSession];
    expect((await events(first._id)).map(({ action }) => action)).toEqual(['session.opened', 'session.ended']);
  });

  it('stays within the limit when many are opened at once', async () => {
    const parent = await makeKey(server, bucketId, 'read');
    const sessions = await Promise.all(Array.from({ length: 30 }, () => openSession(server, parent.key)));
    const statuses = await Promise.all(sessions.map(statusOf));
    expect(statuses.filter((status) => status === 200)).toHaveLength(MAX_SESSIONS);
  });
});

describe('expired sessions', () => {
  it('are removed in the background, a day after their end at the latest', async () => {
    const parent = await makeKey(server, bucketId, 'read');
    const { _id } = await openSession(server, parent.key);
    const rows = () =>
      query(server.app.get(DataSource).manager, 'SELECT id FROM api_keys WHERE id IN (?, ?)', [parent._id, _id]);
    await server.app.get(ExpiredRows).remove(Date.now() + 35 * HOUR);
    expect(await rows()).toHaveLength(2);
    await server.app.get(ExpiredRows).remove(Date.now() + 37 * HOUR);
    expect(await rows()).toEqual([{ id: parent._id }]);
  });
});
