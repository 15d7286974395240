import { ExactSums1820000000000 } from '../../src/database/migrations/1820000000000-exact-sums';
import { Writer } from '../../src/database/writer';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const START = Date.UTC(2024, 0, 15);

let server: TestApp;
let bucketId: string;
let key: string;
let dataSourceId: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
  // The last fields are stored as JSON.
  const names = ['value', ...Array.from({ length: 7 }, (_, index) => `other${index}`)];
  const schema = Object.fromEntries(names.map((name) => [name, 'number']));
  const made = await server.call('POST', `/api/buckets/${bucketId}/sources`, { key, body: { name: 'S', schema } });
  dataSourceId = made.body.dataSource._id as string;
});
afterAll(() => server.stop());

async function store(values: readonly number[], stepMillis: number, field = 'value', perBatch = 1000): Promise<void> {
  for (let start = 0; start < values.length; start += perBatch) {
    const dataPoints = values.slice(start, start + perBatch).map((value, index) => ({
      dataSourceId,
      timestamp: START + (start + index) * stepMillis,
      values: { [field]: value },
    }));
    expect((await server.call('POST', '/api/data/batch', { key, body: { dataPoints } })).status).toBe(201);
  }
}
const ask = async (body: object) => (await server.call('POST', '/api/data/query', { key, body })).body;
const ALL = { aggregation: ['avg', 'sum', 'min', 'max'] };

// Within one rollup window, across many, and from points.
it.each([
  [1000, 1000],
  [1000, 7],
  [3 * MINUTE, 1000],
  [20 * MINUTE, 1000],
])('900 times 0.1 averages 0.1, %i ms apart in batches of %i', async (stepMillis, perBatch) => {
  await store(Array<number>(900).fill(0.1), stepMillis, 'value', perBatch);
  for (const asked of [ALL, { ...ALL, groupBy: 'year' }, { ...ALL, groupBy: 'month', timezone: 'Europe/Berlin' }])
    expect((await ask(asked)).data[0].values.value).toEqual({ avg: 0.1, sum: 90, min: 0.1, max: 0.1 });
  const median = await ask({ aggregation: ['avg', 'median'] });
  expect(median.data[0].values.value).toEqual({ avg: 0.1, median: 0.1 });
  const days = await ask({ ...ALL, groupBy: 'day' });
  for (const { values } of days.data) expect(values.value.avg).toBe(0.1);
});

it.each(['value', 'other6'])(
  'the mean of two 1e308 is 1e308, and their sum null, which the answer says: %s',
  async (name) => {
    for (const stepMillis of [MINUTE, 60 * MINUTE]) {
      await store([1e308, 1e308], stepMillis, name);
      const { data, metadata } = await ask({ aggregation: ['avg', 'sum', 'max'], groupBy: 'day' });
      const values = { avg: 1e308, sum: null, max: 1e308 };
      expect([data[0].values[name], metadata.overflow]).toEqual([values, true]);
      const average = await ask({ aggregation: 'avg', groupBy: 'day' });
      expect([average.data[0].values[name], average.metadata.overflow]).toEqual([1e308, undefined]);
      const sums = await ask({ aggregation: 'sum', groupBy: 'day' });
      expect([sums.data[0].values[name], sums.metadata.overflow]).toEqual([null, true]);
    }
    const csv = await server.call('POST', '/api/data/query', {
      key,
      body: { aggregation: 'sum', groupBy: 'day' },
      headers: { Accept: 'text/csv' },
    });
    expect(csv.headers.get('x-overflow')).toBe('true');
    // Back in the range of a double.
    await store([1e308, 1e308, -1e308, -1e308, 5], MINUTE, name);
    const back = await ask({ aggregation: ['sum', 'avg'], filters: { endTime: START + 5 * MINUTE } });
    expect(back.metadata.overflow).toBeUndefined();
    expect(back.data[0].values[name].sum).toBeLessThan(1e293);
  },
);

it('returns a finite median if the difference of two values overflows', async () => {
  await store([-1e308, 1e308], MINUTE);
  const { data } = await ask({ aggregation: ['median', 'p95', 'avg'] });
  expect(data[0].values.value).toEqual({ median: 0, p95: expect.closeTo(9e307, -300), avg: 0 });
});

it('the upgrade recomputes overflowed sums from the points', async () => {
  await store([1e308, 1e308, 3], MINUTE);
  await store([1e308, 1e308], 60 * MINUTE, 'other6');
  const asked = { aggregation: ['avg', 'sum'], groupBy: 'hour' };
  const before = await ask(asked);
  const migration = new ExactSums1820000000000();
  await server.app.get(Writer).write(async ({ queryRunner }) => {
    if (!queryRunner) throw new Error('A transaction has a query runner');
    await migration.down(queryRunner);
    await migration.up(queryRunner);
  });
  expect(await ask(asked)).toEqual(before);
});
