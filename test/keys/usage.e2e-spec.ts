// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import { DataSource } from 'typeorm';
import { KeyUsage } from '../../src/api-keys/usage/key-usage.entity';
import { Usage } from '../../src/api-keys/usage/usage.service';
import { makeBucket, makeKey, makeOrganization, type MadeKey } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, KEY_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
let adminId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  adminId = (await server.call('GET', '/api/keys/self', { key: server.adminKey })).body.apiKey._id as string;
});
afterAll(() => server.stop());

const pathOf = (keyId: string, inBucket = bucketId) => `/api/buckets/${inBucket}/keys/${keyId}`;
const usageOf = async ({ _id }: MadeKey, query = '') =>
  server.call('GET', `${pathOf(_id)}/usage${query}`, { key: server.adminKey });
const use = ({ key }: MadeKey, userAgent = 'sensor/1.0') =>
  server.call('GET', '/api/keys/self', { key, headers: { 'User-Agent': userAgent } });
/** Two times on the same day, so that the test does not fail at midnight. */
const today = () => new Date().toISOString().slice(0, 10);

describe('GET /api/buckets/:bucketId/keys/:keyId/usage', () => {
  it('shows every day, the last use, and usage that is not stored yet', async () => {
    const made = await makeKey(server, bucketId, 'write');
    const before = Date.now();
    await use(made);
    await use(made);
    await server.app.get(Usage).flush();
    await use(made, 'sensor/2.0');
    const { status, body } = await usageOf(made, '?days=3');
    expect(status).toBe(200);
    const none = { requests: 0, refusals: 0, points: 0 };
    const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
    expect(body).toEqual({
      usage: {
        keyId: made._id,
        totals: { requests: 3, refusals: 0, points: 0 },
        days: [
          { day: day(2), ...none },
          { day: day(1), ...none },
          { day: day(0), requests: 3, refusals: 0, points: 0 },
        ],
        lastUsedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
        lastAddress: '127.0.0.1',
        lastUserAgent: 'sensor/2.0',
      },
    });
    expect(Date.parse(body.usage.lastUsedAt as string)).toBeGreaterThanOrEqual(before);
  });

  it('covers 30 days by default, and shows no last use before the first one', async () => {
    const { usage } = (await usageOf(await makeKey(server, bucketId, 'read'))).body;
    expect(usage.days).toHaveLength(30);
    expect(usage.days[29].day).toBe(today());
    const { totals, lastUsedAt, lastAddress, lastUserAgent } = usage;
    expect({ totals, lastUsedAt, lastAddress, lastUserAgent }).toEqual({
      totals: { requests: 0, refusals: 0, points: 0 },
      lastUsedAt: null,
      lastAddress: null,
      lastUserAgent: null,
    });
  });

  it('counts refused requests, which do not set the last use', async () => {
    const made = await makeKey(server, bucketId, 'read');
    expect((await server.call('GET', '/api/buckets', { key: made.key })).status).toBe(403);
    const { usage } = (await usageOf(made, '?days=1')).body;
    expect(usage).toMatchObject({ totals: { requests: 0, refusals: 1, points: 0 }, lastUsedAt: null });
  });

  it.each(['0', '91', 'ten', '1.5', ''])('refuses days=%p', async (days) => {
    const made = await makeKey(server, bucketId, 'read');
    expect(seen(await usageOf(made, `?days=${days}`))).toEqual(
      refused(400, 'Validation Error', 'days must be a whole number from 1 to 90'),
    );
  });

  it('requires an Admin key', async () => {
    const made = await makeKey(server, bucketId, 'write');
    const answer = await server.call('GET', `${pathOf(made._id)}/usage`, { key: made.key });
    expect(seen(answer)).toEqual(refused(403, 'Forbidden', 'Only Admin keys can view API keys'));
  });

  it('answers 404 for unknown keys and buckets, and for those of other organizations', async () => {
    const made = await makeKey(server, bucketId, 'read');
    const elsewhere = await makeBucket(server);
    const theirs = await makeOrganization(server);
    const getUsage = async (path: string, key = server.adminKey) =>
      seen(await server.call('GET', `${path}/usage`, { key }));
    expect(await getUsage(pathOf(ABSENT_ID))).toEqual(KEY_NOT_FOUND);
    expect(await getUsage(pathOf(made._id, elsewhere))).toEqual(KEY_NOT_FOUND);
    expect(await getUsage(pathOf(made._id, ABSENT_ID))).toEqual(BUCKET_NOT_FOUND);
    expect(await getUsage(pathOf(made._id), theirs)).toEqual(BUCKET_NOT_FOUND);
    expect(await getUsage(pathOf(adminId))).toEqual(KEY_NOT_FOUND);
  });
});

describe('GET /api/keys/:keyId/usage', () => {
  const getUsage = (keyId: string, key = server.adminKey) =>
    server.call('GET', `/api/keys/${keyId}/usage?days=1`, { key });

  it("shows the usage of the organization's Admin keys", async () => {
    const { status, body } = await getUsage(adminId);
    expect(status).toBe(200);
    expect(body.usage).toMatchObject({ keyId: adminId, lastAddress: '127.0.0.1' });
    expect(body.usage.totals.requests).toBeGreaterThan(1);
  });

  it('requires an Admin key', async () => {
    const { _id, key } = await makeKey(server, bucketId, 'write');
    expect(seen(await getUsage(_id, key))).toEqual(
      refused(403, 'Forbidden', 'Only Admin keys can manage organization keys'),
    );
  });

  it('answers 404 for keys of buckets and of other organizations', async () => {
    expect(seen(await getUsage((await makeKey(server, bucketId, 'write'))._id))).toEqual(KEY_NOT_FOUND);
    expect(seen(await getUsage(adminId, await makeOrganization(server)))).toEqual(KEY_NOT_FOUND);
  });

  it('does not change GET /api/keys/self', async () => {
    const { body } = await server.call('GET', '/api/keys/self', { key: server.adminKey });
    expect(body.apiKey._id).toBe(adminId);
    expect(seen(await getUsage('self'))).toEqual(refused(400, 'Validation Error', 'Invalid API key ID format'));
  });
});

describe('the last use of a key', () => {
  it('is shown with the key after the next flush, and is null before the first use', async () => {
    const made = await makeKey(server, bucketId, 'read');
    const show = async () =>
      (await server.call('GET', pathOf(made._id), { key: server.adminKey })).body.apiKey.lastUsedAt as string | null;
    await server.app.get(Usage).flush();
    expect(await show()).toBeNull();

    const before = Date.now();
    await use(made);
    await server.app.get(Usage).flush();
    expect(Date.parse((await show()) ?? '')).toBeGreaterThanOrEqual(before);
  });
});

it('stores the counts when the server stops', async () => {
  const other = await startApp({}, server.database);
  const made = await makeKey(server, bucketId, 'read');
  await other.call('GET', '/api/keys/self', { key: made.key });
  await other.stop();
  const stored = await server.app.get(DataSource).getRepository(KeyUsage).findBy({ keyId: made._id });
  expect(stored).toMatchObject([{ requests: 1 }]);
  expect(other.logs.filter((line) => line.includes('"warn"'))).toEqual([]);
});
