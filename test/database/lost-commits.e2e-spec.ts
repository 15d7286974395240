import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { isoTime } from '../../src/common/times';
import { Writer } from '../../src/database/writer';
import { MetadataSweep } from '../../src/points/metadata-sweep';
import { makeBucket } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

// What a server has in memory of commits that the database has lost: by a fail-over to a standby that was behind, or by a restore to an
// earlier time. The rows are put back by SQL, as they were.

const START = Date.UTC(2024, 0, 15);
const COLUMNS = ['metadata_count', 'next_metadata', 'metadata_version', 'metadata_stamp'];

let first: TestApp;
let second: TestApp;
let bucketId: string;
let source: string;
beforeAll(async () => {
  first = await startApp();
  second = await startApp({}, first.database);
});
beforeEach(async () => {
  bucketId = await makeBucket(first);
  const body = { name: 'Fleet', type: 'sensor', schema: { level: 'number' } };
  const { body: made } = await first.call('POST', `/api/buckets/${bucketId}/sources`, { key: first.adminKey, body });
  source = (made.dataSource as { _id: string })._id;
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

function sql(text: string): Promise<Record<string, unknown>[]> {
  return first.app.get(Writer).write((manager) => manager.query<Record<string, unknown>[]>(text));
}

/** Stores a point, again where the first attempt meets a lost connection. */
async function store(app: TestApp, second: number, device: string): Promise<void> {
  const point = { dataSourceId: source, values: { level: second }, metadata: { device } };
  const body = { bucketId, ...point, timestamp: START + 1000 * second };
  let status = 0;
  for (let attempt = 0; attempt < 20 && status !== 201; attempt++)
    ({ status } = await app.call('POST', '/api/data', { key: first.adminKey, body }));
  expect(status).toBe(201);
}

/** The device of each point, by second. */
async function devices(): Promise<Record<string, string | undefined>> {
  const filters = { dataSourceId: source, startTime: isoTime(START) };
  const body = { bucketId, filters, downsampling: false };
  const { body: answer } = await second.call('POST', '/api/data/query', { key: first.adminKey, body });
  const rows = answer.data as { timestamp: string; metadata: { device: string } | null }[];
  return Object.fromEntries(
    rows.map(({ timestamp, metadata }) => [(Date.parse(timestamp) - START) / 1000, metadata?.device]),
  );
}

const rowOf = async () =>
  (await sql(`SELECT number, ${COLUMNS.join(', ')} FROM data_sources WHERE id = '${source}'`))[0] as Record<
    string,
    number
  >;

/** Loses what was stored from a second on, and the rows that came with it. Which columns of the source are put back can be chosen. */
async function loseFrom(second: number, before: Record<string, number>, columns = COLUMNS): Promise<void> {
  const number = before.number as number;
  await sql(`DELETE FROM points WHERE source = ${number} AND at >= ${START + 1000 * second}`);
  await sql(`DELETE FROM point_metadata WHERE source = ${number} AND number >= ${before.next_metadata}`);
  const values = columns.map((column) => `${column} = ${before[column]}`);
  await sql(`UPDATE data_sources SET ${values.join(', ')} WHERE number = ${number}`);
}

async function terminateBackends(): Promise<void> {
  const { database } = first.app.get(DataSource).options as { database?: string };
  const client = new Client(first.database.url);
  await client.connect();
  const name = database ? `'${database}'` : 'current_database()';
  await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = ${name} AND pid <> pg_backend_pid()`);
  await client.end();
}

describe('metadata numbers of lost commits', () => {
  it('are not used for points once another instance has given them to other metadata', async () => {
    const before = await rowOf();
    await store(first, 0, 'A');
    await store(first, 1, 'A');
    await loseFrom(0, before);
    if (ON_POSTGRES) await terminateBackends();
    await store(second, 2, 'B');
    await store(first, 3, 'A');
    await store(second, 4, 'A');
    await store(first, 5, 'B');
    expect(await devices()).toEqual({ 2: 'B', 3: 'A', 4: 'A', 5: 'B' });
  });

  it('are recognized where the connections stay, as they do behind a pooler', async () => {
    await store(first, 0, 'Z');
    const before = await rowOf();
    await store(first, 1, 'A');
    await loseFrom(1, before);
    await store(second, 2, 'B');
    await store(second, 3, 'C');
    await store(first, 4, 'A');
    await store(first, 5, 'Z');
    expect(await devices()).toEqual({ 0: 'Z', 2: 'B', 3: 'C', 4: 'A', 5: 'Z' });
  });

  it('are not used by the only instance either', async () => {
    const before = await rowOf();
    await store(first, 0, 'A');
    await loseFrom(0, before);
    await store(first, 1, 'B');
    await store(first, 2, 'A');
    expect(await devices()).toEqual({ 1: 'B', 2: 'A' });
  });

  it('are not removed by a sweep that began before they were given again', async () => {
    for (let second = 0; second < 3; second++) await store(first, second, `old ${second}`);
    const before = await rowOf();
    const number = before.number as number;
    await sql(`UPDATE data_sources SET metadata_version = 0 WHERE number = ${number}`);
    const versions = new Set<unknown>();
    for (let round = 0; round < 3; round++) {
      await sql(`DELETE FROM metadata_sweeps WHERE source = ${number}`);
      await sql(`INSERT INTO metadata_sweeps (source, removals, swept, not_before) VALUES (${number}, 1, 0, 0)`);
      await first.app.get(MetadataSweep).sweepDue();
      const { metadata_version: version, metadata_stamp: stamp } = await rowOf();
      versions.add(version).add(stamp);
      await sql(`UPDATE data_sources SET metadata_version = 0 WHERE number = ${number}`);
    }
    // Each sweep has a name of its own, although each began from the same row.
    expect(versions.size).toBe(6);
  });

  if (ON_POSTGRES)
    it('are forgotten with lost connections, where only some rows were put back', async () => {
      const before = await rowOf();
      await store(first, 0, 'A');
      await loseFrom(0, before, ['metadata_count', 'next_metadata']);
      await terminateBackends();
      await store(first, 1, 'A');
      await store(first, 2, 'B');
      expect(await devices()).toEqual({ 1: 'A', 2: 'B' });
    });
});

describe('the schema of a lost commit', () => {
  it('does not judge points, even where the source has the same time of change', async () => {
    const [{ schema } = {}] = await sql(`SELECT schema FROM data_sources WHERE id = '${source}'`);
    await store(first, 0, 'A');
    const changed = (schema as string).replace('"level"', '"depth"');
    expect(changed).not.toBe(schema);
    await sql(`UPDATE data_sources SET schema = '${changed}' WHERE id = '${source}'`);
    const body = { bucketId, dataSourceId: source, values: { depth: 1 }, timestamp: START + 1000 };
    expect((await first.call('POST', '/api/data', { key: first.adminKey, body })).status).toBe(201);
    const old = { ...body, values: { level: 1 }, timestamp: START + 2000 };
    expect((await first.call('POST', '/api/data', { key: first.adminKey, body: old })).status).toBe(400);
  });
});
