import { setImmediate } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Retention } from '../../src/retention/retention';
import { makeKey } from '../support/make';
import { expectCountsHold, metadataCounts } from '../support/metadata-counts';
import { ENVIRONMENT, MetadataScene, range, SOURCE_FULL, START } from '../support/metadata-scene';
import { startApp } from '../support/test-app';

const scene = new MetadataScene();

/** Stores points of one more device, a day later and within one time range. */
async function fillLater(dataSourceId: string, count: number): Promise<void> {
  const points = range(0, count).map((index) => ({
    ...{ dataSourceId, values: { level: index }, timestamp: START + 86_400_000 + index, metadata: { device: 'later' } },
  }));
  for (let start = 0; start < count; start += 1000) {
    const dataPoints = points.slice(start, start + 1000);
    await scene.server.call('POST', '/api/data/batch', {
      key: scene.server.adminKey,
      body: { bucketId: scene.bucketId, dataPoints },
    });
  }
}

describe('unused metadata', () => {
  it('is removed after a deletion, and its number is never reused', async () => {
    const source = await scene.makeSource();
    await scene.send(source, range(0, 20));
    await scene.removePoints(source, 10, 20);
    expect((await scene.send(source, [30])).status).toBe(409);
    await scene.sweep();
    expect((await scene.send(source, range(30, 40))).status).toBe(201);
    expect(await scene.send(source, [19])).toMatchObject({ status: 409, body: { message: SOURCE_FULL } });
    expect(await scene.devicesOf(source)).toEqual([...range(0, 10), ...range(30, 40)]);
    await scene.removePoints(source, 30, 40);
    await scene.sweep();
    expect((await scene.send(source, [19, 10])).status).toBe(201);
    expect(await scene.devicesOf(source)).toEqual([...range(0, 10), 10, 19]);
    await expectCountsHold(scene.server, scene.bucketId);
  });

  it('is removed after retention', async () => {
    const source = await scene.makeSource();
    await scene.send(source, range(0, 20));
    const recent = { dataSourceId: source, values: { level: 1 }, timestamp: Date.now(), metadata: { device: 3 } };
    await scene.server.call('POST', '/api/data/batch', {
      key: scene.server.adminKey,
      body: { bucketId: scene.bucketId, dataPoints: [recent] },
    });
    const change = { key: scene.server.adminKey, body: { retentionDays: 30 } };
    expect((await scene.server.call('PATCH', `/api/buckets/${scene.bucketId}`, change)).status).toBe(200);
    await scene.server.app.get(Retention).sweep(Date.now() + 86_400_001);
    await scene.sweep();
    expect((await metadataCounts(scene.server, scene.bucketId)).counted).toEqual([' 1']);
    await expectCountsHold(scene.server, scene.bucketId);
  });

  it('no longer counts in the bucket when sources are deleted', async () => {
    const source = await scene.makeSource();
    const { key } = await makeKey(scene.server, scene.bucketId, 'write');
    await scene.send(source, range(0, 10), { key });
    await scene.send(source, range(10, 20));
    await scene.server.call('DELETE', `/api/buckets/${scene.bucketId}/sources/${source}`, {
      key: scene.server.adminKey,
    });
    await scene.server.app.get(Retention).sweep();
    expect(await metadataCounts(scene.server, scene.bucketId)).toMatchObject({
      counted: [],
      stored: [],
      inSources: ['0'],
    });
  });

  it('is removed from the caches of all instances', async () => {
    const source = await scene.makeSource();
    const other = await startApp({ ...ENVIRONMENT, DAKKIO_ADMIN_KEY: scene.server.adminKey }, scene.server.database);
    try {
      await scene.send(source, range(0, 5));
      await scene.send(source, range(0, 5), { app: other });
      await scene.removePoints(source, 0, 5);
      await scene.sweep();
      expect((await scene.send(source, [4, 9, 3], { app: other })).status).toBe(201);
      expect((await scene.send(source, [2, 3], { app: scene.server })).status).toBe(201);
      expect(await scene.devicesOf(source)).toEqual([2, 3, 4, 9]);
      expect(await scene.devicesOf(source, { app: other })).toEqual([2, 3, 4, 9]);
      await expectCountsHold(scene.server, scene.bucketId);
    } finally {
      await other.stop();
    }
  });

  it('is kept if new points use it while the sweep is reading', async () => {
    const source = await scene.makeSource();
    await fillLater(source, 12_000);
    const { manager } = scene.server.app.get(DataSource);
    const isUnderWay = async () => {
      const found = `SELECT metadata_version AS version FROM data_sources WHERE id = '${source}'`;
      const [row] = await manager.query<{ version: number }[]>(found);
      return (row?.version ?? 0) % 2 === 1;
    };
    for (let round = 0; round < 3; round++) {
      await scene.send(source, range(0, 12));
      await scene.removePoints(source, 0, 12);
      const sweeping = scene.sweep();
      while (!(await isUnderWay())) await setImmediate();
      expect((await scene.send(source, range(0, 6))).status).toBe(201);
      const wasUnderWay = await isUnderWay();
      await sweeping;
      expect(wasUnderWay).toBe(true);
      expect(await scene.devicesOf(source, { before: 12 })).toEqual(range(0, 6));
      expect((await metadataCounts(scene.server, scene.bucketId)).counted).toEqual([' 7']);
      await scene.removePoints(source, 0, 12);
    }
    await expectCountsHold(scene.server, scene.bucketId);
  });
});
