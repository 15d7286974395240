// npm test leaves this out: large tables.
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { newKeyText, hashOf, hintOf } from '../../src/api-keys/key-text';
import { readConfig } from '../../src/common/config/config';
import { migrate } from '../../src/database/migrate';
import { MetadataBounds1760000000000 } from '../../src/database/migrations/1760000000000-metadata-bounds';
import { databaseOptions } from '../../src/database/options';
import { MetadataSweep } from '../../src/points/metadata-sweep';
import { createDatabase, EMPTY, startApp } from '../support/test-app';

const [ORGANIZATION, BUCKET] = ['65a500000000000000000001', '65a500000000000000000002'];
const sourceId = (number: number) => `65a50000000000000000010${number}`;
const AT = Date.UTC(2024, 0, 15);

it('counts the metadata of an older database, and keeps it writable beyond the limits', async () => {
  const database = await createDatabase(EMPTY);
  const options = databaseOptions(readConfig({ DATABASE_URL: database.url }).database, []);
  const all = options.migrations as { name: string }[];
  const before = all.filter(({ name }) => Number(name.slice(-13)) < 1_760_000_000_000);
  expect(all).toContain(MetadataBounds1760000000000);
  const dataSource = await new DataSource({ ...options, migrations: before as [] }).initialize();
  await migrate(dataSource);
  const run = (sql: string) => dataSource.query(sql);
  await run(`INSERT INTO organizations (id, name, created_at) VALUES ('${ORGANIZATION}', 'Ours', ${AT})`);
  await run(`INSERT INTO buckets (id, organization_id, name, description, status, created_at, updated_at)
    VALUES ('${BUCKET}', '${ORGANIZATION}', 'Fleet', '', 'active', ${AT}, ${AT})`);
  const adminKey = newKeyText('admin');
  await run(`INSERT INTO api_keys (id, organization_id, name, type, hint, hash, created_at)
    VALUES ('65a500000000000000000003', '${ORGANIZATION}', 'Admin', 'admin', '${hintOf(adminKey)}', '${hashOf(adminKey)}', ${AT})`);
  const schema = '[{"name":"level","type":"number","slot":0}]';
  for (const number of [1, 2, 3]) {
    await run(`INSERT INTO data_sources (id, number, bucket_id, name, type, description, schema, downsampling, status, created_at, updated_at)
      VALUES ('${sourceId(number)}', ${number}, '${BUCKET}', 'Fleet', 'sensor', '', '${schema}', false, 'active', ${AT}, ${AT})`);
    // The last metadata of source 2 has no point, as after a deletion.
    for (let meta = 1; meta <= ([6, 4, 0][number - 1] ?? 0); meta++) {
      const text = `{"device":${meta}}`;
      const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
      await run(
        `INSERT INTO point_metadata (source, number, digest, text) VALUES (${number}, ${meta}, '${digest}', '${text}')`,
      );
      if (number === 2 && meta === 4) continue;
      await run(`INSERT INTO points (source, at, meta, v0) VALUES (${number}, ${AT + meta}, ${meta}, 1)`);
    }
  }
  await dataSource.destroy();

  const server = await startApp(
    { DAKKIO_ADMIN_KEY: newKeyText('admin'), DAKKIO_METADATA_PER_SOURCE: '4', DAKKIO_METADATA_PER_BUCKET: '100' },
    database,
  );
  const send = async (number: number, devices: number[]) => {
    const dataPoints = devices.map((device) => ({
      ...{ dataSourceId: sourceId(number), values: { level: 1 }, timestamp: AT + device, metadata: { device } },
    }));
    const body = { bucketId: BUCKET, dataPoints };
    const answer = await server.call('POST', '/api/data/batch', { key: adminKey, body });
    return [answer.status, answer.body.duplicates, answer.body.inserted] as unknown[];
  };
  const counts = async () => {
    const found = await server.app
      .get(DataSource)
      .query<Record<string, number>[]>(
        `SELECT metadata_count AS count, next_metadata AS next FROM data_sources ORDER BY number`,
      );
    const [bucket] = await server.app.get(DataSource).query<{ count: number }[]>('SELECT count FROM metadata_counts');
    return [...found.map(({ count, next }) => [count, next]), bucket?.count];
  };
  expect(await counts()).toEqual([[6, 7], [4, 5], [0, 1], 10]);
  expect(await send(1, [1, 2, 3, 4, 5, 6])).toEqual([201, 6, 0]);
  expect((await send(1, [7]))[0]).toBe(409);
  expect((await send(2, [7]))[0]).toBe(409);
  await server.app.get(MetadataSweep).sweepDue();
  expect(await send(2, [7])).toEqual([201, 0, 1]);
  expect(await counts()).toEqual([[6, 7], [4, 6], [0, 1], 10]);
  await server.stop();
  await database.remove();
});
