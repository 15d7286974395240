import { ApiKey } from '../../src/api-keys/api-key.entity';
import { Writer } from '../../src/database/writer';
import { makeAdminKey, makeBucket, makeKey, makeOrganization } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

interface Shown {
  readonly _id: string;
  readonly name: string;
  readonly keyPrefix: string;
}
const as = (key: string) => (method: string, path: string, body?: unknown) => server.call(method, path, { key, body });
const admin = (method: string, path: string, body?: unknown) => as(server.adminKey)(method, path, body);
const list = (bucketId: string, query: string) => admin('GET', `/api/buckets/${bucketId}/keys?${query}`);
const names = async (bucketId: string, query: string) => {
  const { status, body } = await list(bucketId, query);
  expect(status).toBe(200);
  return (body.apiKeys as Shown[]).map(({ name }) => name);
};
const makeMany = async (bucketId: string, wanted: readonly object[]) => {
  const { status, body } = await admin('POST', `/api/buckets/${bucketId}/keys/bulk`, { keys: wanted });
  expect(status).toBe(201);
  return body.apiKeys as Shown[];
};
const rotate = (bucketId: string, id: string, body: object) =>
  admin('POST', `/api/buckets/${bucketId}/keys/${id}/rotate`, body);
const invalid = (message: string) => ({ status: 400, body: { error: 'Validation Error', message } });

describe('?state=', () => {
  let bucketId: string;
  beforeAll(async () => {
    bucketId = await makeBucket(server);
    const many = ['plain', 'off', 'over', 'over and off', 'in grace', 'replaced', 'waiting'];
    const ids = new Map(
      (
        await makeMany(
          bucketId,
          many.map((name) => ({ name, type: 'write' })),
        )
      ).map(({ _id, name }) => [name, _id]),
    );
    const idOf = (name: string) => ids.get(name) ?? '';
    const path = (name: string) => `/api/buckets/${bucketId}/keys/${idOf(name)}`;
    for (const name of ['off', 'over and off']) await admin('PATCH', path(name), { enabled: false });
    for (const name of ['over', 'over and off'])
      await server.app
        .get(Writer)
        .write((manager) => manager.update(ApiKey, { id: idOf(name) }, { expiresAt: Date.now() - 1 }));
    await rotate(bucketId, idOf('in grace'), {});
    await rotate(bucketId, idOf('replaced'), { gracePeriodSeconds: 0 });
    await rotate(bucketId, idOf('waiting'), { retireOnFirstUse: true });
    const gone = await makeKey(server, bucketId, 'read', { name: 'gone' });
    await admin('DELETE', `/api/buckets/${bucketId}/keys/${gone._id}`);
  });

  // A replacement has the same name as the key that it replaces.
  it.each([
    ['active', ['plain', 'in grace', 'waiting', 'in grace', 'replaced', 'waiting']],
    ['expired', ['over']],
    ['disabled', ['off', 'over and off']],
    ['replaced', ['in grace', 'replaced', 'waiting']],
    [
      'all',
      ['plain', 'off', 'over', 'over and off', 'in grace', 'replaced', 'waiting', 'in grace', 'replaced', 'waiting'],
    ],
  ])('%s lists the keys in this state now', async (state, expected) => {
    expect(await names(bucketId, `state=${state}`)).toEqual(expected);
    const { body } = await list(bucketId, `state=${state}&limit=2&offset=1`);
    expect(body.apiKeys.map(({ name }: Shown) => name)).toEqual(expected.slice(1, 3));
    const { length } = expected;
    expect(body.pagination).toEqual({ limit: 2, offset: 1, total: length, hasMore: length > 3 });
  });

  it('lists all keys when it is omitted', async () => {
    expect(await names(bucketId, '')).toEqual(await names(bucketId, 'state=all'));
  });

  it('counts the same active keys as the statistics of the bucket', async () => {
    const { body } = await admin('GET', `/api/buckets/${bucketId}`);
    expect(body.bucket.stats.apiKeyCount).toBe((await names(bucketId, 'state=active')).length);
    expect(body.bucket.stats.apiKeyCount).toBe(6);
  });

  it.each(['ALIVE-ONES', '', 'deleted', 'active&state=all'])('refuses "%s"', async (state) => {
    expect(seen(await list(bucketId, `state=${state}`))).toEqual(
      invalid("state must be 'active', 'expired', 'disabled', 'replaced' or 'all'"),
    );
  });
});

it('counts the active keys of the organization in its overview', async () => {
  const other = await makeOrganization(server, 'Overview');
  const { body: bucket } = await as(other)('POST', '/api/buckets', { name: 'x' });
  const path = `/api/buckets/${bucket.bucket._id}/keys`;
  for (const enabled of [true, false]) await as(other)('POST', path, { name: 'x', type: 'read', enabled });
  const { body } = await as(other)('GET', '/api/analytics/overview');
  // The Admin key itself, and the enabled key.
  expect(body.overview.totals.apiKeys).toBe(2);
});

describe('?type= and ?q=', () => {
  let bucketId: string;
  let made: readonly Shown[];
  beforeAll(async () => {
    bucketId = await makeBucket(server);
    made = await makeMany(bucketId, [
      { name: 'Küche Nord', type: 'write' },
      { name: 'KÜCHE süd', type: 'read' },
      { name: 'Hall 100%', type: 'write' },
      { name: 'Hall_1 dakkio', type: 'read' },
    ]);
  });

  it.each([
    ['type=write', [0, 2]],
    ['type=read', [1, 3]],
    ['type=admin', []],
    [`q=${encodeURIComponent('küche')}`, [0, 1]],
    [`q=${encodeURIComponent('ku\u0308che n')}`, [0]],
    ['q=hall', [2, 3]],
    ['q=%25', [2]],
    ['q=_', [3]],
    ['q=dakkio', [3]],
    ['q=dakkio_w_', []],
    ['q=hall&type=read', [3]],
    ['q=', [0, 1, 2, 3]],
    ['q=nowhere', []],
  ])('%s', async (query, expected) => {
    expect(await names(bucketId, query)).toEqual(expected.map((index) => made[index]?.name));
  });

  it('finds a key by the prefix of its text', async () => {
    const { body } = await list(bucketId, '');
    const [first] = body.apiKeys as Shown[];
    const { body: found } = await list(bucketId, `q=${first?.keyPrefix ?? ''}`);
    expect(found.apiKeys[0]).toEqual(first);
  });

  it.each([
    ['type=other', "type must be 'admin', 'write' or 'read'"],
    [`q=${'x'.repeat(101)}`, 'q must be a string of up to 100 characters'],
    ['q=a&q=b', 'q must be a string of up to 100 characters'],
  ])('refuses %.20s', async (query, message) => {
    expect(seen(await list(bucketId, query))).toEqual(invalid(message));
  });
});

describe('?after=', () => {
  const KEYS = 1203;
  let bucketId: string;
  beforeAll(async () => {
    bucketId = await makeBucket(server);
    for (let start = 0; start < KEYS; start += 500) {
      const count = Math.min(500, KEYS - start);
      const wanted = Array.from({ length: count }, (_, index) => {
        return { name: `${(start + index) % 2 === 0 ? 'even' : 'odd'} ${start + index}`, type: 'write' };
      });
      await makeMany(bucketId, wanted);
    }
  });

  it.each(['', 'q=even&'])('lists every key once with "%s" despite deletions between pages', async (filter) => {
    const whole = await names(bucketId, `${filter}limit=1000`);
    const total = (await list(bucketId, `${filter}limit=1`)).body.pagination.total as number;
    const rest = await names(bucketId, `${filter}limit=1000&offset=1000`);
    const all = [...whole, ...rest];
    expect(all).toHaveLength(total);
    const seenNames: string[] = [];
    let deleted = 0;
    for (let after = ''; ;) {
      const { status, body } = await list(bucketId, `${filter}limit=250${after}`);
      const page = body.apiKeys as Shown[];
      expect([status, body.pagination]).toEqual([
        200,
        { limit: 250, offset: 0, total: total - deleted, hasMore: seenNames.length + page.length < total },
      ]);
      seenNames.push(...page.map(({ name }) => name));
      if (body.pagination.hasMore === false) break;
      // The first and the last key of the page. The next request names the last one.
      for (const { _id } of [page[0], page.at(-1)] as Shown[]) {
        expect((await admin('DELETE', `/api/buckets/${bucketId}/keys/${_id}`)).status).toBe(200);
        deleted += 1;
      }
      after = `&after=${page.at(-1)?._id.toUpperCase() ?? ''}`;
    }
    expect(seenNames).toEqual(all);
  });

  it('lists none after the last key', async () => {
    const { body } = await list(bucketId, 'limit=1000&offset=1000');
    const last = (body.apiKeys as Shown[]).at(-1)?._id ?? '';
    const { body: behind } = await list(bucketId, `after=${last}`);
    expect([behind.apiKeys, behind.pagination.hasMore]).toEqual([[], false]);
    expect(behind.pagination.total).toBe(body.pagination.total);
  });

  it('refuses an id that was never in the list, and after= together with offset=', async () => {
    const elsewhere = await makeKey(server, await makeBucket(server), 'read');
    const never = invalid('after must be the _id of an entry of this list, or of one that was deleted from it');
    for (const after of [ABSENT_ID, elsewhere._id]) expect(seen(await list(bucketId, `after=${after}`))).toEqual(never);
    expect(seen(await list(bucketId, 'after=x'))).toEqual(invalid('Invalid after format'));
    const { body } = await list(bucketId, 'limit=1');
    const both = await list(bucketId, `after=${(body.apiKeys as Shown[])[0]?._id ?? ''}&offset=1`);
    expect(seen(both)).toEqual(invalid('Send either after or offset'));
    expect(seen(await list(ABSENT_ID, `after=${elsewhere._id}`))).toEqual(BUCKET_NOT_FOUND);
  });

  it('pages through the list of Admin keys too', async () => {
    for (let index = 0; index < 3; index++) await makeAdminKey(server, `Spare ${index}`);
    const { body } = await admin('GET', '/api/keys?q=spare&state=active&type=admin');
    const ids = (body.apiKeys as Shown[]).map(({ _id }) => _id);
    expect(ids).toHaveLength(3);
    await admin('DELETE', `/api/keys/${ids[0] ?? ''}`);
    const { body: next } = await admin('GET', `/api/keys?q=spare&after=${ids[0] ?? ''}`);
    expect((next.apiKeys as Shown[]).map(({ _id }) => _id)).toEqual(ids.slice(1));
  });
});
