// npm test leaves this out: it starts servers that wait for a database.
// test:all leaves PostgreSQL out: it is about SQLite alone.
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const RESERVE_BYTES = 20 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'dakkio-full-'));
const canMount = !ON_POSTGRES && mounts();
const database = { url: `sqlite:${join(folder, 'test.db')}`, folder, remove: () => Promise.resolve() };
const reserve = join(folder, 'test.db.reserve');
const filler = join(folder, 'filler');

/** Whether a small file system of our own can be had, which takes root. */
function mounts(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function isUnmounted(): boolean {
  try {
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let server: TestApp;
beforeEach(async () => {
  server = await startApp({ DAKKIO_DISK_RESERVE_BYTES: String(RESERVE_BYTES) }, database);
});
afterEach(async () => {
  rmSync(filler, { force: true });
  await server.stop();
  for (const file of readdirSync(folder)) rmSync(join(folder, file));
});
afterAll(async () => {
  if (canMount) await until('nothing is open on the disk any more', () => Promise.resolve(isUnmounted()));
  rmSync(folder, { recursive: true, force: true });
});

/** Writes until there is no space left: meanwhile the server may take or free some. */
function fillDisk(): void {
  const file = openSync(filler, 'w');
  try {
    for (const piece = Buffer.alloc(4096); ;) writeSync(file, piece);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
  } finally {
    closeSync(file);
  }
}

const admin = (method: string, path: string, body?: object) =>
  server.call(method, path, { key: server.adminKey, body });
const statusOf = async (method: string, path: string, body?: object) => (await admin(method, path, body)).status;

let time = Date.UTC(2024, 0, 1);
const batchOf = (dataSourceId: string, points: number, values: object = { t: 1 }) => ({
  dataPoints: Array.from({ length: points }, () => ({ dataSourceId, values, timestamp: (time += 1000) })),
});

(canMount ? describe : describe.skip)('a full disk (needs root, to mount a small one)', () => {
  it('takes no deletion away: each is done at the first request, and what adds data is 507', async () => {
    const bucketId = await makeBucket(server);
    const sourceId = await makeSource(server, bucketId);
    const keys = [];
    for (let index = 0; index < 40; index++) keys.push((await makeKey(server, bucketId, 'read'))._id);
    const { key: writeKey } = await makeKey(server, bucketId, 'write');
    const spare = await makeBucket(server, 'spare');
    const send = () => server.call('POST', '/api/data/batch', { key: writeKey, body: batchOf(sourceId, 1000) });
    expect((await send()).status).toBe(201);
    expect(existsSync(reserve)).toBe(true);

    fillDisk();
    const path = `/api/buckets/${bucketId}`;
    const deleted = [];
    for (const id of keys) deleted.push(await statusOf('DELETE', `${path}/keys/${id}`));
    expect(deleted).toEqual(keys.map(() => 200));
    await until('the disk is full', async () => (await send()).status === 507);
    expect(existsSync(reserve)).toBe(false);

    const refused = await send();
    expect([refused.status, refused.body]).toEqual([
      507,
      {
        error: 'Insufficient Storage',
        message: "The database's disk is full. Delete data, or ask the operator to make room",
        requestId: expect.any(String),
      },
    ]);
    expect(refused.headers.get('retry-after')).toBe('60');
    const webhookUrl = 'https://example.com/hook';
    const rule = { webhookUrl, bucketId, dataSourceId: sourceId, name: 'hot', condition: 't is above 1' };
    expect([
      await statusOf('POST', '/api/buckets', { name: 'more' }),
      await statusOf('POST', `${path}/keys`, { name: 'more', type: 'read' }),
      await statusOf('POST', `${path}/sources`, { name: 'more', schema: { t: 'number' } }),
      await statusOf('POST', '/api/alerts', rule),
      await statusOf('POST', '/api/data', { bucketId, dataSourceId: sourceId, values: { t: 1 } }),
    ]).toEqual([507, 507, 507, 507, 507]);

    const range = { startTime: '2024-01-01T00:00:00Z', endTime: '2024-01-01T00:10:00Z' };
    expect([
      await statusOf('GET', path),
      await statusOf('POST', '/api/data/query', { bucketId }),
      await statusOf('PATCH', path, { retentionDays: 30 }),
      await statusOf('DELETE', '/api/data', { bucketId, ...range }),
      await statusOf('DELETE', `/api/buckets/${spare}`),
      await statusOf('DELETE', `${path}/sources/${sourceId}`),
    ]).toEqual([200, 200, 200, 200, 200, 200]);
    const said = server.logs.filter((line) => line.includes(`The disk of ${join(folder, 'test.db')} is full, or`));
    expect(said).toHaveLength(1);

    expect((await server.call('GET', '/health/ready')).body).toMatchObject({
      message: 'The server is not ready: the disk of the database is full',
      checks: { read: 'ok', write: 'full', data: 'ok' },
    });
    const forReads = await server.call('GET', '/health/ready?for=read');
    expect([forReads.status, forReads.body.checks.write]).toEqual([200, 'full']);

    rmSync(filler);
    await until('data is accepted', async () => (await statusOf('POST', '/api/buckets', { name: 'more' })) === 201);
    await until('the reserve is there', () => Promise.resolve(existsSync(reserve)));
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
  });

  it('has room again within the file where data was deleted, and keeps being a full disk', async () => {
    const bucketId = await makeBucket(server);
    const schema = { note: 'string' };
    const { dataSource } = (await admin('POST', `/api/buckets/${bucketId}/sources`, { name: 'Notes', schema })).body;
    const values = { note: 'n'.repeat(1000) };
    const send = () => admin('POST', '/api/data/batch', { bucketId, ...batchOf(dataSource._id, 1000, values) });
    const from = time;
    for (let stored = 0; stored < 10; stored++) expect((await send()).status).toBe(201);
    const to = time;

    fillDisk();
    await until('the disk is full', async () => (await send()).status === 507);
    const range = { startTime: new Date(from).toISOString(), endTime: new Date(to).toISOString() };
    expect(await statusOf('DELETE', '/api/data', { bucketId, ...range })).toBe(200);
    await until('data is accepted', async () => (await send()).status === 201);

    expect([existsSync(reserve), existsSync(filler)]).toEqual([false, true]);
    for (let more = 0; more < 4; more++) expect((await send()).status).toBe(201);
  });

  it('does not keep the server from starting, where there is a reserve', async () => {
    const bucketId = await makeBucket(server);
    await server.stop();
    fillDisk();

    server = await startApp(
      { DAKKIO_DISK_RESERVE_BYTES: String(RESERVE_BYTES), DAKKIO_ADMIN_KEY: server.adminKey },
      database,
    );
    expect(existsSync(reserve)).toBe(false);
    expect(await statusOf('POST', '/api/buckets', { name: 'more' })).toBe(507);
    expect(await statusOf('DELETE', `/api/buckets/${bucketId}`)).toBe(200);
  });
});
