// test:all runs this on PostgreSQL too: sizes and versions come from the database.
import { version } from '../../package.json';
import { saveTask } from '../../src/database/resumable-tasks';
import { Writer } from '../../src/database/writer';
import { ReaderBounds } from '../../src/live/reader-bounds';
import { PointRemoval } from '../../src/points/point-removal';
import { Retention } from '../../src/retention/retention';
import { EventLoopDelay } from '../../src/server-info/event-loop-delay';
import { ServerInfoService } from '../../src/server-info/server-info.service';
import { makeAdminKey, makeBucket, makeKey, makeOrganization, makeSource } from '../support/make';
import { refused, seen } from '../support/refusals';
import { openStream } from '../support/streams';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const SECRETS = {
  DAKKIO_SECRET_KEY: `planted-secret-${'s'.repeat(32)}`,
  DAKKIO_SECRET_KEY_PREVIOUS: `planted-previous-${'p'.repeat(32)}`,
  DAKKIO_KEY_PEPPER: `planted-pepper-${'q'.repeat(32)}`,
};

interface Measuring {
  measure(): Promise<unknown>;
}

let server: TestApp;
beforeAll(async () => (server = await startApp({ ...SECRETS, DAKKIO_QUERIES_AT_ONCE: '16' })));
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const get = (key = server.adminKey) => server.call('GET', '/api/server', { key });
const info = async () => (await get()).body.server;
const uptime = performance.now.bind(performance);
const fileOf = ({ database }: TestApp) => database.url.replace(/^sqlite:/, '');
let aheadMillis = 0;
/** Moves the clock past the second for which a result is shared, in each test beyond the last one. */
const later = (millis = 10_000) => {
  aheadMillis += millis;
  jest.spyOn(performance, 'now').mockImplementation(() => uptime() + aheadMillis);
};

describe('GET /api/server', () => {
  it('describes program, process, database, queues and connections', async () => {
    expect(await info()).toEqual({
      version,
      nodeVersion: process.version,
      platform: `${process.platform} ${process.arch}`,
      instanceId: expect.stringMatching(/^[0-9a-f]{24}$/),
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      uptimeSeconds: expect.any(Number),
      database: {
        type: ON_POSTGRES ? 'postgres' : 'sqlite',
        version: expect.stringMatching(/^\d+\.\d+/),
        sizeBytes: expect.any(Number),
        walBytes: ON_POSTGRES ? null : expect.any(Number),
        freeDiskBytes: ON_POSTGRES ? null : expect.any(Number),
      },
      eventLoop: {
        ...{ seconds: expect.any(Number), p50Millis: expect.any(Number) },
        ...{ p99Millis: expect.any(Number), maxMillis: expect.any(Number) },
      },
      memory: {
        ...{ residentBytes: expect.any(Number), heapUsedBytes: expect.any(Number) },
        ...{ heapTotalBytes: expect.any(Number), externalBytes: expect.any(Number) },
      },
      queues: {
        writes: { waiting: 0 },
        ingest: { waiting: 0 },
        queries: { running: 0, runningLimit: 16, waiting: 0, waitingLimit: 512 },
        streams: { open: 0, limit: 2000 },
        deliveries: { waiting: 0, failedLast24h: 0 },
      },
      connections: { open: expect.any(Number), limit: 10_000 },
      tasks: [],
      settings: expect.any(Array),
      backup: {
        command: ON_POSTGRES
          ? expect.stringMatching(/^pg_dump /)
          : `sqlite3 ${fileOf(server)} "VACUUM INTO '/backup/dakkio.db'"`,
        page: 'docs/operate.md#back-up-and-restore',
      },
    });
  });

  it('counts open streams', async () => {
    const bucketId = await makeBucket(server);
    const stream = await openStream(server, `?bucketId=${bucketId}`, { key: server.adminKey });
    later();
    expect((await info()).queues.streams).toEqual({ open: 1, limit: 2000 });
    stream.close();
    await until('the stream is closed', () => server.app.get(ReaderBounds).load.open === 0);
    later();
    expect((await info()).queues.streams).toEqual({ open: 0, limit: 2000 });
  });

  it('has real sizes', async () => {
    const { database, memory, connections } = await info();
    expect(database.sizeBytes).toBeGreaterThan(100_000);
    if (!ON_POSTGRES) expect([database.walBytes > 0, database.freeDiskBytes > 1_000_000]).toEqual([true, true]);
    expect(memory.residentBytes).toBeGreaterThan(memory.heapUsedBytes);
    expect(connections.open).toBeGreaterThanOrEqual(1);
  });

  it('shows settings with their source, and no secret', async () => {
    const { body } = await get();
    const settingOf = (name: string) => body.server.settings.find((one: { name: string }) => one.name === name);
    expect(settingOf('DAKKIO_QUERIES_AT_ONCE')).toEqual({
      ...{ name: 'DAKKIO_QUERIES_AT_ONCE', value: '16', default: '8' },
      ...{ source: 'environment', isSecret: false, about: expect.stringMatching(/^Maximum number of queries/) },
    });
    expect(settingOf('DAKKIO_SECRET_KEY')).toMatchObject({ value: null, source: 'environment', isSecret: true });
    const text = JSON.stringify(body);
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    const url = new URL(server.database.url);
    const shown = ON_POSTGRES ? `${url.protocol}//${url.host}${url.pathname}` : server.database.url;
    expect(settingOf('DATABASE_URL').value).toBe(shown);
  });

  it('is for Admin keys of the first organization only', async () => {
    const bucketId = await makeBucket(server);
    expect((await get(await makeAdminKey(server))).status).toBe(200);
    expect(seen(await get(await makeOrganization(server)))).toEqual(
      refused(403, 'Forbidden', 'Only Admin keys of the first organization can read the state of the server'),
    );
    for (const type of ['write', 'read'] as const)
      expect(seen(await get((await makeKey(server, bucketId, type)).key))).toEqual(
        refused(403, 'Forbidden', 'Only Admin keys can read the state of the server'),
      );
  });

  it('measures once a second, however many ask', async () => {
    const measure = jest.spyOn(server.app.get<Measuring>(ServerInfoService), 'measure');
    later();
    await Promise.all(Array.from({ length: 20 }, () => get()));
    expect(measure).toHaveBeenCalledTimes(1);
    later(1500);
    await get();
    expect(measure).toHaveBeenCalledTimes(2);
  });

  it('does not reuse a failure', async () => {
    const service = server.app.get<Measuring>(ServerInfoService);
    later();
    jest.spyOn(service, 'measure').mockRejectedValueOnce(new Error('no measure'));
    expect((await get()).status).toBe(500);
    expect((await get()).status).toBe(200);
  });

  it('sees a thread that was busy', async () => {
    const end = performance.now() + 300;
    while (performance.now() < end);
    // The monitor takes its sample in a later turn.
    await until('the sample is taken', () => server.app.get(EventLoopDelay).read().maxMillis > 200);
    later();
    expect((await info()).eventLoop).toMatchObject({ seconds: expect.any(Number), maxMillis: expect.any(Number) });
    expect((await info()).eventLoop.maxMillis).toBeGreaterThan(200);
  });

  it('lists tasks with their progress', async () => {
    const bucketId = await makeBucket(server);
    const sourceId = await makeSource(server, bucketId);
    const body = { bucketId, dataSourceId: sourceId, values: { t: 1 } };
    expect((await server.call('POST', '/api/data', { key: server.adminKey, body })).status).toBe(201);
    const save = (name: string, state: object) =>
      server.app.get(Writer).write((manager) => saveTask(manager, name, state));
    await save('rollups:rebuild', { source: 1, quarter: 7, points: 250 });
    await save('import 0123456789abcdef', { records: 40, inserted: 39, updated: 0, duplicates: 1, rejected: 0 });
    await save('data:fix-seconds 3', { from: 1, moved: 5, duplicates: 2 });
    await save('another', {});
    later();
    const updatedAt = expect.stringMatching(/Z$/);
    expect((await info()).tasks).toEqual([
      { name: 'data:fix-seconds', unit: 'points', done: 7, total: null, updatedAt },
      { name: 'import', unit: 'records', done: 40, total: null, updatedAt },
      { name: 'rollups:rebuild', unit: 'points', done: 250, total: 1, updatedAt },
    ]);
  });

  it('shows how far the deletion of points has come', async () => {
    const bucketId = await makeBucket(server);
    const dataSourceId = await makeSource(server, bucketId);
    const dataPoints = [0, 1, 2].map((t) => ({ dataSourceId, values: { t }, timestamp: Date.UTC(2024, 0, 1, t) }));
    const key = server.adminKey;
    expect((await server.call('POST', '/api/data/batch', { key, body: { bucketId, dataPoints } })).status).toBe(201);
    const removal = server.app.get(PointRemoval);
    const removeAll = removal.removeAll.bind(removal);
    const seenTasks: unknown[][] = [];
    jest.spyOn(removal, 'removeAll').mockImplementation(async (...args) => {
      later();
      seenTasks.push((await info()).tasks as unknown[]);
      return removeAll(...args);
    });
    expect((await server.call('DELETE', `/api/buckets/${bucketId}`, { key })).status).toBe(200);
    await server.app.get(Retention).sweep();
    const deletion = { name: 'deletion', unit: 'points', done: 0, total: 3, updatedAt: null };
    expect(seenTasks[0]).toContainEqual(deletion);
    expect(await server.app.get(Retention).deletionProgress()).toBeUndefined();
  });
});
