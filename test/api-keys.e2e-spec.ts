import { makeBucket, makeKey } from './support/make';
import { startApp, type TestApp } from './support/test-app';

const ID = /^[0-9a-f]{24}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

const keysOf = (id: string) => `/api/buckets/${id}/keys`;

describe('POST /api/buckets/:bucketId/keys', () => {
  it.each(['write', 'read'] as const)('creates a %s key and shows it', async (type) => {
    const answer = await server.call('POST', keysOf(bucketId), {
      key: server.adminKey,
      body: { name: 'Living Room Sensor', type },
    });

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      message: 'API key created successfully',
      apiKey: {
        _id: expect.stringMatching(ID),
        name: 'Living Room Sensor',
        type,
        key: expect.stringMatching(new RegExp(`^dakkio_${type[0]}_[0-9A-Za-z]{36}$`)),
        bucketId,
        createdAt: expect.stringMatching(TIME),
      },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
  it('makes a key that works', async () => {
    const { key, _id } = await makeKey(server, bucketId, 'read');
    const { status, body } = await server.call('GET', '/api/keys/self', { key });
    expect([status, body.apiKey._id]).toEqual([200, _id]);
  });
});
