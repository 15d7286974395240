// npm test leaves this out: it starts a process for each case.
// test:all runs this on PostgreSQL too: what the server says depends on how the database fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { Writer } from '../../src/database/writer';
import { READY } from '../support/call';
import { makeBucket, makeSource } from '../support/make';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
let server: TestApp;
beforeEach(async () => {
  database = await createDatabase();
  server = await startApp({}, database);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await server.stop();
  await database.remove();
});

const ready = (query = '') => server.call('GET', `/health/ready${query}`);
const file = () => database.url.slice('sqlite:'.length);

/** The first reply with this status; with `message`, the first that also says it. */
async function until(status: number, message?: string): Promise<object> {
  const end = performance.now() + 15_000;
  for (;;) {
    const answer = await ready();
    const body = answer.body as { message?: string };
    if (answer.status === status && (message === undefined || body.message === message)) return body;
    if (performance.now() > end) throw new Error(`Still ${answer.status}: ${JSON.stringify(answer.body)}`);
    await sleep(100);
  }
}

const notReady = (problem: string, checks: object) => ({
  error: 'Service Unavailable',
  message: `The server is not ready: ${problem}`,
  status: 'unavailable',
  checks: { read: 'ok', write: 'ok', data: 'ok', ...checks },
  requestId: expect.any(String),
});

describe('GET /health/ready', () => {
  it('is ok for every purpose, and refuses other words', async () => {
    for (const query of ['', '?for=read', '?for=write'])
      expect([(await ready(query)).status, (await ready(query)).body]).toEqual([200, READY]);
    expect([(await ready('?for=all')).status, (await ready('?for=all')).body]).toEqual([
      400,
      { error: 'Validation Error', message: 'for must be read or write' },
    ]);
    expect((await ready('?to=read')).status).toBe(400);
  });

  it('asks the database once for all who ask at the same time', async () => {
    const write = jest.spyOn(server.app.get(Writer), 'write');
    const answers = await Promise.all(Array.from({ length: 50 }, () => ready()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(write.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('says within 10 seconds that the writer gets no turn, answers quickly meanwhile, and heals', async () => {
    const lock = lockOut();
    const lockedAt = performance.now();
    const waits: number[] = [];
    let body: object;
    for (;;) {
      const askedAt = performance.now();
      const answer = await ready();
      waits.push(performance.now() - askedAt);
      body = answer.body as object;
      if (answer.status === 503) break;
      expect(performance.now() - lockedAt).toBeLessThan(15_000);
    }
    expect(body).toMatchObject({ status: 'unavailable', checks: { read: 'ok', data: 'ok' } });
    expect(Math.max(...waits)).toBeLessThan(4000);
    await sleep(1100);
    const askedAt = performance.now();
    const forReads = await ready('?for=read');
    expect(performance.now() - askedAt).toBeLessThan(1500);
    expect([forReads.status, forReads.body]).toEqual([200, { ...READY, checks: expect.any(Object) }]);
    lock.release();
    expect(await until(200)).toEqual(READY);
  });

  (ON_POSTGRES ? it : it.skip)('says that the database takes no writes', async () => {
    const name = database.url.split('/').pop() ?? '';
    const { manager } = server.app.get(DataSource);
    await manager.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await manager.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    // Closing its connections can itself be what the first replies report.
    const expected = notReady('the database takes no writes', { write: 'read_only' });
    expect(await until(503, expected.message)).toEqual(expected);
    expect((await ready('?for=read')).status).toBe(200);
  });

  (ON_POSTGRES ? it.skip : it)('says that data is damaged, once a request has met it', async () => {
    const bucketId = await makeBucket(server);
    const sourceId = await makeSource(server, bucketId);
    const key = server.adminKey;
    const dataPoints = Array.from({ length: 1000 }, (_, index) => ({
      ...{ dataSourceId: sourceId, values: { t: index }, timestamp: Date.UTC(2024, 0, 1, 0, 0, index) },
    }));
    const stored = await server.call('POST', '/api/data/batch', { key, body: { bucketId, dataPoints } });
    expect(stored.status).toBe(201);
    await server.stop();
    damage('points');
    server = await startApp({ DAKKIO_ADMIN_KEY: key }, database);

    const asked = await server.call('POST', '/api/data/query', { key, body: { bucketId } });
    expect([asked.status, asked.body]).toEqual([
      500,
      {
        error: 'Internal Server Error',
        message: 'The database is damaged. The operator must restore it from a backup',
        requestId: expect.any(String),
      },
    ]);
    expect(server.logs.filter((line) => line.includes(file()) && line.includes('backup'))).toHaveLength(1);
    expect(await until(503)).toEqual(notReady('the database is damaged', { data: 'damaged' }));
    expect((await ready('?for=read')).status).toBe(200);
    expect((await server.call('GET', '/api/buckets', { key })).status).toBe(200);
  });
});

/** Keeps every write waiting, as another program that has locked the database, or all tables, does. */
function lockOut(): { release(): void } {
  if (!ON_POSTGRES) {
    const other = new Sqlite(file());
    other.exec('BEGIN IMMEDIATE');
    return { release: () => other.close() };
  }
  const writer = server.app.get(Writer);
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const write = writer.write.bind(writer);
  jest.spyOn(writer, 'write').mockImplementation(async (...args: Parameters<typeof write>) => {
    await gate;
    return write(...args);
  });
  return { release };
}

/** Overwrites the leaves of a table's tree with bytes that are no page. */
function damage(table: string): void {
  const connection = new Sqlite(file());
  connection.pragma('wal_checkpoint(TRUNCATE)');
  const size = connection.pragma('page_size', { simple: true }) as number;
  const pages = connection.prepare<[string], number>('SELECT pageno FROM dbstat WHERE name = ?').pluck().all(table);
  connection.close();
  const bytes = readFileSync(file());
  for (const page of pages) bytes.fill(0xa5, (page - 1) * size, page * size);
  writeFileSync(file(), bytes);
}
