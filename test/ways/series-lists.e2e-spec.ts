// test:all runs this on PostgreSQL too: what is written is stored by each database.
import { makeBucket, makeKey, makeSource } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
let key: string;
let reader: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
  reader = (await makeKey(server, bucketId, 'read')).key;
  await makeSource(server, bucketId, 'By hand');
  const lines = [
    ...['cpu,host=a,site=north', 'cpu,host=b,site=north', 'cpu,host=a,site=south', 'mem,host=a', 'mem'],
    ...['mem,a:b=c:d', 'mem,a\\b=x', 'mem,\\ =\\ ', 'mem,wärme=heiß'],
  ];
  await write(lines.map((series) => `${series} f=1 1700000000000000000`).join('\n'));
});
afterAll(() => server.stop());

async function write(body: string): Promise<void> {
  const headers = { authorization: `Token ${key}` };
  const { status } = await fetch(`${server.url}/api/v2/write`, { method: 'POST', body, headers });
  expect(status).toBe(204);
}
const get = (path: string) => server.call('GET', path, { key: reader });
async function named(query: string, path = `/api/buckets/${bucketId}/sources`): Promise<string[]> {
  const { status, body } = await get(`${path}?${query}`);
  expect([status, body.message]).toEqual([200, undefined]);
  return body.dataSources.map(({ name }: { name: string }) => name);
}

it('shows the measurement and tags of data sources that line protocol created', async () => {
  const { body } = await get(`/api/buckets/${bucketId}/sources`);
  expect(body.dataSources.map(({ measurement, tags }: any) => ({ measurement, tags }))).toEqual([
    {},
    { measurement: 'cpu', tags: { host: 'a', site: 'north' } },
    { measurement: 'cpu', tags: { host: 'b', site: 'north' } },
    { measurement: 'cpu', tags: { host: 'a', site: 'south' } },
    { measurement: 'mem', tags: { host: 'a' } },
    { measurement: 'mem', tags: {} },
    { measurement: 'mem', tags: { 'a:b': 'c:d' } },
    { measurement: 'mem', tags: { 'a\\b': 'x' } },
    { measurement: 'mem', tags: { ' ': ' ' } },
    { measurement: 'mem', tags: { wärme: 'heiß' } },
  ]);
  const { _id: id } = body.dataSources[1];
  const path = `/api/buckets/${bucketId}/sources/${id}`;
  const shown = { measurement: 'cpu', tags: { host: 'a', site: 'north' } };
  expect((await get(path)).body.dataSource).toMatchObject(shown);
  const renamed = await server.call('PATCH', path, { key, body: { description: 'First' } });
  expect(renamed.body.dataSource).toMatchObject(shown);
});

it.each([
  ['measurement=cpu', ['cpu,host=a,site=north', 'cpu,host=b,site=north', 'cpu,host=a,site=south']],
  ['tag=host:a', ['cpu,host=a,site=north', 'cpu,host=a,site=south', 'mem,host=a']],
  ['tag=host:a&tag=site:north', ['cpu,host=a,site=north']],
  ['measurement=mem&tag=host:a', ['mem,host=a']],
  ['tag=host:a&q=MEM', ['mem,host=a']],
  ['tag=host:a&sort=-name', ['mem,host=a', 'cpu,host=a,site=south', 'cpu,host=a,site=north']],
  ['tag=a%5C:b:c:d', ['mem,a:b=c:d']],
  ['tag=a%5C%5Cb:x', ['mem,a\\b=x']],
  ['tag=%20:%20', ['mem, = ']],
  ['tag=w%C3%A4rme:hei%C3%9F', ['mem,wärme=heiß']],
  ['measurement=CPU', []],
  ['tag=host:', []],
  ['tag=host:%25', []],
])('filters by %s', async (query, names) => {
  expect(await named(query)).toEqual(names);
  expect(await named(query, '/api/sources')).toEqual(names);
});

it('pages by cursor, and counts what the filter finds', async () => {
  const first = await get(`/api/sources?tag=host:a&limit=2`);
  expect(first.body.pagination).toMatchObject({ total: 3, hasMore: true });
  const after = first.body.dataSources.at(-1)._id;
  expect(await named(`tag=host:a&limit=2&after=${after}`)).toEqual(['mem,host=a']);
});

it('shows only series of its own bucket, and none that was deleted', async () => {
  const other = await makeBucket(server);
  const { key: otherKey } = await makeKey(server, other, 'read');
  const { body } = await server.call('GET', '/api/sources?tag=host:a', { key: otherKey });
  expect(body.dataSources).toEqual([]);
  await write('gone,host=z f=1 1700000000000000000');
  const { body: found } = await get('/api/sources?tag=host:z');
  const path = `/api/buckets/${bucketId}/sources/${found.dataSources[0]._id}`;
  expect((await server.call('DELETE', path, { key: server.adminKey })).status).toBe(200);
  expect(await named('tag=host:z')).toEqual([]);
});

it.each([
  ['tag=host', 'tag must be 1 to 20 tags, each a name, a colon and a value: host:a'],
  ['tag=:a', 'tag must be 1 to 20 tags, each a name, a colon and a value: host:a'],
  ['tag=a%00:b', 'tag must be 1 to 20 tags, each a name, a colon and a value: host:a'],
  [Array(21).fill('tag=a:b').join('&'), 'tag must be 1 to 20 tags, each a name, a colon and a value: host:a'],
  ['measurement=', 'measurement must be a string of 1 to 8192 characters, sent once'],
  ['measurement=a&measurement=b', 'measurement must be a string of 1 to 8192 characters, sent once'],
  ['measurement=%00', 'measurement must be a string of 1 to 8192 characters, sent once'],
])('refuses %s', async (query, message) => {
  const { status, body } = await get(`/api/sources?${query}`);
  expect([status, body.message]).toEqual([400, message]);
});
