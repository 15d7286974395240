import { DataSource } from 'typeorm';
import { ApiKey } from '../src/api-keys/api-key.entity';
import { LastUsed } from '../src/api-keys/last-used';
import { makeBucket, makeKey } from './support/make';
import { startApp, type TestApp } from './support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

const stored = async (id: string) =>
  (await server.app.get(DataSource).getRepository(ApiKey).findOneByOrFail({ id })).lastUsedAt;

it('is shown after the next flush, and null before the first use', async () => {
  const { _id, key } = await makeKey(server, bucketId, 'read');
  const show = async () =>
    (await server.call('GET', `/api/buckets/${bucketId}/keys/${_id}`, { key: server.adminKey })).body.apiKey
      .lastUsedAt as string | null;
  await server.app.get(LastUsed).flush();
  expect(await show()).toBeNull();

  const before = Date.now();
  await server.call('GET', '/api/keys/self', { key });
  await server.app.get(LastUsed).flush();

  expect(Date.parse((await show()) ?? '')).toBeGreaterThanOrEqual(before);
});

it('goes forward only, and is not written for a request that is refused', async () => {
  const { _id } = await makeKey(server, bucketId, 'read');
  const lastUsed = server.app.get(LastUsed);
  for (const [at, expected] of [
    [2000, 2000],
    [1000, 2000],
    [3000, 3000],
  ] as const) {
    lastUsed.touch(_id, at);
    await lastUsed.flush();
    expect(await stored(_id)).toBe(expected);
  }
});

it('is written for many keys in a few statements', async () => {
  const lastUsed = server.app.get(LastUsed);
  const made = await Promise.all(Array.from({ length: 20 }, () => makeKey(server, bucketId, 'write')));
  for (let i = 0; i < 12_000; i++) lastUsed.touch(i.toString(16).padStart(24, 'f'), 5);
  made.forEach(({ _id }, i) => lastUsed.touch(_id, 10_000 + i));
  await lastUsed.flush();
  expect(await Promise.all(made.map(({ _id }) => stored(_id)))).toEqual(made.map((_, i) => 10_000 + i));
});
