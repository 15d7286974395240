import { makeOrganization, type MadeKey } from './support/make';
import { refused, seen } from './support/refusals';
import { startApp, type TestApp } from './support/test-app';

const HOUR = 3_600_000;
const LAST = refused(409, 'Conflict', 'The last Admin key cannot be deleted');

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const statusOf = async ({ key }: { key: string }) => (await server.call('GET', '/api/keys/self', { key })).status;

/** Makes a key that has expired an hour ago. */
async function makeExpired<T>(make: (expiresAt: string) => Promise<T>): Promise<T> {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now - 2 * HOUR);
  const made = await make(new Date(now - HOUR).toISOString());
  jest.restoreAllMocks();
  return made;
}

describe('the last Admin key that opens', () => {
  const makeAdmin = async (key: string, more: object = {}) =>
    (await server.call('POST', '/api/keys', { key, body: { name: 'Other', type: 'admin', ...more } })).body
      .apiKey as MadeKey;
  const ends = (key: string, id: string) => [
    () => server.call('DELETE', `/api/keys/${id}`, { key }),
    () => server.call('PATCH', `/api/keys/${id}`, { key, body: { enabled: false } }),
  ];
  const idOf = async (key: string) => (await server.call('GET', '/api/keys/self', { key })).body.apiKey._id as string;

  it('can be neither deleted nor disabled, when the others have expired or are disabled', async () => {
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

  it('may still be changed otherwise, and disabled once there is another', async () => {
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

  it('stays when two end each other at once, in whatever way', async () => {
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
});
