// test:all leaves PostgreSQL out: it is about SQLite alone.
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import type { EntityManager } from 'typeorm';
import { Bucket } from '../../src/buckets/bucket.entity';
import { databaseFailureOf } from '../../src/common/database-failure';
import { change, query, queryLists, threadOf } from '../../src/database/sql';
import { ThreadConnection } from '../../src/database/thread/thread-connection';
import { Writer } from '../../src/database/writer';
import { makeBucket, makeKey } from '../support/make';
import { createDatabase, ON_POSTGRES, startApp, type TestApp, type TestDatabase } from '../support/test-app';

const LONG = { isLong: () => true };
const LINES = 1500;

let database: TestDatabase;
let server: TestApp;
beforeAll(async () => {
  database = await createDatabase();
  if (!ON_POSTGRES) server = await startApp({}, database);
});
afterAll(async () => {
  await server?.stop();
  await database.remove();
});

const file = () => join(database.folder, 'test.db');
const namesOf = (manager: EntityManager) => queryLists(manager, 'SELECT name FROM buckets ORDER BY name', []);
const rename = (manager: EntityManager, id: string, name: string) =>
  change(manager, 'UPDATE buckets SET name = ? WHERE id = ?', [name, id]);

(ON_POSTGRES ? describe.skip : describe)('the thread that stores batches in SQLite', () => {
  let id: string;
  let writer: Writer;
  beforeEach(async () => {
    writer = server.app.get(Writer);
    id = await makeBucket(server, `Greenhouse ${Math.random()}`);
  });
  const nameNow = async () =>
    (await server.call('GET', `/api/buckets/${id}`, { key: server.adminKey })).body.bucket.name;

  it('does long work, and only that, with plain statements and with TypeORM', async () => {
    const found = await writer.write(async (manager) => {
      await rename(manager, id, 'by a statement');
      const names = await namesOf(manager);
      const repository = manager.getRepository(Bucket);
      const bucket = await repository.findOneByOrFail({ id });
      await repository.save({ ...bucket, description: 'by TypeORM' });
      const { affected } = await repository.update({ id }, { name: 'by an update' });
      const row = await repository.createQueryBuilder('bucket').where('bucket.id = :id', { id }).getOneOrFail();
      return { isThread: threadOf(manager) !== undefined, names: names.flat(), affected, row };
    }, LONG);
    expect(found.isThread).toBe(true);
    expect(found.names).toContain('by a statement');
    expect(found.affected).toBe(1);
    expect(found.row).toMatchObject({ name: 'by an update', description: 'by TypeORM' });
    expect(await nameNow()).toBe('by an update');
    expect(await writer.write((manager) => Promise.resolve(threadOf(manager)))).toBeUndefined();
  });

  it('leaves the event loop to others while a statement runs', async () => {
    let turns = 0;
    const count = () => void (turns += 1);
    const timer = setInterval(count, 1);
    const slow = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT sum(i) AS sum FROM n`;
    const before = turns;
    const rows = await writer.write(async (manager) => {
      await rename(manager, id, 'before it');
      return query<{ sum: number }>(manager, slow, []);
    }, LONG);
    clearInterval(timer);
    expect(rows).toEqual([{ sum: 500_000_500_000 }]);
    expect(turns - before).toBeGreaterThan(5);
  });

  it('undoes work that fails, and only that', async () => {
    const other = await makeBucket(server, 'Other');
    const outcomes = await Promise.allSettled([
      writer.write((manager) => rename(manager, other, 'stored'), LONG),
      writer.write(async (manager) => {
        await rename(manager, id, 'undone');
        await query(manager, 'INSERT INTO buckets (id) VALUES (?)', [id]);
      }, LONG),
      writer.write(async (manager) => {
        await rename(manager, id, 'undone as well');
        await manager.insert(Bucket, { id });
      }, LONG),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    const [, plain, typed] = outcomes as [unknown, PromiseRejectedResult, PromiseRejectedResult];
    expect(plain.reason).toMatchObject({ name: 'SqliteError', code: expect.stringMatching(/^SQLITE_CONSTRAINT/) });
    expect(typed.reason).toMatchObject({
      name: 'QueryFailedError',
      driverError: { code: expect.stringMatching(/^SQLITE_CONSTRAINT/) },
    });
    expect(await nameNow()).toMatch(/^Greenhouse/);
    expect(await writer.write(namesOf)).toContainEqual(['stored']);
  });

  it('stores nothing after a transaction that SQLite itself has ended', async () => {
    const work = writer.write(async (manager) => {
      // As SQLite does when the disk is full.
      await change(manager, 'ROLLBACK', []);
      await rename(manager, id, 'without a transaction');
    }, LONG);
    await expect(work).rejects.toThrow('The transaction was rolled back');
    expect(await nameNow()).toMatch(/^Greenhouse/);
    await writer.write((manager) => rename(manager, id, 'later'), LONG);
    expect(await nameNow()).toBe('later');
  });

  it('is replaced if it ends, and what it had not committed is undone', async () => {
    const work = writer.write(async (manager) => {
      await rename(manager, id, 'half done');
      await (threadOf(manager) as unknown as { thread: { worker: Worker } }).thread.worker.terminate();
      await rename(manager, id, 'half done, again');
    }, LONG);
    const cause: unknown = await work.catch((cause: unknown) => cause);
    expect(cause).toMatchObject({ code: 'SQLITE_ABORT_ROLLBACK' });
    expect(databaseFailureOf(cause)).toBe('unavailable');
    expect(await nameNow()).toMatch(/^Greenhouse/);
    await writer.write((manager) => rename(manager, id, 'by the next thread'), LONG);
    expect(await nameNow()).toBe('by the next thread');
  });

  it('waits for the lock of another program as other writes do', async () => {
    const other = new Sqlite(file());
    other.exec('BEGIN IMMEDIATE');
    let isDone = false;
    const work = writer.write((manager) => rename(manager, id, 'after the lock'), LONG).then(() => (isDone = true));
    for (let round = 0; round < 5; round++) expect((await server.call('GET', '/health/live')).status).toBe(200);
    expect(isDone).toBe(false);
    other.exec('ROLLBACK');
    other.close();
    await work;
    expect(await nameNow()).toBe('after the lock');
  });

  it('executes reads before the first change without the thread, and later ones with it', async () => {
    const ask = jest.spyOn(ThreadConnection.prototype, 'ask');
    const sent = () => ask.mock.calls.map(([task]) => ('sql' in task ? task.sql.split(' ')[0] : task.kind));
    const names = await writer.write(async (manager) => {
      const before = await namesOf(manager);
      await rename(manager, id, 'renamed');
      return { before, after: await namesOf(manager) };
    }, LONG);
    expect(sent().slice(0, 4)).toEqual(['BEGIN', 'UPDATE', 'SELECT', 'COMMIT']);
    ask.mockRestore();
    expect(names.before.flat()).not.toContain('renamed');
    expect(names.after.flat()).toContain('renamed');
  });

  it('executes them there too once they have taken long', async () => {
    const ask = jest.spyOn(ThreadConnection.prototype, 'ask');
    const slow = 'SELECT sum(a.rowid) FROM sqlite_schema a, sqlite_schema b, sqlite_schema c';
    await writer.write(async (manager) => {
      await queryLists(manager, slow, []);
      await namesOf(manager);
    }, LONG);
    expect(ask.mock.calls.map(([task]) => task)).toContainEqual(
      expect.objectContaining({ kind: 'lists', sql: expect.stringContaining('FROM buckets') }),
    );
    ask.mockRestore();
  });

  /** Tries to take the lock as another process would. @returns how often it had to try */
  async function triesForLock(): Promise<number> {
    const other = new Sqlite(file());
    other.pragma('busy_timeout = 0');
    for (let tries = 1; ; tries++)
      try {
        other.exec('BEGIN IMMEDIATE');
        other.exec('ROLLBACK');
        other.close();
        return tries;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 3 * Math.random()));
      }
  }

  it('leaves gaps to other processes between transactions that follow each other at once', async () => {
    const ask = jest.spyOn(ThreadConnection.prototype, 'ask');
    let done = 0;
    let isOver = false;
    const always = { isLong: () => !isOver };
    const works = async () => {
      while (!isOver) {
        await writer.write((manager) => rename(manager, id, `${done}`), always);
        done += 1;
      }
    };
    const working = Promise.all([works(), works()]);
    for (let round = 1; round <= 5; round++) {
      while (done < 20 * round) await new Promise(setImmediate);
      await triesForLock();
    }
    isOver = true;
    await working;
    const sent = ask.mock.calls.map(([task]) => ('sql' in task ? task.sql : ''));
    ask.mockRestore();
    const pairs = sent.filter((sql, index) => sql === 'COMMIT' && sent[index + 1] === 'BEGIN IMMEDIATE');
    expect(pairs.length).toBeGreaterThan(5);
  });

  it('gives back the lock if the work that seemed to follow does not come', async () => {
    await writer.write((manager) => rename(manager, id, 'last'), { isLong: () => true });
    await triesForLock();
    expect(await nameNow()).toBe('last');
    await writer.write((manager) => rename(manager, id, 'later, by the writer itself'));
    expect(await nameNow()).toBe('later, by the writer itself');
  });

  const send = async (key: string, measurement: string) => {
    const start = Date.UTC(2024, 0, 1);
    const lines = Array.from({ length: LINES }, (_, index) => `${measurement} t=${index} ${start + index}`);
    return (
      await fetch(`${server.url}/api/v2/write?precision=ms`, {
        method: 'POST',
        headers: { Authorization: `Token ${key}` },
        body: lines.join('\n'),
      })
    ).status;
  };
  const countOf = async (measurement: string) =>
    (
      await writer.write((manager) =>
        queryLists(
          manager,
          'SELECT count(*) FROM points JOIN data_sources ON data_sources.number = points.source WHERE name = ?',
          [measurement],
        ),
      )
    )[0]?.[0];

  it('answers 507 when the disk is full, and takes the same lines when there is room', async () => {
    const { key } = await makeKey(server, id, 'write');
    expect(await send(key, 'room')).toBe(204);
    expect(await countOf('room')).toBe(LINES);
    // The rest of the lines may come to a commit of the writer's own connection.
    const limit = async (pages: number) => {
      for (const options of [LONG, {}])
        await writer.write((manager) => query(manager, `PRAGMA max_page_count = ${pages}`, []), options);
    };
    await limit(1);
    expect(await send(key, 'full')).toBe(507);
    expect(await countOf('full')).toBe(0);
    await limit(1_000_000);
    expect(await send(key, 'full')).toBe(204);
    expect(await countOf('full')).toBe(LINES);
  });

  it('is done without if it cannot be started', async () => {
    const own = await createDatabase();
    const spy = jest.spyOn(ThreadConnection.prototype as unknown as { start(): Worker }, 'start');
    spy.mockImplementation(() => {
      throw new Error('no more threads');
    });
    const here = server;
    try {
      server = await startApp({}, own);
      writer = server.app.get(Writer);
      const { key } = await makeKey(server, await makeBucket(server), 'write');
      expect(await send(key, 'alone')).toBe(204);
      expect(await countOf('alone')).toBe(LINES);
      expect(server.logs.filter((line) => line.includes('no more threads'))).toHaveLength(1);
      await server.stop();
    } finally {
      spy.mockRestore();
      server = here;
      await own.remove();
    }
  });
});
