import { makeOrganization, type MadeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const HOUR = 3_600_000;
const LAST = refused(409, 'Conflict', 'The last Admin key cannot be deleted');

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const statusOf = async ({ key }: { key: string }) => (await server.call('GET', '/api/keys/self', { key })).status;

/** Creates a key that expired an hour ago. */
async function makeExpired<T>(make: (expiresAt: string) => Promise<T>): Promise<T> {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now - 2 * HOUR);
  const made = await make(new Date(now - HOUR).toISOString());
  jest.restoreAllMocks();
  return made;
}

describe('the last active Admin key', () => {
  const makeAdmin = async (key: string, more: object = {}) =>
    (await server.call('POST', '/api/keys', { key, body: { name: 'Other', type: 'admin', ...more } })).body
      .apiKey as MadeKey;
  const ends = (key: string, id: string) => [
    () => server.call('DELETE', `/api/keys/${id}`, { key }),
    () => server.call('PATCH', `/api/keys/${id}`, { key, body: { enabled: false } }),
  ];
  const idOf = async (key: string) => (await server.call('GET', '/api/keys/self', { key })).body.apiKey._id as string;

  it('cannot be deleted or disabled when the others have expired or are disabled', async () => {
    const admin = await makeOrganization(server);
    const id = await idOf(admin);
    const others = [
      await makeAdmin(admin, { enabled: false }),
      await makeExpired((expiresAt) => makeAdmin(admin, { expiresAt })),
    ];
    for (const end of ends(admin, id)) expect(seen(await end())).toEqual(LAST);
    expect(await statusOf({ key: admin })).toBe(200);
    for (const { _id } of others) for (const end of ends(admin, _id).reverse()) expect((await end()).status).toBe(200);
    for (const end of ends(admin, id)) expect(seen(await end())).toEqual(LAST);
  });

  it('can be changed in other ways, and disabled once there is another', async () => {
    const admin = await makeOrganization(server);
    const path = `/api/keys/${await idOf(admin)}`;
    const change = (body: object, key = admin) => server.call('PATCH', path, { key, body });
    expect((await change({ name: 'Mine', enabled: true, metadata: { a: 'b' } })).status).toBe(200);
    expect(seen(await change({ name: 'Not mine', enabled: false }))).toEqual(LAST);
    const other = await makeAdmin(admin);
    expect((await server.call('GET', path, { key: other.key })).body.apiKey.name).toBe('Mine');
    expect((await change({ enabled: false })).status).toBe(200);
    expect(await statusOf({ key: admin })).toBe(401);
    expect((await change({ enabled: true }, other.key)).status).toBe(200);
    expect(await statusOf({ key: admin })).toBe(200);
  });

  it('stays active when two keys revoke each other at once, by any route', async () => {
    for (let round = 0; round < 12; round++) {
      const first = await makeOrganization(server, `Round ${round}`);
      const second = await makeAdmin(first);
      const one = ends(first, second._id)[round & 1];
      const other = ends(second.key, await idOf(first))[(round >> 1) & 1];
      await Promise.all([one?.(), other?.()]);
      const statuses = [await statusOf({ key: first }), await statusOf(second)];
      expect(statuses.sort()).toEqual([200, 401]);
    }
  });

  const FAR = { expiresAt: '2999-01-31T12:00:00Z' };
  const RESTRICTED = refused(409, 'Conflict', 'The last Admin key cannot be restricted');

  it.each([
    ['given an end', FAR],
    ['held to addresses without the caller', { allowedIps: ['192.0.2.1'] }],
    ['held to a quota', { quota: { limit: 1_000_000, per: 'month' } }],
    ['held to several of them', { ...FAR, name: 'Mine', quota: { limit: 5, per: 'day' } }],
  ])('cannot be %s, with or without ?line=true, until there is another active key', async (_what, change) => {
    const admin = await makeOrganization(server);
    const path = `/api/keys/${await idOf(admin)}`;
    await makeAdmin(admin, FAR);
    await makeAdmin(admin, { allowedIps: ['192.0.2.1'] });
    await makeAdmin(admin, { quota: { limit: 1000, per: 'day' } });
    const before = (await server.call('GET', path, { key: admin })).body;
    for (const query of ['', '?line=true'])
      expect(seen(await server.call('PATCH', path + query, { key: admin, body: change }))).toEqual(RESTRICTED);
    expect((await server.call('GET', path, { key: admin })).body).toEqual(before);
    const other = await makeAdmin(admin);
    expect((await server.call('PATCH', path, { key: admin, body: change })).status).toBe(200);
    expect(seen(await server.call('PATCH', `/api/keys/${other._id}`, { key: other.key, body: change }))).toEqual(
      RESTRICTED,
    );
    expect(seen(await server.call('DELETE', `/api/keys/${other._id}`, { key: other.key }))).toEqual(LAST);
  });

  it("can be restricted to addresses that include the caller's, and to a rate limit", async () => {
    const admin = await makeOrganization(server);
    const path = `/api/keys/${await idOf(admin)}`;
    for (const body of [{ allowedIps: ['127.0.0.1'] }, { rateLimit: { limit: 100, windowSeconds: 1 } }])
      expect((await server.call('PATCH', path, { key: admin, body })).status).toBe(200);
  });

  it('can be rotated, by itself or another key, and its replacement is the last active key then', async () => {
    const admin = await makeOrganization(server);
    const first = await idOf(admin);
    const made = (await server.call('POST', '/api/keys/self/rotate', { key: admin })).body.apiKey as MadeKey;
    // The old key expires now.
    for (const end of ends(admin, made._id)) expect(seen(await end())).toEqual(LAST);
    expect((await server.call('DELETE', `/api/keys/${first}`, { key: made.key })).status).toBe(200);
    const options = { key: made.key, body: { gracePeriodSeconds: 0 } };
    const last = (await server.call('POST', `/api/keys/${made._id}/rotate`, options)).body.apiKey as MadeKey;
    expect([await statusOf(made), await statusOf(last)]).toEqual([401, 200]);
  });

  it('cannot be rotated when its replacement would expire', async () => {
    const admin = await makeOrganization(server);
    const path = `/api/keys/${await idOf(admin)}`;
    const other = await makeAdmin(admin);
    const rotate = () => server.call('POST', '/api/keys/self/rotate', { key: admin });
    const made = (await rotate()).body.apiKey as MadeKey;
    // The line keeps the expiry of its newest key, also when that key is deleted.
    await server.call('PATCH', `/api/keys/${made._id}`, { key: admin, body: FAR });
    await server.call('DELETE', `/api/keys/${made._id}`, { key: admin });
    await server.call('PATCH', path, { key: admin, body: { expiresAt: null } });
    expect((await server.call('DELETE', `/api/keys/${other._id}`, { key: admin })).status).toBe(200);
    expect(seen(await rotate())).toEqual(RESTRICTED);
    expect((await server.call('GET', path, { key: admin })).body.apiKey).not.toHaveProperty('expiresAt');
    await makeAdmin(admin);
    expect((await rotate()).status).toBe(201);
  });

  it('cannot be deleted together with its line', async () => {
    const admin = await makeOrganization(server);
    const id = await idOf(admin);
    const made = (await server.call('POST', '/api/keys/self/rotate', { key: admin })).body.apiKey as MadeKey;
    expect(seen(await server.call('DELETE', `/api/keys/${id}?line=true`, { key: admin }))).toEqual(LAST);
    expect([await statusOf({ key: admin }), await statusOf(made)]).toEqual([200, 200]);
    await makeAdmin(admin);
    expect((await server.call('DELETE', `/api/keys/${id}?line=true`, { key: admin })).status).toBe(200);
    expect([await statusOf({ key: admin }), await statusOf(made)]).toEqual([401, 401]);
  });

  it('is protected also when all keys expire', async () => {
    const admin = await makeOrganization(server);
    const [one, other] = [await makeAdmin(admin), await makeAdmin(admin)];
    const remove = (id: string) => server.call('DELETE', `/api/keys/${id}`, { key: one.key });
    expect((await remove(await idOf(admin))).status).toBe(200);
    expect((await server.call('PATCH', `/api/keys/${other._id}`, { key: one.key, body: FAR })).status).toBe(200);
    expect(seen(await server.call('PATCH', `/api/keys/${one._id}`, { key: one.key, body: FAR }))).toEqual(RESTRICTED);
    expect((await remove(other._id)).status).toBe(200);
  });
});
