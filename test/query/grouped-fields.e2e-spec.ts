import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 15);
const iso = (at: number) => new Date(at).toISOString();

let server: TestApp;
let bucketId: string;
let key: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
});
afterAll(() => server.stop());

async function makeSource(schema: object): Promise<string> {
  const body = { name: 'Climate', schema };
  return (await server.call('POST', `/api/buckets/${bucketId}/sources`, { key, body })).body.dataSource._id as string;
}
async function store(dataSourceId: string, points: readonly (readonly [number, object])[]): Promise<void> {
  const dataPoints = points.map(([hours, values]) => ({ dataSourceId, timestamp: START + hours * HOUR, values }));
  expect((await server.call('POST', '/api/data/batch', { key, body: { dataPoints } })).status).toBe(201);
}
async function ask(body: object): Promise<{ timestamp: string; dataSourceId: string; values: any; count: number }[]> {
  const answer = await server.call('POST', '/api/data/query', { key, body });
  expect(answer.status).toBe(200);
  return answer.body.data;
}
const between = (from: number, to: number) => ({
  startTime: iso(START + from * HOUR),
  endTime: iso(START + to * HOUR),
});

describe('a grouped query with fields', () => {
  it('leaves out rows and sources without these fields, and counts only points with them', async () => {
    const one = await makeSource({ temperature: 'number', humidity: 'number', battery: 'number' });
    await makeSource({ pressure: 'number' });
    await store(one, [
      [0, { temperature: 1 }],
      [0.1, { humidity: 50 }],
      [0.2, { battery: 3 }],
      [0.3, { temperature: 2, humidity: 51 }],
      [1, { battery: 3 }],
      [2, { humidity: 60 }],
    ]);
    const counts = async (fields: string[], more: object = {}) =>
      (await ask({ filters: { fields, ...more }, aggregation: 'avg', groupBy: 'hour' })).map(
        ({ timestamp, dataSourceId, values, count }) => {
          expect(dataSourceId).toBe(one);
          return [(Date.parse(timestamp) - START) / HOUR, values, count];
        },
      );
    expect(await counts(['temperature'])).toEqual([[0, { temperature: 1.5 }, 2]]);
    const both = [
      [0, { temperature: 1.5, humidity: 50.5 }, 3],
      [2, { humidity: 60 }, 1],
    ];
    expect(await counts(['temperature', 'humidity'])).toEqual(both);
    expect(await counts(['temperature', 'humidity'], { offset: 1 })).toEqual(both.slice(1));
    const whole = await ask({ filters: { fields: ['humidity'] }, aggregation: 'median' });
    expect(whole.map(({ count }) => count)).toEqual([3]);
  });
});

describe('fill', () => {
  it('returns a count of 0 for a group without points', async () => {
    await store(await makeSource({ temperature: 'number' }), [
      [0, { temperature: 1 }],
      [2, { temperature: 3 }],
    ]);
    for (const fill of ['null', 'previous', 'linear']) {
      const rows = await ask({ aggregation: ['count', 'avg'], groupBy: 'hour', fill });
      expect(rows.map(({ values, count }) => [values.temperature.count, count])).toEqual([
        [1, 1],
        [0, 0],
        [1, 1],
      ]);
    }
  });

  it('returns the same rows for a source without points', async () => {
    const [one, two] = [await makeSource({ temperature: 'number' }), await makeSource({ temperature: 'number' })];
    await store(one, [[1, { temperature: 1 }]]);
    const filters = between(0, 3);
    const rowsOf = async (dataSourceId: string) =>
      (await ask({ filters: { ...filters, dataSourceId }, aggregation: 'avg', groupBy: 'hour', fill: 'null' })).map(
        ({ timestamp, values }) => [timestamp, values.temperature],
      );
    const empty = [0, 1, 2].map((hour) => [iso(START + hour * HOUR), null]);
    expect(await rowsOf(two)).toEqual(empty);
    expect((await rowsOf(one)).map(([timestamp]) => timestamp)).toEqual(empty.map(([timestamp]) => timestamp));
  });

  it('looks before the range with previous, within the retention', async () => {
    await store(await makeSource({ temperature: 'number', humidity: 'number' }), [
      [-500, { humidity: 40 }],
      [-30, { temperature: 7 }],
      [-29.9, { temperature: 9 }],
      [2, { temperature: 20 }],
    ]);
    const asked = { filters: between(0.5, 4), aggregation: 'avg', groupBy: 'hour', fill: 'previous' };
    const rows = async (sort: string) =>
      (await ask({ ...asked, filters: { ...asked.filters, sort } })).map(({ values }) => values.temperature);
    expect(await rows('asc')).toEqual([8, 8, 20, 20]);
    expect(await rows('desc')).toEqual([20, 20, 8, 8]);
    expect((await ask(asked))[0]?.values.humidity).toBe(40);
    // The older humidity is expired, the temperature is not.
    const retentionDays = Math.floor((Date.now() - (START - 100 * HOUR)) / (24 * HOUR));
    const body = { retentionDays };
    const patched = await server.call('PATCH', `/api/buckets/${bucketId}`, { key: server.adminKey, body });
    expect(patched.status).toBe(200);
    expect((await ask(asked))[0]?.values).toEqual({ temperature: 8, humidity: null });
  });

  it.each(['previous', 'linear'])('%s does not fill the stddev of a group with one value', async (fill) => {
    await store(await makeSource({ temperature: 'number' }), [
      [0, { temperature: 1 }],
      [0.1, { temperature: 3 }],
      [1, { temperature: 5 }],
      [2, { temperature: 1 }],
      [2.1, { temperature: 3 }],
    ]);
    const asked = { aggregation: 'stddev', groupBy: 'hour' };
    const expected = [Math.SQRT2, null, Math.SQRT2];
    const values = (rows: Awaited<ReturnType<typeof ask>>) => rows.map((row) => row.values.temperature);
    expect(values(await ask({ ...asked, fill }))).toEqual(expected);
    expect(values(await ask(asked))).toEqual(expected);
  });
});
