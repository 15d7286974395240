import { BatchedReads } from '../../src/database/batched-reads';
import { Writer } from '../../src/database/writer';
import { makeBucket } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

/** Longer than jobs of several callers may share a transaction. */
const LONG_MILLIS = 12;

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

function keepBusy(millis: number): Promise<void> {
  const end = performance.now() + millis;
  while (performance.now() < end);
  return Promise.resolve();
}

(ON_POSTGRES ? describe.skip : describe)('a commit on SQLite', () => {
  it('begins after the lookups that wait for the end of the same turn', async () => {
    const bucketId = await makeBucket(server);
    const find = server.app.get(BatchedReads).create<{ id: string }>('SELECT id FROM buckets WHERE id = ?');
    const order: string[] = [];
    const written = server.app.get(Writer).write(() => Promise.resolve(order.push('written')));
    const found = find(bucketId).then((row) => order.push(row?.id ?? 'none'));
    await Promise.all([written, found]);
    expect(order).toEqual([bucketId, 'written']);
  });

  it('does not wait for long jobs of other callers', async () => {
    const order: string[] = [];
    const write = async (caller: string) => {
      const work = () => {
        order.push(`${caller} begins`);
        return keepBusy(LONG_MILLIS);
      };
      await server.app.get(Writer).write(work, { caller });
      order.push(`${caller} is stored`);
    };
    await Promise.all(['one', 'two', 'three'].map(write));
    const stored = (caller: string) => [`${caller} begins`, `${caller} is stored`];
    expect(order).toEqual([...stored('one'), ...stored('two'), ...stored('three')]);
  });
});
