import { Writer } from '../../src/database/writer';
import { Ingest } from '../../src/ingest/ingest.service';
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
