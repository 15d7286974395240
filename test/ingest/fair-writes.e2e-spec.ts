import { DataSource } from 'typeorm';
import { KeyService } from '../../src/api-keys/key.service';
import { IMMEDIATE_YIELD } from '../../src/common/http/yield';
import { Writer } from '../../src/database/writer';
import { Ingest } from '../../src/ingest/ingest.service';
import { PointStore } from '../../src/points/point-store';
import { makeBucket, makeKey } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const START = Date.parse('2024-01-15T00:00:00Z');
const BATCHES = 24;

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

async function makeSource(bucketId: string): Promise<string> {
  const { body } = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
    key: server.adminKey,
    body: { name: 'Climate', schema: { temperature: 'number', humidity: 'number' } },
  });
  return body.dataSource._id as string;
}

(ON_POSTGRES ? it.skip : it)(
  'stores a small request of one key before the large requests of another key are done',
  async () => {
    const bucketId = await makeBucket(server);
    const sources = [await makeSource(bucketId), await makeSource(bucketId)];
    const keys = [await makeKey(server, bucketId, 'write'), await makeKey(server, bucketId, 'write')];
    const send = (of: 0 | 1, path: string, body: object) => server.call('POST', path, { key: keys[of]?.key, body });
    const { waiting } = server.app.get<{ waiting: { size: number } }>(Ingest);
    const waitingAre = async (count: number) => {
      while (waiting.size < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const gated = server.app.get(Writer).write(() => gate);
    const answered: string[] = [];
    const flood = Array.from({ length: BATCHES }, async (_, batch) => {
      const dataPoints = Array.from({ length: 1000 }, (_, index) => ({
        ...{ dataSourceId: sources[0], timestamp: START + (batch * 1000 + index) * 1000 },
        values: { temperature: index, humidity: batch },
      }));
      const { status } = await send(0, '/api/data/batch', { dataPoints });
      answered.push(`flood ${status}`);
    });
    await waitingAre(BATCHES);
    const point = { dataSourceId: sources[1], timestamp: START, values: { humidity: 1 } };
    const small = send(1, '/api/data', point).then(({ status }) => answered.push(`small ${status}`));
    await waitingAre(BATCHES + 1);
    open();
    await Promise.all([gated, small, ...flood]);
    expect(answered.filter((one) => one === 'flood 201')).toHaveLength(BATCHES);
    // It is in the first commit, with at most three of the large requests.
    expect(answered.slice(0, 4)).toContain('small 201');
  },
);

(ON_POSTGRES ? it.skip : it)(
  'lets requests that take long wait for short ones of other keys, one at a time, and never for good',
  async () => {
    const bucketId = await makeBucket(server);
    const slowSource = await makeSource(bucketId);
    const quickSource = await makeSource(bucketId);
    const keys = [await makeKey(server, bucketId, 'write'), await makeKey(server, bucketId, 'write')];
    const store = server.app.get(PointStore);
    const append = store.appendToAll.bind(store);
    const found = await server.app.get(DataSource).query('SELECT number FROM data_sources WHERE id = ?', [slowSource]);
    const slowNumber = (found as { number: number }[])[0]?.number;
    const spy = jest.spyOn(store, 'appendToAll').mockImplementation((manager, appends) => {
      const slow = appends.filter(({ source }) => source.number === slowNumber);
      const end = performance.now() + slow.reduce((sum, { requests }) => sum + 30 * requests.length, 0);
      while (performance.now() < end);
      return append(manager, appends);
    });
    const answered: string[] = [];
    const send = async (of: 0 | 1, index: number) => {
      const point = {
        dataSourceId: of === 0 ? slowSource : quickSource,
        timestamp: START + index,
        values: { humidity: 1 },
      };
      const { status } = await server.call('POST', '/api/data', { key: keys[of]?.key, body: point });
      answered.push(`${of === 0 ? 'slow' : 'quick'} ${status}`);
    };
    try {
      // The first request shows how long those of this key take.
      await send(0, 0);
      const { waiting } = server.app.get<{ waiting: { size: number } }>(Ingest);
      let open = () => {};
      const gated = server.app.get(Writer).write(() => new Promise<void>((resolve) => (open = resolve)));
      const slow = Array.from({ length: 4 }, (_, index) => send(0, index + 1));
      while (waiting.size < slow.length) await new Promise((resolve) => setTimeout(resolve, 5));
      const first = send(1, 1);
      while (waiting.size < slow.length + 1) await new Promise((resolve) => setTimeout(resolve, 5));
      open();
      await Promise.all([gated, first]);
      expect(answered).toEqual(['slow 201', 'quick 201']);
      let areSlowDone = false;
      const all = Promise.all(slow).then(() => (areSlowDone = true));
      for (let index = 2; !areSlowDone; index++) await send(1, index);
      await all;
      const since = (last: string) => answered.slice(answered.indexOf('quick 201')).lastIndexOf(last);
      expect(answered.filter((one) => one === 'slow 201')).toHaveLength(5);
      expect(since('slow 201')).toBeLessThan(40);
    } finally {
      spy.mockRestore();
    }
  },
);

(ON_POSTGRES ? it.skip : it)('yields to the event loop between long writes', async () => {
  const writer = server.app.get(Writer);
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  const seen: number[] = [];
  const work = () => {
    seen.push(turns);
    for (const end = performance.now() + 15; performance.now() < end;);
    return Promise.resolve();
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 10 }, () => writer.write(work)));
  isOver = true;
  // Two writes fill a transaction.
  expect(new Set(seen).size).toBeGreaterThanOrEqual(5);
});

(ON_POSTGRES ? it.skip : it)('settles each write separately if a transaction is cut short', async () => {
  const writer = server.app.get(Writer);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, index) =>
      writer.write(() => {
        for (const end = performance.now() + 12; performance.now() < end;);
        return index % 3 === 1 ? Promise.reject(new Error(`no ${index}`)) : Promise.resolve(index);
      }),
    ),
  );
  expect(outcomes.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message))).toEqual([
    ...[0, 'no 1', 2, 3, 'no 4', 5, 6, 'no 7'],
  ]);
});

(ON_POSTGRES ? it.skip : it)(
  'lets another write wait for one large change of keys, not for all that wait',
  async () => {
    const bucketId = await makeBucket(server);
    const writer = server.app.get(Writer);
    const queuedAre = async (count: number) => {
      while (writer.queued < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const gated = writer.write(() => gate);
    const answered: string[] = [];
    const [owner] = await server.app.get(DataSource).query<{ id: string }[]>('SELECT id FROM organizations');
    const scope = { organizationId: owner?.id ?? '', bucketId };
    const wanted = Array.from({ length: 500 }, (_, index) => ({ name: `Sensor ${index}`, type: 'write' as const }));
    const changes = Array.from({ length: 6 }, async () => {
      const how = { yieldTurn: IMMEDIATE_YIELD };
      const created = await server.app.get(KeyService).createMany({ kind: 'server' }, scope, wanted, how);
      answered.push(`${created.length} keys`);
    });
    await queuedAre(6);
    const other = writer.write(() => Promise.resolve()).then(() => answered.push('another write'));
    await queuedAre(7);
    open();
    await Promise.all([gated, other, ...changes]);
    expect(answered.filter((one) => one === '500 keys')).toHaveLength(6);
    expect(answered.slice(0, 3)).toContain('another write');
  },
);
