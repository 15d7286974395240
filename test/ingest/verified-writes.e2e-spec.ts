// npm test runs this on PostgreSQL too: each database stores and changes points with SQL of its own.
import { ENTITIES } from '../../src/entities';
import { DataSource } from 'typeorm';
import { Usage } from '../../src/api-keys/usage/usage.service';
import { breakIn, type Intruder } from '../support/intruder';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let intruder: Intruder;
beforeAll(async () => {
  server = await startApp();
  intruder = await breakIn(server.database);
});
afterAll(async () => {
  await intruder.leave();
  await server.stop();
});

/** Makes the database reject all writes to its tables. */
async function refuseWrites(): Promise<void> {
  if (ON_POSTGRES)
    await intruder.run(`CREATE FUNCTION refuse_write() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'a write'; END $$`);
  const tables = server.app.get(DataSource).entityMetadatas.map(({ tableName }) => tableName);
  expect(tables).toHaveLength(ENTITIES.length);
  for (const table of tables)
    for (const change of ['INSERT', 'UPDATE', 'DELETE'])
      await intruder.run(
        `CREATE TRIGGER ${table}_refuse_${change} BEFORE ${change} ON ${table} ${
          ON_POSTGRES
            ? 'FOR EACH STATEMENT EXECUTE FUNCTION refuse_write()'
            : "BEGIN SELECT RAISE(ABORT, 'a write'); END"
        }`,
      );
}

it('a verified request writes nothing, whatever the restrictions of its key', async () => {
  const bucketId = await makeBucket(server);
  const plain = await makeKey(server, bucketId, 'read');
  const bounded = await makeKey(server, bucketId, 'write', {
    expiresAt: '2999-01-31T12:00:00Z',
    allowedIps: ['127.0.0.0/8'],
    rateLimit: { limit: 1_000_000, windowSeconds: 1 },
    quota: { limit: 1_000_000, per: 'month' },
    metadata: { room: 'kitchen' },
    writeOnly: true,
    dataSourceId: await makeSource(server, bucketId),
  });
  const { body } = await server.call('POST', '/api/keys/self/rotate', {
    key: (await makeKey(server, bucketId, 'read')).key,
    body: { retireOnFirstUse: true },
  });
  const retiring = body.apiKey.key as string;
  await server.app.get(Usage).flush();
  const version = async () => (ON_POSTGRES ? 0 : (await intruder.rows('PRAGMA data_version'))[0]?.data_version);
  await refuseWrites();
  const before = await version();

  const statusOf = async (key: string) => (await server.call('GET', '/api/keys/self', { key })).status;
  const statuses = await Promise.all(Array.from({ length: 300 }, (_, i) => statusOf((i % 2 ? plain : bounded).key)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  for (const path of ['/api/buckets', '/api/keys', `/api/buckets/${bucketId}/keys`, '/api/audit'])
    expect((await server.call('GET', path, { key: server.adminKey })).status).toBe(200);
  expect(await version()).toBe(before);

  // Proves that writes are rejected: the first use of a rotated key, which retires the old one, fails too.
  expect(await statusOf(retiring)).toBeGreaterThanOrEqual(500);
  expect(
    (await server.call('POST', '/api/buckets', { key: server.adminKey, body: { name: 'x' } })).status,
  ).toBeGreaterThanOrEqual(500);
});
