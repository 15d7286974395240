// npm test leaves this out: hostile messages, repeated.
// test:all runs this on PostgreSQL too: what is written is stored by each database.
import { Client } from 'pg';
import { MAX_SERIES_AT_ONCE, SeriesRegistry } from '../../src/sources/series-registry';
import { makeBucket, makeKey } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const SERIES = 500;
const T = 1_700_000_000_000;

let server: TestApp;
let bucketId: string;
let key: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
});
afterAll(() => server.stop());

const lines = (round: number) =>
  Array.from(
    { length: SERIES },
    (_, index) => `cpu,host=h${index} a=${index + round},b=${round},c="${round}" ${T + round * 1000}`,
  );
async function write(body: string): Promise<number> {
  const headers = { authorization: `Token ${key}` };
  return (await fetch(`${server.url}/api/v2/write?precision=ms`, { method: 'POST', body, headers })).status;
}

it('stores bodies of many series with few statements, and each value where it belongs', async () => {
  expect(await write(lines(0).join('\n'))).toBe(204);
  const statements = jest.spyOn(Client.prototype, 'query');
  expect(await write(lines(1).join('\n'))).toBe(204);
  // Also for points that are stored already, and for two points of a series.
  expect(await write([...lines(1), ...lines(2)].join('\n'))).toBe(204);
  const { length: count } = statements.mock.calls;
  statements.mockRestore();
  if (ON_POSTGRES) {
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(250);
  }
  const query = { bucketId, downsampling: false, filters: { limit: 10_000, sort: 'asc' } };
  const { body } = await server.call('POST', '/api/data/query', { key: server.adminKey, body: query });
  const { body: listed } = await server.call('GET', `/api/buckets/${bucketId}/sources?limit=1000`, {
    key: server.adminKey,
  });
  const hosts = new Map(listed.dataSources.map(({ _id, tags }: any) => [_id, tags.host as string]));
  expect(hosts.size).toBe(SERIES);
  const found = body.data.map(({ dataSourceId, timestamp, values }: any) =>
    JSON.stringify([hosts.get(dataSourceId), Date.parse(timestamp) - T, values]),
  );
  const wanted = [0, 1, 2].flatMap((round) =>
    Array.from({ length: SERIES }, (_, index) =>
      JSON.stringify([`h${index}`, round * 1000, { a: index + round, b: round, c: String(round) }]),
    ),
  );
  expect(found.sort()).toEqual(wanted.sort());
  const grouped = { bucketId, groupBy: 'day', aggregation: ['count', 'sum'], filters: { fields: ['b'], limit: 1000 } };
  const { body: days } = await server.call('POST', '/api/data/query', { key: server.adminKey, body: grouped });
  expect(days.data).toHaveLength(SERIES);
  for (const { values } of days.data) expect(values).toEqual({ b: { count: 3, sum: 3 } });
});

it('keeps the order of lines of one point, over several commits and beside new series', async () => {
  const body = Array.from({ length: 6000 }, (_, index) => {
    const isNew = index % 1000 === 0;
    return isNew ? `new,n=${index} f=${index} ${T}` : `same f=${index} ${T}`;
  });
  expect(await write(body.join('\n'))).toBe(204);
  const { body: listed } = await server.call('GET', `/api/buckets/${bucketId}/sources?measurement=same`, {
    key: server.adminKey,
  });
  const filters = { dataSourceId: listed.dataSources[0]._id };
  const query = { bucketId, downsampling: false, filters };
  const { body: rows } = await server.call('POST', '/api/data/query', { key: server.adminKey, body: query });
  expect(rows.data.map(({ values }: any) => values)).toEqual([{ f: 5999 }]);
});

it('creates many data sources in several transactions', async () => {
  const change = jest.spyOn(SeriesRegistry.prototype as any, 'change');
  const count = 2 * MAX_SERIES_AT_ONCE + 50;
  const fresh = Array.from({ length: count }, (_, index) => `fresh,host=h${index} a=${index}`);
  expect(await write(fresh.join('\n'))).toBe(204);
  const sizes = change.mock.calls.map(([, wanted]) => (wanted as unknown[]).length);
  change.mockRestore();
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_SERIES_AT_ONCE);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
  const list = `/api/buckets/${bucketId}/sources?q=fresh&limit=1000`;
  const { body } = await server.call('GET', list, { key: server.adminKey });
  expect(body.dataSources).toHaveLength(count);
});
