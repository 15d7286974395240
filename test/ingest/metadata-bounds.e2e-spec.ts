import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Importer } from '../../src/ingest/importer';
import { makeBucket, makeKey } from '../support/make';
import { expectCountsHold, metadataCounts } from '../support/metadata-counts';
import { ENVIRONMENT, MetadataScene, range, SOURCE_FULL, START } from '../support/metadata-scene';
import { startApp } from '../support/test-app';

const BUCKET_FULL =
  'The data sources of a bucket can have 40 distinct metadata together, and these have them all. Use metadata that they have, or delete points with metadata that you no longer need';
const KEY_FULL =
  'An API key can create 10 distinct metadata in its bucket, and this one has created them all. Use metadata that the data source has, or another key';

const scene = new MetadataScene();

describe('at the metadata limit of a data source', () => {
  it('rejects a whole batch with new metadata, lists the points, and accepts existing metadata', async () => {
    const source = await scene.makeSource();
    expect((await scene.send(source, range(0, 18))).status).toBe(201);
    const refused = await scene.send(source, [3, 18, 19, 20, 21, 20]);
    expect(refused).toMatchObject({ status: 409, body: { error: 'Conflict', message: SOURCE_FULL } });
    expect(refused.body.details).toEqual(
      [3, 4, 5].map((index) => ({ path: ['body', 'dataPoints', index, 'metadata'], message: SOURCE_FULL })),
    );
    expect(await scene.devicesOf(source)).toEqual(range(0, 18));
    expect((await scene.send(source, [18, 19])).status).toBe(201);
    expect((await scene.send(source, range(0, 20))).body).toMatchObject({ duplicates: 20 });
    await expectCountsHold(scene.server, scene.bucketId);
  });

  it('rejects only the affected points of a partial batch', async () => {
    const source = await scene.makeSource();
    await scene.send(source, range(0, 19));
    const { status, body } = await scene.send(source, [0, 30, 31, 30, 1], { partial: true });
    expect([status, body.inserted, body.duplicates, body.rejected]).toEqual([207, 1, 3, 1]);
    expect(body.errors).toEqual([{ index: 2, message: SOURCE_FULL }]);
    expect(await scene.devicesOf(source)).toEqual([...range(0, 19), 30]);
  });

  it('rejects a single point without details', async () => {
    const source = await scene.makeSource();
    await scene.send(source, range(0, 20));
    const body = { bucketId: scene.bucketId, dataSourceId: source, values: { level: 1 }, metadata: { device: 'new' } };
    const { status, body: refused } = await scene.server.call('POST', '/api/data', {
      key: scene.server.adminKey,
      body,
    });
    expect([status, refused]).toEqual([409, { error: 'Conflict', message: SOURCE_FULL }]);
    const plain = { bucketId: scene.bucketId, dataSourceId: source, values: { level: 1 } };
    expect((await scene.server.call('POST', '/api/data', { key: scene.server.adminKey, body: plain })).status).toBe(
      201,
    );
  });

  it('is exact under concurrent requests', async () => {
    const source = await scene.makeSource();
    const answers = await Promise.all(range(0, 30).map((index) => scene.send(source, [2 * index, 2 * index + 1, 100])));
    const stored = answers.filter(({ status }) => status === 201);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect((await scene.devicesOf(source)).length).toBe(1 + 2 * stored.length);
    expect(stored.length).toBe(9);
    await expectCountsHold(scene.server, scene.bucketId);
  });
});

it('rejects new metadata at the limit of a bucket, in each of its sources', async () => {
  const [one, other, third] = [await scene.makeSource(), await scene.makeSource(), await scene.makeSource()];
  await scene.send(one, range(0, 20));
  await scene.send(other, range(0, 19));
  expect(await scene.send(third, [0, 1])).toMatchObject({ status: 409, body: { message: BUCKET_FULL } });
  expect((await scene.send(third, [0])).status).toBe(201);
  expect(await scene.send(other, [19])).toMatchObject({ status: 409, body: { message: BUCKET_FULL } });
  expect((await scene.send(other, [18])).status).toBe(201);
  await expectCountsHold(scene.server, scene.bucketId);
});

it('keeps correct counts when requests for several sources and buckets share transactions', async () => {
  const buckets = [scene.bucketId, await makeBucket(scene.server)];
  const sources: { bucket: string; source: string }[] = [];
  for (const bucket of [...buckets, ...buckets].reverse()) {
    scene.bucketId = bucket;
    sources.push({ bucket, source: await scene.makeSource() });
  }
  const answers = await Promise.all(
    range(0, 60).map((index) => {
      const { bucket, source } = sources[index % 4] as (typeof sources)[number];
      scene.bucketId = bucket;
      return scene.send(source, [index, index + 1]);
    }),
  );
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  for (const bucket of buckets) {
    scene.bucketId = bucket;
    await expectCountsHold(scene.server, scene.bucketId);
  }
});

describe('the share of an API key', () => {
  it('is limited to a quarter of the bucket, and leaves the rest to other keys', async () => {
    const source = await scene.makeSource();
    const leaked = await makeKey(scene.server, scene.bucketId, 'write');
    const own = await makeKey(scene.server, scene.bucketId, 'write');
    expect((await scene.send(source, range(0, 10), { key: leaked.key })).status).toBe(201);
    expect(await scene.send(source, [10], { key: leaked.key })).toMatchObject({
      status: 409,
      body: { message: KEY_FULL },
    });
    expect(await scene.send(await scene.makeSource(), [0], { key: leaked.key })).toMatchObject({ status: 409 });
    expect((await scene.send(source, [0, 5], { key: leaked.key })).status).toBe(201);
    expect((await scene.send(source, [10, 11], { key: own.key })).status).toBe(201);
    expect((await scene.send(source, [11], { key: leaked.key })).status).toBe(201);
    expect((await scene.send(source, range(12, 20))).status).toBe(201);
    await expectCountsHold(scene.server, scene.bucketId);
  });

  it('is shared by a key and the keys it is rotated into', async () => {
    const source = await scene.makeSource();
    const { _id, key } = await makeKey(scene.server, scene.bucketId, 'write');
    await scene.send(source, range(0, 6), { key });
    const path = `/api/buckets/${scene.bucketId}/keys/${_id}/rotate`;
    const rotated = await scene.server.call('POST', path, { key: scene.server.adminKey, body: {} });
    const next = rotated.body.apiKey.key as string;
    expect(await scene.send(source, range(6, 11), { key: next })).toMatchObject({
      status: 409,
      body: { message: KEY_FULL },
    });
    expect((await scene.send(source, range(6, 10), { key: next })).status).toBe(201);
    expect((await scene.send(source, [10], { key })).status).toBe(409);
    await expectCountsHold(scene.server, scene.bucketId);
  });

  it('is available again when its metadata is removed', async () => {
    const source = await scene.makeSource();
    const { key } = await makeKey(scene.server, scene.bucketId, 'write');
    await scene.send(source, range(0, 10), { key });
    await scene.removePoints(source, 0, 4);
    await scene.sweep();
    expect((await scene.send(source, range(10, 15), { key })).status).toBe(409);
    expect((await scene.send(source, range(10, 14), { key })).status).toBe(201);
    await expectCountsHold(scene.server, scene.bucketId);
  });
});

it('accepts existing metadata, also beyond the limits', async () => {
  const source = await scene.makeSource();
  await scene.send(source, range(0, 15));
  const smaller = { DAKKIO_METADATA_PER_SOURCE: '5', DAKKIO_METADATA_PER_BUCKET: '5' };
  const other = await startApp({ ...smaller, DAKKIO_ADMIN_KEY: scene.server.adminKey }, scene.server.database);
  try {
    expect((await scene.send(source, range(0, 15), { app: other })).body).toMatchObject({ duplicates: 15 });
    expect((await scene.send(source, [15], { app: other })).status).toBe(409);
  } finally {
    await other.stop();
  }
});

it('logs one warning at 80 % of a limit', async () => {
  // The captured log is that of the application started last.
  const own = await startApp({ ...ENVIRONMENT, DAKKIO_ADMIN_KEY: scene.server.adminKey }, scene.server.database);
  try {
    const source = await scene.makeSource(own);
    const warnings = () => own.logs.filter((line) => line.includes(source) && line.includes('distinct metadata'));
    await scene.send(source, range(0, 15), { app: own });
    expect(warnings()).toEqual([]);
    await scene.send(source, [15], { app: own });
    await scene.send(source, [16], { app: own });
    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain(
      `Data source ${source} has 16 of 20 distinct metadata: beyond that new ones are refused (DAKKIO_METADATA_PER_SOURCE)`,
    );
  } finally {
    await own.stop();
  }
});

it('counts imports only in the bucket, and reports the lines beyond the limit', async () => {
  const source = await scene.makeSource();
  await scene.send(source, range(0, 17));
  const lines = range(15, 22).map((device) =>
    JSON.stringify({ timestamp: START + device, values: { level: 1 }, metadata: { device } }),
  );
  const path = join(scene.server.database.folder, 'points.jsonl');
  writeFileSync(path, lines.join('\n'));
  const wish = { path, bucketId: scene.bucketId, sourceId: source, time: undefined, skipsBad: true };
  const problem = jest.fn();
  const imported = await Importer.in(scene.server.app).run(
    wish,
    () => undefined,
    () => false,
    { problem, note: () => undefined },
  );
  expect(imported).toMatchObject({ inserted: 5, rejected: 2, outcome: 'done' });
  expect(problem.mock.calls).toEqual([6, 7].map((line) => [line, SOURCE_FULL]));
  expect((await metadataCounts(scene.server, scene.bucketId)).counted).toEqual([' 20']);
});
