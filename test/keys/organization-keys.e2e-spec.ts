import { Usage } from '../../src/api-keys/usage/usage.service';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

interface Shown {
  readonly _id: string;
  readonly name: string;
  readonly type: string;
  readonly bucketId: string | null;
}

let server: TestApp;
/** The Admin key of an organization that has only the keys of this file. */
let key: string;
let hall: string;
let yard: string;
let madeIn: Record<'hall' | 'yard', { readonly _id: string; readonly key: string }>;
beforeAll(async () => {
  server = await startApp();
  key = await makeOrganization(server, 'Keys');
  hall = await makeBucket(server, 'Hall', key);
  yard = await makeBucket(server, 'Yard', key);
  const own = { ...server, adminKey: key };
  madeIn = {
    hall: await makeKey(own, hall, 'write', { name: 'Sensor 10' }),
    yard: await makeKey(own, yard, 'read', { name: 'sensor 2' }),
  };
  await makeKey(own, yard, 'write', { name: 'Ärger' });
  const gone = await makeKey(own, hall, 'read', { name: 'Gone' });
  await call('DELETE', `/api/buckets/${hall}/keys/${gone._id}`);
  await makeKey(server, await makeBucket(server), 'write', { name: 'Sensor of others' });
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: object, as = key) => server.call(method, path, { key: as, body });
async function names(query: string): Promise<string[]> {
  const { status, body } = await call('GET', `/api/keys?${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return (body.apiKeys as Shown[]).map(({ name }) => name);
}
const invalid = (message: string) => refused(400, 'Validation Error', message);

describe('GET /api/keys', () => {
  it('lists Admin keys by default, and all keys of the organization with type=all, with their buckets', async () => {
    const byDefault = await call('GET', '/api/keys');
    expect(byDefault.body.apiKeys).toMatchObject([{ type: 'admin', bucketId: null }]);
    const { body } = await call('GET', '/api/keys?type=all');
    expect((body.apiKeys as Shown[]).map(({ name, type, bucketId }) => [name, type, bucketId])).toEqual([
      [byDefault.body.apiKeys[0].name, 'admin', null],
      ['Sensor 10', 'write', hall],
      ['sensor 2', 'read', yard],
      ['Ärger', 'write', yard],
    ]);
    expect(body.pagination).toEqual({ limit: 100, offset: 0, total: 4, hasMore: false });
  });

  it.each([
    ['type=write', ['Sensor 10', 'Ärger']],
    ['type=read', ['sensor 2']],
    ['type=all&q=SENSOR', ['Sensor 10', 'sensor 2']],
    [`type=write&q=${encodeURIComponent('ärg')}`, ['Ärger']],
    ['type=all&q=%25', []],
    ['type=all&state=disabled', []],
    ['type=all&unusedForDays=1', []],
    ['type=all&q=e&sort=name', ['Ärger', 'sensor 2', 'Sensor 10']],
    ['type=all&q=e&sort=-name', ['Sensor 10', 'sensor 2', 'Ärger']],
    ['type=write&sort=desc', ['Ärger', 'Sensor 10']],
    ['type=all&sort=asc&limit=1&offset=2', ['sensor 2']],
  ])('%s', async (query, expected) => {
    const found = await names(query);
    expect(found.filter((name) => !name.startsWith('Admin') && name !== 'First Admin key')).toEqual(expected);
  });

  it('lists all keys of one bucket with bucketId', async () => {
    expect(await names(`bucketId=${yard}`)).toEqual(['sensor 2', 'Ärger']);
    expect(await names(`bucketId=${yard}&type=write`)).toEqual(['Ärger']);
    expect(await names(`bucketId=${yard}&type=admin`)).toEqual([]);
    for (const id of [ABSENT_ID, await makeBucket(server)])
      expect(seen(await call('GET', `/api/keys?bucketId=${id}`))).toEqual(BUCKET_NOT_FOUND);
  });

  it.each([
    'type=all',
    'type=all&sort=desc',
    'type=all&sort=name',
    'type=all&sort=-lastUsedAt',
    'type=all&q=e&sort=-name',
  ])('continues after a row, and after one that was deleted, with %s', async (query) => {
    // Otherwise the background flush could change the last use of the Admin key between two pages.
    await server.app.get(Usage).flush();
    const all = (await call('GET', `/api/keys?${query}`)).body.apiKeys as Shown[];
    const extra = await makeKey({ ...server, adminKey: key }, hall, 'read', { name: 'Extra' });
    const more = (await call('GET', `/api/keys?${query}`)).body.apiKeys as Shown[];
    const place = more.findIndex(({ _id }) => _id === extra._id);
    expect(place).toBeGreaterThanOrEqual(0);
    await call('DELETE', `/api/buckets/${hall}/keys/${extra._id}`);
    for (const index of [0, 1]) {
      const { body } = await call('GET', `/api/keys?${query}&limit=2&after=${all[index]?._id ?? ''}`);
      expect(body.apiKeys).toMatchObject(all.slice(index + 1, index + 3).map(({ _id }) => ({ _id })));
      const hasMore = all.length > index + 3;
      expect(body.pagination).toEqual({ limit: 2, offset: 0, total: all.length, hasMore });
    }
    const { body } = await call('GET', `/api/keys?${query}&after=${extra._id}`);
    expect((body.apiKeys as Shown[]).map(({ _id }) => _id)).toEqual(more.slice(place + 1).map(({ _id }) => _id));
  });

  it('sorts by the last use, never used keys first', async () => {
    const own = { ...server, adminKey: key };
    const bucketId = await makeBucket(server, 'Used', key);
    const made = [];
    for (const name of ['first', 'second', 'never']) made.push(await makeKey(own, bucketId, 'read', { name }));
    const now = Date.now();
    for (const [index, id] of [made[1], made[0]].map((one) => one?._id ?? '').entries())
      server.app.get(Usage).countRequest(id, { address: '127.0.0.1', userAgent: undefined }, now + index * 1000);
    await server.app.get(Usage).flush();
    expect(await names(`bucketId=${bucketId}&sort=lastUsedAt`)).toEqual(['never', 'second', 'first']);
    expect(await names(`bucketId=${bucketId}&sort=-lastUsedAt`)).toEqual(['first', 'second', 'never']);
    const { body } = await call('GET', `/api/buckets/${bucketId}/keys?sort=-lastUsedAt&limit=2`);
    expect((body.apiKeys as Shown[]).map(({ name }) => name)).toEqual(['first', 'second']);
    await call('DELETE', `/api/buckets/${bucketId}`);
  });

  it.each([
    ['type=none', "type must be 'admin', 'write', 'read' or 'all'"],
    ['sort=up', "sort must be 'asc', 'desc', 'name', '-name', 'lastUsedAt' or '-lastUsedAt'"],
    ['bucketId=1', 'Invalid bucket ID format'],
    [
      `type=all&after=${ABSENT_ID}`,
      'after must be the _id of an entry of this list, or of one that was deleted from it',
    ],
    [`type=all&after=${'f'.repeat(24)}&offset=1`, 'Send either after or offset'],
  ])('refuses %s', async (query, message) => {
    expect(await call('GET', `/api/keys?${query}`)).toMatchObject({ status: 400, body: { message } });
  });

  it('refuses an unknown parameter', async () => {
    expect((await call('GET', '/api/keys?search=x')).body.message).toBe('Unknown query parameter: search');
  });
});

describe('GET /api/usage', () => {
  const usage = async (query: string) => (await call('GET', `/api/usage?${query}`)).body;
  const today = () => new Date().toISOString().slice(0, 10);

  it('gives each key the same days as its own usage, with what is only in memory yet', async () => {
    const { _id, key: text } = madeIn.yard;
    await call('GET', '/api/keys/self', undefined, text);
    await server.app.get(Usage).flush();
    await call('GET', '/api/keys/self', undefined, text);
    expect((await call('GET', '/api/buckets', undefined, text)).status).toBe(403);
    const body = await usage('days=3');
    const ids = ((await call('GET', '/api/keys?type=all')).body.apiKeys as Shown[]).map((one) => one._id);
    expect((body.usage as { keyId: string }[]).map(({ keyId }) => keyId)).toEqual(ids);
    expect(body.pagination).toEqual({ limit: 100, offset: 0, total: 4, hasMore: false });
    const own = (body.usage as { keyId: string; totals: object; days: { day: string }[] }[]).find(
      ({ keyId }) => keyId === _id,
    );
    expect(own?.totals).toEqual({ requests: 2, refusals: 1, points: 0 });
    expect(own?.days.map(({ day }) => day).at(-1)).toBe(today());
    const { usage: single } = (await call('GET', `/api/buckets/${yard}/keys/${_id}/usage?days=3`)).body;
    expect(own).toEqual({ keyId: _id, totals: single.totals, days: single.days });
  });

  it('takes the filters of the list of keys', async () => {
    const of = async (query: string) => ((await usage(query)).usage as { keyId: string }[]).map(({ keyId }) => keyId);
    expect(await of(`bucketId=${hall}`)).toEqual([madeIn.hall._id]);
    expect(await of('type=read&q=sensor')).toEqual([madeIn.yard._id]);
    expect(await of('type=admin')).toHaveLength(1);
    expect(await of(`limit=1&after=${madeIn.hall._id}`)).toEqual([madeIn.yard._id]);
    expect((await usage('limit=1&offset=1')).pagination).toEqual({ limit: 1, offset: 1, total: 4, hasMore: true });
  });

  it('covers 7 days by default, and at most 90', async () => {
    expect((await usage('')).usage[0].days).toHaveLength(7);
    expect((await usage('days=90')).usage[0].days).toHaveLength(90);
    for (const days of ['0', '91', 'x'])
      expect(seen(await call('GET', `/api/usage?days=${days}`))).toEqual(
        invalid('days must be a whole number from 1 to 90'),
      );
  });

  it('requires an Admin key', async () => {
    expect(seen(await call('GET', '/api/usage', undefined, madeIn.hall.key))).toEqual(
      refused(403, 'Forbidden', 'Only Admin keys can manage organization keys'),
    );
  });

  it('stays exact while counts are written', async () => {
    const own = { ...server, adminKey: key };
    const bucketId = await makeBucket(server, 'Counted', key);
    const made = await makeKey(own, bucketId, 'read');
    for (let requests = 1; requests <= 20; requests++) {
      await call('GET', '/api/keys/self', undefined, made.key);
      const [, body] = await Promise.all([server.app.get(Usage).flush(), usage(`bucketId=${bucketId}&days=1`)]);
      expect(body.usage[0].totals.requests).toBe(requests);
    }
    await call('DELETE', `/api/buckets/${bucketId}`);
  });
});

describe('apiCallsThisMonth', () => {
  it('counts every request at once, also while counts are written', async () => {
    const other = await makeOrganization(server, 'Calls');
    const calls = async () =>
      (await call('GET', '/api/analytics/overview', undefined, other)).body.overview.usage.apiCallsThisMonth as number;
    for (let count = 1; count <= 20; count++) {
      const [found] = await Promise.all([calls(), server.app.get(Usage).flush()]);
      expect(found).toBe(count);
    }
  });
});
