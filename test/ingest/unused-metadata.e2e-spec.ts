import { setImmediate } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { isoTime } from '../../src/common/times';
import { Retention } from '../../src/retention/retention';
import { MetadataSweep, SWEEP_WAIT_MILLIS } from '../../src/points/metadata-sweep';
import { makeBucket, makeKey } from '../support/make';
import { expectCountsHold, metadataCounts } from '../support/metadata-counts';
import { startApp, type TestApp } from '../support/test-app';

const START = Date.UTC(2024, 0, 15);
const ENVIRONMENT = {
  DAKKIO_METADATA_PER_SOURCE: '20',
  DAKKIO_METADATA_PER_BUCKET: '40',
  DAKKIO_METADATA_KEY_SHARE: '25',
  DAKKIO_LOG_LEVEL: 'warn',
};
const SOURCE_FULL =
  'A data source can have 20 distinct metadata, and this one has them all. Use metadata that it has, or delete points with metadata that you no longer need';

let server: TestApp;
let bucketId: string;
beforeAll(async () => (server = await startApp(ENVIRONMENT)));
beforeEach(async () => (bucketId = await makeBucket(server)));
afterAll(() => server.stop());

async function makeSource(app = server): Promise<string> {
  const body = { name: 'Fleet', type: 'sensor', schema: { level: 'number' } };
  const { body: made } = await app.call('POST', `/api/buckets/${bucketId}/sources`, { key: app.adminKey, body });
  return made.dataSource._id as string;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

interface Sending {
  readonly app?: TestApp;
  readonly key?: string;
  readonly partial?: boolean;
}

/** Sends one point for each device; the device number is the second. */
function send(dataSourceId: string, devices: readonly number[], { app = server, key, partial }: Sending = {}) {
  const dataPoints = devices.map((device) => ({
    dataSourceId,
    values: { level: device },
    timestamp: START + 1000 * device,
    metadata: { device },
  }));
  const path = `/api/data/batch${partial ? '?partial=true' : ''}`;
  return app.call('POST', path, { key: key ?? server.adminKey, body: { bucketId, dataPoints } });
}

async function devicesOf(dataSourceId: string, { app = server, before = 1000 } = {}): Promise<unknown[]> {
  const times = { startTime: isoTime(START), endTime: isoTime(START + 1000 * before) };
  const body = { bucketId, filters: { dataSourceId, limit: 1000, ...times }, downsampling: false };
  const { body: answer } = await app.call('POST', '/api/data/query', { key: server.adminKey, body });
  return (answer.data as { metadata: { device: number } | null }[]).map(({ metadata }) => metadata?.device);
}

/** Stores points of one more device, a day later and within one time range. */
async function fillLater(dataSourceId: string, count: number): Promise<void> {
  const points = range(0, count).map((index) => ({
    ...{ dataSourceId, values: { level: index }, timestamp: START + 86_400_000 + index, metadata: { device: 'later' } },
  }));
  for (let start = 0; start < count; start += 1000) {
    const dataPoints = points.slice(start, start + 1000);
    await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
  }
}

const removePoints = (dataSourceId: string, from: number, to: number) =>
  server.call('DELETE', '/api/data', {
    key: server.adminKey,
    body: { bucketId, dataSourceId, startTime: isoTime(START + 1000 * from), endTime: isoTime(START + 1000 * to) },
  });

let later = Date.now();
/** Runs a sweep without waiting for the interval between sweeps. */
const sweep = (app = server) => app.app.get(MetadataSweep).sweepDue((later += 10 * SWEEP_WAIT_MILLIS));

describe('unused metadata', () => {
  it('is removed after a deletion, and its number is never reused', async () => {
    const source = await makeSource();
    await send(source, range(0, 20));
    await removePoints(source, 10, 20);
    expect((await send(source, [30])).status).toBe(409);
    await sweep();
    expect((await send(source, range(30, 40))).status).toBe(201);
    expect(await send(source, [19])).toMatchObject({ status: 409, body: { message: SOURCE_FULL } });
    expect(await devicesOf(source)).toEqual([...range(0, 10), ...range(30, 40)]);
    await removePoints(source, 30, 40);
    await sweep();
    expect((await send(source, [19, 10])).status).toBe(201);
    expect(await devicesOf(source)).toEqual([...range(0, 10), 10, 19]);
    await expectCountsHold(server, bucketId);
  });

  it('is removed after retention', async () => {
    const source = await makeSource();
    await send(source, range(0, 20));
    const recent = { dataSourceId: source, values: { level: 1 }, timestamp: Date.now(), metadata: { device: 3 } };
    await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints: [recent] } });
    const change = { key: server.adminKey, body: { retentionDays: 30 } };
    expect((await server.call('PATCH', `/api/buckets/${bucketId}`, change)).status).toBe(200);
    await server.app.get(Retention).sweep(Date.now() + 86_400_001);
    await sweep();
    expect((await metadataCounts(server, bucketId)).counted).toEqual([' 1']);
    await expectCountsHold(server, bucketId);
  });

  it('no longer counts in the bucket when sources are deleted', async () => {
    const source = await makeSource();
    const { key } = await makeKey(server, bucketId, 'write');
    await send(source, range(0, 10), { key });
    await send(source, range(10, 20));
    await server.call('DELETE', `/api/buckets/${bucketId}/sources/${source}`, { key: server.adminKey });
    await server.app.get(Retention).sweep();
    expect(await metadataCounts(server, bucketId)).toMatchObject({ counted: [], stored: [], inSources: ['0'] });
  });

  it('is removed from the caches of all instances', async () => {
    const source = await makeSource();
    const other = await startApp({ ...ENVIRONMENT, DAKKIO_ADMIN_KEY: server.adminKey }, server.database);
    try {
      await send(source, range(0, 5));
      await send(source, range(0, 5), { app: other });
      await removePoints(source, 0, 5);
      await sweep();
      expect((await send(source, [4, 9, 3], { app: other })).status).toBe(201);
      expect((await send(source, [2, 3], { app: server })).status).toBe(201);
      expect(await devicesOf(source)).toEqual([2, 3, 4, 9]);
      expect(await devicesOf(source, { app: other })).toEqual([2, 3, 4, 9]);
      await expectCountsHold(server, bucketId);
    } finally {
      await other.stop();
    }
  });

  it('is kept if new points use it while the sweep is reading', async () => {
    const source = await makeSource();
    await fillLater(source, 12_000);
    const { manager } = server.app.get(DataSource);
    const isUnderWay = async () => {
      const found = `SELECT metadata_version AS version FROM data_sources WHERE id = '${source}'`;
      const [row] = await manager.query<{ version: number }[]>(found);
      return (row?.version ?? 0) % 2 === 1;
    };
    for (let round = 0; round < 3; round++) {
      await send(source, range(0, 12));
      await removePoints(source, 0, 12);
      const sweeping = sweep();
      while (!(await isUnderWay())) await setImmediate();
      expect((await send(source, range(0, 6))).status).toBe(201);
      const wasUnderWay = await isUnderWay();
      await sweeping;
      expect(wasUnderWay).toBe(true);
      expect(await devicesOf(source, { before: 12 })).toEqual(range(0, 6));
      expect((await metadataCounts(server, bucketId)).counted).toEqual([' 7']);
      await removePoints(source, 0, 12);
    }
    await expectCountsHold(server, bucketId);
  });
});
