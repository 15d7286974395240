import { makeBucket, makeKey, makeSource } from '../support/make';
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

describe('GET /api/keys/self', () => {
  it('shows a key its own properties', async () => {
    const { _id, key } = await makeKey(server, bucketId, 'read');
    const { organizationId } = (await asAdmin('GET', `/api/buckets/${bucketId}`)).body.bucket as {
      organizationId: string;
    };
    const { status, body } = await server.call('GET', '/api/keys/self', {
      headers: { Authorization: `Bearer ${key}` },
    });
    expect([status, body]).toEqual([
      200,
      {
        apiKey: {
          _id,
          name: 'Living Room Sensor',
          type: 'read',
          keyPrefix: `${key.slice(0, 13)}...`,
          bucketId,
          bucketName: 'Greenhouse',
          bucket: { _id: bucketId, name: 'Greenhouse', retentionDays: null, status: 'active' },
          organizationId,
          createdAt: expect.stringMatching(TIME),
          rights: expect.arrayContaining(['getOwnApiKey', 'queryData']),
        },
      },
    ]);
  });

  it('shows a key its restrictions', async () => {
    const bounds = {
      expiresAt: '2099-12-31T22:59:59.000Z',
      allowedIps: ['127.0.0.1', '10.0.0.0/8'],
      dataSourceId: await makeSource(server, bucketId),
      rateLimit: { limit: 600, windowSeconds: 60 },
      quota: { limit: 1000, per: 'day' },
      writeOnly: true,
    };
    const { key } = await makeKey(server, bucketId, 'write', { ...bounds, metadata: { room: 'kitchen' } });
    const { body } = await server.call('GET', '/api/keys/self', { key });
    const {
      _id,
      name,
      type,
      keyPrefix,
      bucketId: bucket,
      bucketName,
      bucket: { name: shownName },
      rights,
      organizationId,
      createdAt,
      ...shown
    } = body.apiKey;
    expect([_id, name, type, keyPrefix, organizationId, createdAt].every((text) => typeof text === 'string')).toBe(
      true,
    );
    expect([bucket, bucketName, shownName, shown]).toEqual([bucketId, 'Greenhouse', 'Greenhouse', bounds]);
    expect(rights).toEqual([
      'getOwnApiKey',
      'rotateOwnApiKey',
      'createSession',
      'ingestPoint',
      'ingestBatch',
      'ingestCsv',
      'runInfluxStatement',
    ]);
  });

  it('shows the current name of the bucket', async () => {
    const renamed = await makeBucket(server, 'Before');
    const { key } = await makeKey(server, renamed, 'read');
    const nameOf = async () => (await server.call('GET', '/api/keys/self', { key })).body.apiKey.bucketName as string;
    const names = [await nameOf()];
    for (const name of ['Between', 'After']) {
      await asAdmin('PATCH', `/api/buckets/${renamed}`, { name });
      names.push(await nameOf());
    }
    expect(names).toEqual(['Before', 'Between', 'After']);
  });

  it('omits the bucket for an Admin key', async () => {
    const { body } = await asAdmin('GET', '/api/keys/self');
    expect(body.apiKey).toMatchObject({ type: 'admin', bucketId: null, organizationId: expect.stringMatching(ID) });
    expect(body.apiKey).not.toHaveProperty('bucketName');
  });
});
