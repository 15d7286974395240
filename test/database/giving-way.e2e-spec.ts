// test:all leaves PostgreSQL out: it is about SQLite alone.
import { DataSource, type EntityManager } from 'typeorm';
import { change, queryLists } from '../../src/database/sql';
import { GaveWay } from '../../src/database/transaction-pace';
import { Writer } from '../../src/database/writer';
import { MOST_WAYS_GIVEN } from '../../src/ingest/waiting-request';
import { PointStore } from '../../src/points/point-store';
import { makeBucket, makeKey } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

/** Ends a test that would otherwise never end. */
const LONGEST_MILLIS = 5000;
const START = Date.parse('2024-01-15T00:00:00Z');

let server: TestApp;
let writer: Writer;
let id: string;
beforeAll(async () => {
  if (ON_POSTGRES) return;
  server = await startApp();
  writer = server.app.get(Writer);
});
afterAll(() => server?.stop());

const nameBucket = (manager: EntityManager, name: string) =>
  change(manager, 'UPDATE buckets SET name = ? WHERE id = ?', [name, id]);
const describeBucket = (manager: EntityManager, text: string) =>
  change(manager, 'UPDATE buckets SET description = ? WHERE id = ?', [text, id]);
const bucketNow = async () => (await server.call('GET', `/api/buckets/${id}`, { key: server.adminKey })).body.bucket;

/** Executes statements until it is over. */
async function busy(manager: EntityManager, isOver = () => false): Promise<void> {
  for (const end = performance.now() + LONGEST_MILLIS; performance.now() < end && !isOver();)
    await queryLists(manager, 'SELECT 1', []);
}

(ON_POSTGRES ? describe.skip : describe)('a transaction that takes long in SQLite', () => {
  beforeEach(async () => (id = await makeBucket(server, `Greenhouse ${Math.random()}`)));

  it('lets other requests read what is committed', async () => {
    let isRead = false;
    const long = writer.write(async (manager) => {
      await nameBucket(manager, 'changed');
      await busy(manager, () => isRead);
    });
    const { name } = await bucketNow();
    isRead = true;
    await long;
    expect(name).not.toBe('changed');
    expect((await bucketNow()).name).toBe('changed');
  });

  it('is undone for a write that waits, and rejected', async () => {
    const long = writer.write(
      async (manager) => {
        await nameBucket(manager, 'undone');
        await busy(manager);
      },
      { givesWay: (areOthersWaiting) => areOthersWaiting },
    );
    const isUndone = expect(long).rejects.toBeInstanceOf(GaveWay);
    const short = new Promise((resolve) => setTimeout(resolve, 1)).then(() =>
      writer.write((manager) => describeBucket(manager, 'stored')),
    );
    await Promise.all([isUndone, short]);
    const { name, description } = await bucketNow();
    expect([name, description]).toEqual([expect.stringMatching(/^Greenhouse/), 'stored']);
  });

  it('keeps the other writes of its group, and is not undone for those of a caller with many', async () => {
    let isOver = false;
    const before = writer.write((manager) => describeBucket(manager, 'kept'));
    const long = writer.write(
      async (manager) => {
        await nameBucket(manager, 'undone');
        await busy(manager, () => isOver);
      },
      { givesWay: (areOthersWaiting) => areOthersWaiting },
    );
    const isUndone = expect(long).rejects.toBeInstanceOf(GaveWay);
    const behind = writer.write(() => Promise.resolve('stored'));
    await Promise.all([before, isUndone, behind]);
    expect(await bucketNow()).toMatchObject({ name: expect.stringMatching(/^Greenhouse/), description: 'kept' });

    const again = writer.write((manager) => busy(manager, () => isOver), { givesWay: (areOthers) => areOthers });
    const many = new Promise((resolve) => setTimeout(resolve, 1)).then(() =>
      writer.write(() => Promise.resolve('after it'), { caller: 'one with many' }),
    );
    setTimeout(() => (isOver = true), 200);
    await expect(again).resolves.toBeUndefined();
    await expect(many).resolves.toBe('after it');
  });

  it('of a large request gives way to small requests of other keys, twice at most, and is stored once', async () => {
    const keys = [await makeKey(server, id, 'write'), await makeKey(server, id, 'write')];
    const sources = await Promise.all(
      ['large', 'small'].map(async (name) => {
        const path = `/api/buckets/${id}/sources`;
        const { body } = await server.call('POST', path, {
          key: server.adminKey,
          body: { name, schema: { level: 'number' } },
        });
        return body.dataSource._id as string;
      }),
    );
    const send = async (place: 0 | 1, index: number) => {
      const point = { dataSourceId: sources[place], timestamp: START + index, values: { level: index } };
      return (await server.call('POST', '/api/data', { key: keys[place]?.key, body: point })).status;
    };
    await send(1, 0);
    const store = server.app.get(PointStore);
    const append = store.appendToAll.bind(store);
    const dataSource = server.app.get(DataSource);
    const [row] = await dataSource.query('SELECT number FROM data_sources WHERE id = ?', [sources[0]]);
    const isLarge = (appends: Parameters<typeof append>[1]) =>
      appends.some(({ source }) => source.number === row.number);
    const log: string[] = [];
    let isStored = false;
    const spy = jest.spyOn(store, 'appendToAll').mockImplementation(async (manager, appends) => {
      log.push(isLarge(appends) ? 'large' : 'small');
      const stored = await append(manager, appends);
      const end = performance.now() + 300;
      if (isLarge(appends)) await busy(manager, () => performance.now() > end);
      return stored;
    });
    try {
      const large = send(0, 0).finally(() => (isStored = true));
      while (log.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      for (let index = 1; !isStored; index++) expect(await send(1, index)).toBe(201);
      expect(await large).toBe(201);
      const totals = await dataSource.query('SELECT count FROM point_totals WHERE source = ?', [row.number]);
      expect(totals).toEqual([{ count: 1 }]);
      expect(log.filter((one) => one === 'large')).toHaveLength(1 + MOST_WAYS_GIVEN);
      expect(log.slice(log.indexOf('large')).slice(0, 5)).toEqual(['large', 'small', 'large', 'small', 'large']);
    } finally {
      spy.mockRestore();
    }
  });
});
