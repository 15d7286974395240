import { makeAdminKey, makeBucket, makeKey, type MadeKey } from '../support/make';
import { seen, UNAUTHORIZED } from '../support/refusals';
import { RawConnection, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

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
const statusOf = async ({ key }: { key: string }) => (await server.call('GET', '/api/keys/self', { key })).status;
const fresh = (more: object = {}) => makeKey(server, bucketId, 'write', more);

/** Advances the server's clock without waiting. */
function pass(millis: number): void {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + millis);
}

describe('POST /api/keys/self/rotate', () => {
  it.each(['write', 'read', 'admin'] as const)('rotates a %s key for its holder', async (type) => {
    const key = type === 'admin' ? await makeAdminKey(server) : (await makeKey(server, bucketId, type)).key;
    const { status, body } = await server.call('POST', '/api/keys/self/rotate', { key });
    expect([status, body.apiKey.type]).toEqual([201, type]);
    expect(await statusOf({ key })).toBe(200);
    expect(await statusOf(body.apiKey as MadeKey)).toBe(200);
    const { body: log } = await asAdmin('GET', `/api/audit?action=apiKey.rotated&targetId=${body.replaces._id}`);
    expect(log.auditEvents).toMatchObject([{ actor: { type: 'api key', _id: body.replaces._id } }]);
  });

  it('lets a device retry with its old key until it has used a new one', async () => {
    const { key } = await fresh();
    const requestRotation = () =>
      server.call('POST', '/api/keys/self/rotate', { key, body: { retireOnFirstUse: true } });
    const [lost, got] = [
      (await requestRotation()).body.apiKey as MadeKey,
      (await requestRotation()).body.apiKey as MadeKey,
    ];
    expect([await statusOf(lost), await statusOf({ key })]).toEqual([401, 200]);
    expect(await statusOf(got)).toBe(200);
    expect(seen(await requestRotation())).toEqual(UNAUTHORIZED);
  });

  it.each<[string, (key: MadeKey, bucket: string) => Promise<unknown>]>([
    ['is deleted', ({ _id }, bucket) => asAdmin('DELETE', `/api/buckets/${bucket}/keys/${_id}`)],
    ['is disabled', ({ _id }, bucket) => asAdmin('PATCH', `/api/buckets/${bucket}/keys/${_id}`, { enabled: false })],
    ['is deleted with its bucket', (_key, bucket) => asAdmin('DELETE', `/api/buckets/${bucket}`)],
  ])('answers 401 when the key %s after the request was admitted', async (_what, end) => {
    const bucket = await makeBucket(server);
    const made = await makeKey(server, bucket, 'write');
    const connection = await RawConnection.open(server.port);
    const lines = [`X-API-Key: ${made.key}`, 'Content-Type: application/json', 'Content-Length: 2'];
    await connection.send(rawRequest('POST /api/keys/self/rotate', [...lines, 'Expect: 100-continue']));
    expect((await connection.next()).status).toBe(100);
    await end(made, bucket);
    await connection.send('{}');
    const { status, headers, body } = await connection.next();
    expect({ status, body }).toEqual(UNAUTHORIZED);
    expect(headers['www-authenticate']).toBe('ApiKey realm="dakkio"');
    connection.destroy();
  });

  it('does not extend the expiry of a key', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { key } = await fresh({ expiresAt });
    const { body } = await server.call('POST', '/api/keys/self/rotate', { key });
    expect(body.apiKey.expiresAt).toBe(expiresAt);
    pass(61_000);
    expect(await statusOf(body.apiKey as MadeKey)).toBe(401);
  });
});
