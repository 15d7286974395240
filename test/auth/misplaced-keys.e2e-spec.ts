// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { newKeyText } from '../../src/api-keys/key-text';
import { Refusals } from '../../src/audit/refusals';
import { Bucket } from '../../src/buckets/bucket.entity';
import { Writer } from '../../src/database/writer';
import { Usage } from '../../src/api-keys/usage/usage.service';
import { leakedKeys } from '../support/canary';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp({ DAKKIO_LOG_LEVEL: 'debug' })));
afterAll(() => server.stop());

/** Clients put keys into paths, property names, request ids and user agents. */
it('a key in the wrong place is never returned in full or stored', async () => {
  const bucketId = await makeBucket(server);
  const { key, _id } = await makeKey(server, bucketId, 'read');
  const shown = `${key.slice(0, 13)}...`;
  const headers = { 'X-Request-Id': `lost:${key}`, 'User-Agent': `curl ${key}`, 'Idempotency-Key': key };
  const send = (method: string, path: string, body?: object, asKey = key) =>
    server.call(method, path, { key: asKey, headers, body });

  const nowhere = await send('GET', `/api/nope/${key}`);
  expect(nowhere.body.message).toBe(`Route not found: GET /api/nope/${shown}`);
  const unknown = await send('POST', '/api/buckets', { name: 'x', [key]: 1, [`${key}2`]: 2 }, server.adminKey);
  expect(unknown.body.details.map(({ path }: { path: string[] }) => path[1])).toEqual([shown, shown]);
  expect((await send('GET', `/api/audit?${key}=1`, undefined, server.adminKey)).body.message).toBe(
    `Unknown query parameter: ${shown}`,
  );
  expect((await send('GET', `/api/buckets/${key}`)).status).toBe(403);
  expect((await send('GET', '/api/keys/self')).status).toBe(200);
  expect((await send('PATCH', `/api/buckets/${bucketId}`, { name: 'y' }, server.adminKey)).status).toBe(200);

  await server.app.get(Refusals).flush();
  await server.app.get(Usage).flush();
  expect(await leakedKeys(server)).toEqual([]);
  const asAdmin = async (path: string) => (await server.call('GET', path, { key: server.adminKey })).body;
  const { auditEvents } = await asAdmin(`/api/audit?actorId=${_id}`);
  expect(auditEvents).toMatchObject([{ requestId: `lost:${shown}`, details: { path: `/api/buckets/${shown}` } }]);
  const { usage } = await asAdmin(`/api/buckets/${bucketId}/keys/${_id}/usage`);
  expect(usage.lastUserAgent).toBe(`curl ${shown}`);
});

it('the search that ends each test would find such a key', async () => {
  const other = await startApp();
  const text = newKeyText('read');
  const bucketId = await makeBucket(other);
  await other.app.get(Writer).write((manager) => manager.update(Bucket, { id: bucketId }, { name: text }));
  expect(new Set(await leakedKeys(other))).toEqual(new Set([text]));
  await expect(other.stop()).rejects.toThrow('whole keys are in the database or the log');
});
