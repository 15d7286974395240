import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

interface Event {
  readonly _id: string;
  readonly at: string;
  readonly action: string;
  readonly actor: Record<string, unknown>;
  readonly target: Record<string, unknown>;
  readonly bucketId?: string;
  readonly details?: Record<string, any>;
  readonly address?: string;
  readonly requestId?: string;
}

let server: TestApp;
let adminId: string;
beforeAll(async () => {
  server = await startApp();
  adminId = (await server.call('GET', '/api/keys/self', { key: server.adminKey })).body.apiKey._id as string;
});
afterAll(() => server.stop());

async function events(query = '', key = server.adminKey): Promise<Event[]> {
  const { status, body } = await server.call('GET', `/api/audit?limit=1000&sort=asc${query}`, { key });
  expect(status).toBe(200);
  return body.auditEvents as Event[];
}

const asAdmin = (method: string, path: string, body?: object) =>
  server.call(method, path, { key: server.adminKey, body, headers: { 'X-Request-Id': 'request-of-this-test' } });

describe('GET /api/audit', () => {
  it('starts with the events of the first start', async () => {
    const [organization, key] = await events();
    expect(organization).toMatchObject({
      action: 'organization.created',
      actor: { type: 'server' },
      target: { type: 'organization', name: 'My organization' },
    });
    expect(key).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      at: expect.stringMatching(/Z$/),
      action: 'apiKey.created',
      actor: { type: 'server' },
      target: { type: 'api key', _id: adminId, name: 'First Admin key' },
      details: { type: 'admin' },
    });
  });

  it('records each change of a bucket and a key: actor, action, time, address and request', async () => {
    const bucketId = (await asAdmin('POST', '/api/buckets', { name: 'Shed' })).body.bucket._id as string;
    await asAdmin('PATCH', `/api/buckets/${bucketId}`, { name: 'Barn', retentionDays: 7 });
    const keys = `/api/buckets/${bucketId}/keys`;
    const keyId = (await asAdmin('POST', keys, { name: 'S1', type: 'write', metadata: { pin: '1234' } })).body.apiKey
      ._id as string;
    await asAdmin('PATCH', `${keys}/${keyId}`, {
      enabled: false,
      metadata: { pin: '4321' },
      allowedIps: ['10.0.0.0/8'],
    });
    await asAdmin('PATCH', `${keys}/${keyId}`, { enabled: true, allowedIps: null });
    const newId = (await asAdmin('POST', `${keys}/${keyId}/rotate`, { gracePeriodSeconds: 60 })).body.apiKey
      ._id as string;
    await asAdmin('DELETE', `${keys}/${newId}`);
    await asAdmin('DELETE', `/api/buckets/${bucketId}`);

    const recorded = await events(`&bucketId=${bucketId}`);
    for (const event of recorded) {
      expect(event.actor).toEqual({ type: 'api key', _id: adminId, name: 'First Admin key' });
      expect([event.address, event.requestId, event.bucketId]).toEqual(['127.0.0.1', 'request-of-this-test', bucketId]);
      expect(Math.abs(Date.parse(event.at) - Date.now())).toBeLessThan(60_000);
    }
    expect(recorded.map(({ action, target, details }) => [action, target._id, details])).toEqual([
      ['bucket.created', bucketId, undefined],
      [
        'bucket.updated',
        bucketId,
        { from: { name: 'Shed', retentionDays: null }, to: { name: 'Barn', retentionDays: 7 } },
      ],
      ['apiKey.created', keyId, { type: 'write', metadata: ['pin'] }],
      [
        'apiKey.updated',
        keyId,
        { from: { enabled: true, allowedIps: null }, to: { enabled: false, allowedIps: ['10.0.0.0/8'] } },
      ],
      [
        'apiKey.updated',
        keyId,
        { from: { enabled: false, allowedIps: ['10.0.0.0/8'] }, to: { enabled: true, allowedIps: null } },
      ],
      [
        'apiKey.rotated',
        keyId,
        { replacedBy: newId, expiresAt: expect.any(String), gracePeriodSeconds: 60, retireOnFirstUse: false },
      ],
      ['apiKey.deleted', newId, { type: 'write' }],
      ['bucket.deleted', bucketId, { dataSources: 0, dataPoints: 0, apiKeys: 1, alertRules: 0 }],
    ]);
    expect(JSON.stringify(recorded)).not.toMatch(/1234|4321/);
  });

  it('records neither changes without effect nor refused requests', async () => {
    const bucketId = await makeBucket(server);
    const { _id } = await makeKey(server, bucketId, 'read');
    const before = (await events()).length;
    await asAdmin('PATCH', `/api/buckets/${bucketId}/keys/${_id}`, {});
    await asAdmin('PATCH', `/api/buckets/${bucketId}/keys/${_id}`, { enabled: true, name: 'Living Room Sensor' });
    await asAdmin('PATCH', `/api/buckets/${bucketId}/keys/${_id}`, { enabled: 'no' });
    await asAdmin('DELETE', `/api/buckets/${bucketId}/keys/${adminId}`);
    await asAdmin('DELETE', `/api/keys/${adminId}`);
    expect((await events()).length).toBe(before);
  });

  it('supports filters and pages', async () => {
    const bucketId = await makeBucket(server);
    const { _id } = await makeKey(server, bucketId, 'read');
    const all = await events();
    const ofKey = all.filter(({ target }) => target._id === _id);
    expect(await events(`&targetId=${_id.toUpperCase()}`)).toEqual(ofKey);
    expect(await events('&action=bucket.created')).toEqual(all.filter(({ action }) => action === 'bucket.created'));
    expect(await events(`&actorId=${adminId}`)).toEqual(all.filter(({ actor }) => actor._id === adminId));
    const at = ofKey[0]?.at ?? '';
    expect(await events(`&startTime=${at}`)).toEqual(all.filter((event) => event.at >= at));
    expect(await events(`&endTime=${at}`)).toEqual(all.filter((event) => event.at < at));
    const page = (await asAdmin('GET', '/api/audit?sort=asc&limit=2&offset=1')).body;
    expect(page).toEqual({
      auditEvents: all.slice(1, 3),
      pagination: { limit: 2, offset: 1, total: all.length, hasMore: true },
    });
  });

  it.each([
    ['action=painted', /^action must be one of organization\.created, /],
    ['actorId=me', /^Invalid actor ID format$/],
    ['targetId=1', /^Invalid target ID format$/],
    ['startTime=yesterday', /^startTime must be an RFC 3339 time with an offset/],
    ['endTime=2024-01-15T10:05:00', /^endTime must be an RFC 3339 time with an offset/],
    ['from=2024', /^Unknown query parameter: from$/],
  ])('refuses %s', async (query, message) => {
    const { status, body } = await asAdmin('GET', `/api/audit?${query}`);
    expect([status, body]).toEqual([400, { error: 'Validation Error', message: expect.stringMatching(message) }]);
  });

  it('hides events of other organizations', async () => {
    const other = await makeOrganization(server, 'Neighbours');
    expect((await events('', other)).map(({ action }) => action)).toEqual(['organization.created', 'apiKey.created']);
    expect(JSON.stringify(await events('', other))).not.toContain(adminId);
    expect(JSON.stringify(await events())).not.toContain('Neighbours');
    expect(await events(`&actorId=${adminId}`, other)).toEqual([]);
  });
});
