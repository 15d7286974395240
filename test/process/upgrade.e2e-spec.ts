// npm test leaves this out: it starts a process for each case.
// test:all runs this on PostgreSQL too: each database has its own migrations and locks.
import { DataSource } from 'typeorm';
import { hashOf, hintOf, newKeyText } from '../../src/api-keys/key-text';
import { AuditChain } from '../../src/audit/audit-chain';
import { readConfig } from '../../src/common/config/config';
import { migrate } from '../../src/database/migrate';
import { Initial1700000000000 } from '../../src/database/migrations/1700000000000-initial';
import { databaseOptions } from '../../src/database/options';
import { createDatabase, EMPTY, startApp, type TestDatabase } from '../support/test-app';

const ORGANIZATION = '65a500000000000000000001';
const BUCKET = '65a500000000000000000002';
const CREATED_AT = Date.UTC(2024, 0, 15, 10, 5);
const TYPES = ['admin', 'write', 'read'] as const;

let database: TestDatabase;
beforeEach(async () => (database = await createDatabase(EMPTY)));
afterEach(() => database.remove());

/** A database as the first version left it, with one key of each type. */
async function firstVersion(): Promise<Record<(typeof TYPES)[number], string>> {
  const options = databaseOptions(readConfig({ DATABASE_URL: database.url }).database, []);
  const dataSource = await new DataSource({ ...options, migrations: [Initial1700000000000] }).initialize();
  await migrate(dataSource);
  await dataSource.query(
    `INSERT INTO organizations (id, name, created_at) VALUES ('${ORGANIZATION}', 'Ours', ${CREATED_AT})`,
  );
  await dataSource.query(
    `INSERT INTO buckets (id, organization_id, name, description, retention_days, status, created_at, updated_at)
     VALUES ('${BUCKET}', '${ORGANIZATION}', 'Greenhouse', '', NULL, 'active', ${CREATED_AT}, ${CREATED_AT})`,
  );
  const keys = { admin: newKeyText('admin'), write: newKeyText('write'), read: newKeyText('read') };
  for (const [index, type] of TYPES.entries()) {
    const bucketId = type === 'admin' ? 'NULL' : `'${BUCKET}'`;
    await dataSource.query(
      `INSERT INTO api_keys (id, organization_id, bucket_id, name, type, hint, hash, created_at, last_used_at)
       VALUES ('65a50000000000000000001${index}', '${ORGANIZATION}', ${bucketId}, 'Old ${type}', '${type}',
         '${hintOf(keys[type])}', '${hashOf(keys[type])}', ${CREATED_AT}, ${CREATED_AT + 1000})`,
    );
  }
  await dataSource.destroy();
  return keys;
}

it('a database of the first version is taken on: its keys open, are shown as before, and can all that new ones can', async () => {
  const keys = await firstVersion();
  const server = await startApp({}, database);
  for (const type of TYPES) {
    const { status, body } = await server.call('GET', '/api/keys/self', { key: keys[type] });
    expect([status, body.apiKey.name]).toEqual([200, `Old ${type}`]);
  }
  const path = `/api/buckets/${BUCKET}/keys/65a500000000000000000011`;
  const asAdmin = (method: string, url: string, body?: object) => server.call(method, url, { key: keys.admin, body });
  expect((await asAdmin('GET', path)).body).toEqual({
    apiKey: {
      _id: '65a500000000000000000011',
      name: 'Old write',
      type: 'write',
      keyPrefix: `dakkio_w_${hintOf(keys.write)}...`,
      bucketId: BUCKET,
      createdAt: '2024-01-15T10:05:00.000Z',
      lastUsedAt: '2024-01-15T10:05:01.000Z',
      enabled: true,
    },
  });
  expect((await asAdmin('PATCH', path, { rateLimit: { limit: 60, windowSeconds: 60 } })).status).toBe(200);
  const rotated = await asAdmin('POST', `${path}/rotate`, { gracePeriodSeconds: 0 });
  expect([rotated.status, rotated.body.apiKey.rateLimit]).toEqual([201, { limit: 60, windowSeconds: 60 }]);
  expect((await server.call('GET', '/api/keys/self', { key: keys.write })).status).toBe(401);
  const unused = await asAdmin('GET', `/api/buckets/${BUCKET}/keys?unusedForDays=30`);
  expect(unused.body.apiKeys).toMatchObject([{ name: 'Old write' }, { name: 'Old read' }]);
  expect((await server.app.get(AuditChain).verify()).findings).toEqual([]);
  await server.stop();
});
