import { DataSource } from 'typeorm';
import { Bucket } from '../../src/buckets/bucket.entity';
import { Writer } from '../../src/database/writer';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

const MANY = 2500;

async function makeManyKeys(bucketId: string): Promise<string[]> {
  const texts: string[] = [];
  for (let made = 0; made < MANY; made += 500) {
    const keys = Array.from({ length: 500 }, (_, index) => ({ name: `Device ${made + index}`, type: 'write' }));
    const { body } = await server.call('POST', `/api/buckets/${bucketId}/keys/bulk`, {
      key: server.adminKey,
      body: { keys },
    });
    texts.push(...(body.apiKeys as { key: string }[]).map(({ key }) => key));
  }
  return texts;
}

const openKeys = async (bucketId: string) =>
  Number(
    (
      await server.app
        .get(DataSource)
        .query<{ n: number | string }[]>(
          `SELECT count(*) AS n FROM api_keys WHERE bucket_id = '${bucketId}' AND deleted_at IS NULL`,
        )
    )[0]?.n,
  );

it('deletes a bucket with thousands of keys in short transactions, and replies once all keys are refused', async () => {
  const bucketId = await makeBucket(server);
  const texts = await makeManyKeys(bucketId);
  const other = await makeKey(server, await makeBucket(server), 'write');
  const writes = jest.spyOn(server.app.get(Writer), 'write');
  const { status, body } = await server.call('DELETE', `/api/buckets/${bucketId}`, { key: server.adminKey });
  const transactions = writes.mock.calls.length;
  writes.mockRestore();
  expect([status, body.deletedResources?.apiKeys ?? body]).toEqual([200, MANY]);
  // One for the bucket and its first thousand keys, two for the others, and one that finds no more.
  expect(transactions).toBe(4);
  expect(await openKeys(bucketId)).toBe(0);
  for (const key of [texts[0], texts.at(-1)])
    expect((await server.call('GET', '/api/keys/self', { key })).status).toBe(401);
  expect((await server.call('GET', '/api/keys/self', { key: other.key })).status).toBe(200);
});

it('completes at start a deletion that a killed server left unfinished', async () => {
  const bucketId = await makeBucket(server);
  const { key } = await makeKey(server, bucketId, 'read');
  await server.app.get(Writer).write((manager) => manager.update(Bucket, { id: bucketId }, { deletedAt: Date.now() }));
  expect((await server.call('GET', '/api/keys/self', { key })).status).toBe(200);
  const next = await startApp({}, server.database);
  try {
    expect((await next.call('GET', '/api/keys/self', { key })).status).toBe(401);
  } finally {
    await next.app.close();
  }
});
