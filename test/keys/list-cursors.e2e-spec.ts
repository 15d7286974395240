import { makeAlert } from '../support/alerts';
import { makeBucket, makeOrganization, makeSource } from '../support/make';
import { ABSENT_ID, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' })));
afterAll(() => server.stop());

interface List {
  /** The caller of the list, and its path. */
  readonly key: string;
  readonly path: string;
  readonly name: string;
  readonly ids: readonly string[];
  readonly remove: (id: string) => Promise<{ readonly status: number }>;
}
const COUNT = 7;

async function inTurn<T>(make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let index = 0; index < COUNT; index++) made.push(await make(index));
  return made;
}

async function buckets(): Promise<List> {
  const key = await makeOrganization(server, 'Lists');
  const ids = await inTurn((index) => makeBucket(server, `Bucket ${index}`, key));
  return {
    key,
    path: '/api/buckets',
    name: 'buckets',
    ids,
    remove: (id) => server.call('DELETE', `/api/buckets/${id}`, { key }),
  };
}

async function sources(): Promise<List> {
  const key = server.adminKey;
  const bucketId = await makeBucket(server);
  const path = `/api/buckets/${bucketId}/sources`;
  const ids = await inTurn(() => makeSource(server, bucketId));
  return { key, path, name: 'dataSources', ids, remove: (id) => server.call('DELETE', `${path}/${id}`, { key }) };
}

async function rules(): Promise<List> {
  const key = server.adminKey;
  const bucketId = await makeBucket(server);
  const sourceId = await makeSource(server, bucketId);
  const ids = await inTurn(async () => (await makeAlert(server, bucketId, sourceId, 't > 30')).alertId);
  const path = `/api/buckets/${bucketId}/alerts`;
  return { key, path, name: 'alertRules', ids, remove: (id) => server.call('DELETE', `/api/alerts/${id}`, { key }) };
}

describe.each([
  ['buckets', buckets],
  ['data sources', sources],
  ['alert rules', rules],
])('?after= in the list of %s', (_what, make) => {
  it('lists every row once despite deletions between two pages', async () => {
    const { key, path, name, ids, remove } = await make();
    const page = async (query: string) => {
      const { status, body } = await server.call('GET', `${path}?limit=3${query}`, { key });
      if (status !== 200) throw new Error(JSON.stringify(body));
      return { ids: (body[name] as { _id: string }[]).map(({ _id }) => _id), pagination: body.pagination as object };
    };
    const first = await page('');
    expect(first).toEqual({ ids: ids.slice(0, 3), pagination: { limit: 3, offset: 0, total: 7, hasMore: true } });
    for (const id of [ids[0], ids[2]]) expect((await remove(id ?? '')).status).toBe(200);
    const second = await page(`&after=${ids[2] ?? ''}`);
    expect(second).toEqual({ ids: ids.slice(3, 6), pagination: { limit: 3, offset: 0, total: 5, hasMore: true } });
    const third = await page(`&after=${ids[5] ?? ''}`);
    expect(third).toEqual({ ids: ids.slice(6), pagination: { limit: 3, offset: 0, total: 5, hasMore: false } });
    expect((await page(`&after=${ids[6] ?? ''}`)).ids).toEqual([]);
    // An id older than all others.
    expect((await page(`&after=${'0'.repeat(24)}`)).ids).toEqual([ids[1], ids[3], ids[4]]);
    const both = await server.call('GET', `${path}?after=${ABSENT_ID}&offset=1`, { key });
    expect(seen(both)).toEqual({
      status: 400,
      body: { error: 'Validation Error', message: 'Send either after or offset' },
    });
  });
});
