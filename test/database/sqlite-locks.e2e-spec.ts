// test:all leaves PostgreSQL out: it is about SQLite alone.
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { readOnceUnlocked } from '../../src/database/lock-wait';
import { makeBucket } from '../support/make';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

let database: TestDatabase;
let server: TestApp;
/** A connection of another program: a backup, a shell, a second server. */
let other: Database;
beforeAll(async () => {
  database = await createDatabase();
  if (ON_POSTGRES) return;
  server = await startApp({}, database);
  other = new Sqlite(join(database.folder, 'test.db'));
});
afterEach(() => {
  if (other?.inTransaction) other.exec('ROLLBACK');
});
afterAll(async () => {
  other?.close();
  await server?.stop();
  await database.remove();
});

const admin = (method: string, path: string, body?: object) =>
  server.call(method, path, { key: server.adminKey, body });
const create = (name: string) => admin('POST', '/api/buckets', { name });

(ON_POSTGRES ? describe.skip : describe)('a lock that another program holds on the SQLite file', () => {
  it.each(['IMMEDIATE', 'EXCLUSIVE'])('(%s) delays writes and nothing else', async (kind) => {
    other.exec(`BEGIN ${kind}`);
    const answered: string[] = [];
    const write = create(`waits for ${kind}`).then(({ status }) => answered.push(`write ${status}`));

    for (let round = 0; round < 20; round++) {
      answered.push(`live ${(await server.call('GET', '/health/live')).status}`);
      answered.push(`read ${(await admin('GET', '/api/buckets')).status}`);
    }
    other.exec('COMMIT');
    await write;

    const meanwhile = Array.from({ length: 20 }, () => ['live 200', 'read 200']).flat();
    expect(answered).toEqual([...meanwhile, 'write 201']);
  });

  it('ends in 503 after five seconds, for each write by itself, and leaves nothing behind', async () => {
    other.exec('BEGIN IMMEDIATE');
    const startedAt = performance.now();
    const tooLate = await create('too late');
    const waited = performance.now() - startedAt;
    const inTime = create('in time');
    await server.call('GET', '/health/live');
    other.exec('COMMIT');

    expect([tooLate.status, tooLate.body]).toEqual([
      503,
      {
        error: 'Service Unavailable',
        message: 'Another program has locked the database. Please try again',
        requestId: expect.any(String),
      },
    ]);
    expect(tooLate.headers.get('retry-after')).toBe('2');
    expect(waited).toBeGreaterThan(4900);
    expect(waited).toBeLessThan(9000);
    expect((await inTime).status).toBe(201);
    const { buckets } = (await admin('GET', '/api/buckets')).body as { buckets: { name: string }[] };
    expect(buckets.map(({ name }) => name)).toEqual(expect.not.arrayContaining(['too late']));
  });

  it('does not hold up a stop: what waits for it is refused after a second', async () => {
    const second = await startApp({}, database);
    // Their use is written at the stop.
    await second.call('GET', '/api/buckets', { key: server.adminKey });
    other.exec('BEGIN IMMEDIATE');
    const startedAt = performance.now();
    await second.app.close();
    expect(performance.now() - startedAt).toBeLessThan(8000);
  });

  it('is shared by two servers: each gets its turns, and nothing is lost', async () => {
    const second = await startApp({}, database);
    const bucketId = await makeBucket(server);
    const send = async (to: TestApp, from: string) => {
      const statuses = new Set<number>();
      for (let index = 0; index < 15; index++) {
        const body = { name: `${from} ${index}`, schema: { value: 'number' } };
        statuses.add(
          (await to.call('POST', `/api/buckets/${bucketId}/sources`, { key: server.adminKey, body })).status,
        );
      }
      return [...statuses];
    };
    const all = [server, second].flatMap((to, index) => [0, 1, 2, 3].map((lane) => send(to, `${index}.${lane}`)));

    expect((await Promise.all(all)).flat()).toEqual(all.map(() => 201));
    const { pagination } = (await admin('GET', `/api/buckets/${bucketId}/sources?limit=1`)).body;
    expect(pagination).toMatchObject({ total: 15 * all.length });
    await second.stop();
  });
});

it('a read that meets a lock is repeated until it is free, and a fault is not', async () => {
  const file = join(database.folder, 'without-wal.db');
  const locking = new Sqlite(file);
  locking.exec('CREATE TABLE kept (value integer); INSERT INTO kept VALUES (7); BEGIN EXCLUSIVE');
  const reading = new Sqlite(file, { timeout: 0 });
  const read = () => reading.prepare('SELECT value FROM kept').get();
  const causeOf = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (cause) {
      return cause;
    }
  };
  const locked = causeOf(read);
  expect(locked).toMatchObject({ code: 'SQLITE_BUSY' });

  const waiting = readOnceUnlocked(reading, locked, read);
  setTimeout(() => locking.exec('COMMIT'), 30);
  expect(await waiting).toEqual({ value: 7 });

  const fault = causeOf(() => reading.prepare('SELECT value FROM missing'));
  await expect(readOnceUnlocked(reading, fault, read)).rejects.toBe(fault);
  locking.close();
  reading.close();
});
