import { parse } from 'csv-parse/sync';
import { invalid, NAMED_WRONG } from '../support/chosen-keys';
import { makeAdminKey, makeBucket, makeKey, makeOrganization, type MadeKey } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => (bucketId = await makeBucket(server)));
afterAll(() => server.stop());

interface Shown extends MadeKey {
  readonly name: string;
  readonly type: string;
  readonly replaces?: string;
}
const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  server.call(method, path, { key: server.adminKey, body, headers });
const keys = (rest = '') => `/api/buckets/${bucketId}/keys${rest}`;
const makeMany = async (count: number, more: object = {}, name = 'Sensor') => {
  const wanted = Array.from({ length: count }, (_, index) => ({ name: `${name} ${index}`, type: 'write', ...more }));
  const { status, body } = await call('POST', keys('/bulk'), { keys: wanted });
  expect(status).toBe(201);
  return body.apiKeys as Shown[];
};
const idsOf = (made: readonly { readonly _id: string }[]) => made.map(({ _id }) => _id);
const opens = async ({ key }: MadeKey) => (await server.call('GET', '/api/keys/self', { key })).status === 200;
const open = async (made: readonly MadeKey[]) => Promise.all(made.map(opens));
const listed = async (query = '') => (await call('GET', keys(`?limit=1000${query}`))).body.apiKeys as Shown[];
const revoke = (body: unknown, query = '', headers: Record<string, string> = {}) =>
  call('POST', keys(`/bulk/revoke${query}`), body, headers);
const rotate = (body: unknown, headers: Record<string, string> = {}) =>
  call('POST', keys('/bulk/rotate'), body, headers);
const rotateOne = async (id: string, body: object = {}) => {
  const { status, body: reply } = await call('POST', keys(`/${id}/rotate`), body);
  expect(status).toBe(201);
  return reply.apiKey as Shown;
};
const auditOf = async (action: string) =>
  (await call('GET', `/api/audit?bucketId=${bucketId}&action=${action}&limit=1000`)).body;

describe('POST …/keys/bulk/revoke', () => {
  it('revokes all keys in one transaction, and lists each', async () => {
    const made = await makeMany(500);
    const spared = await makeMany(1);
    const ids = idsOf(made).reverse();
    const { status, body } = await revoke({ ids });
    expect([status, body.message]).toEqual([200, 'API keys revoked successfully']);
    expect(body.revokedKeys).toEqual(made.map(({ _id, name, type }) => ({ _id, name, type })).reverse());
    expect(Object.keys(body as object)).toEqual(['message', 'revokedKeys']);
    expect(await open([...made.slice(0, 3), ...made.slice(-3), ...spared])).toEqual([...Array(6).fill(false), true]);
    expect(idsOf(await listed())).toEqual(idsOf(spared));
    const log = await auditOf('apiKey.deleted');
    expect(log.pagination.total).toBe(500);
    expect(new Set(log.auditEvents.map(({ target }: { target: { _id: string } }) => target._id))).toEqual(new Set(ids));
    // The bucket has room for the same number of keys again.
    expect((await call('GET', `/api/buckets/${bucketId}`)).body.bucket.stats.apiKeyCount).toBe(1);
  });

  it('treats a repeated id, also in upper case, as one', async () => {
    const [made] = (await makeMany(1)) as [Shown];
    const { body } = await revoke({ ids: [made._id, made._id.toUpperCase()] });
    expect(idsOf(body.revokedKeys as Shown[])).toEqual([made._id]);
  });

  it('revokes the keys that match a filter', async () => {
    const off = await makeMany(3, { enabled: false }, 'Off');
    const on = await makeMany(2, {}, 'On');
    const { body } = await revoke({ filter: { state: 'disabled', type: 'write', q: 'off' } });
    expect(idsOf(body.revokedKeys as Shown[])).toEqual(idsOf(off));
    expect(idsOf(await listed())).toEqual(idsOf(on));
    expect((await revoke({ filter: { state: 'disabled' } })).body.revokedKeys).toEqual([]);
    expect((await revoke({ filter: { unusedForDays: 1 } })).body.revokedKeys).toEqual([]);
  });

  it.each(NAMED_WRONG)('refuses %s', async (_what, body, refusal) => {
    const made = await makeMany(1);
    expect(seen(await revoke(body))).toEqual(refusal);
    expect(await open(made)).toEqual([true]);
  });

  it('revokes none when one is missing, and names the positions of the missing ones', async () => {
    const made = await makeMany(3);
    const elsewhere = await makeKey(server, await makeBucket(server), 'read');
    await revoke({ ids: [made[1]?._id] });
    const ids = [made[0]?._id, made[1]?._id, elsewhere._id, ABSENT_ID, made[2]?._id];
    const message = 'API key not found';
    expect(seen(await revoke({ ids }))).toEqual({
      status: 404,
      body: {
        error: 'Not Found',
        message,
        details: [1, 2, 3].map((index) => ({ path: ['body', 'ids', index], message })),
      },
    });
    expect(await open([made[0], made[2], elsewhere] as MadeKey[])).toEqual([true, true, true]);
  });

  it('refuses a filter that matches more than 500 keys', async () => {
    await makeMany(500);
    await makeMany(1);
    expect(seen(await revoke({ filter: { q: 'sensor' } }))).toEqual(
      invalid('filter matches 501 keys. At most 500 can be changed at once'),
    );
    expect(await listed()).toHaveLength(501);
    expect((await revoke({ filter: { q: 'Sensor 49' } })).body.revokedKeys).toHaveLength(11);
  });

  it('lists the active descendants that were not selected, and revokes them with ?line=true', async () => {
    const [first, second, alone] = (await makeMany(3)) as [Shown, Shown, Shown];
    const ofFirst = await rotateOne(first._id);
    const ofThat = await rotateOne(ofFirst._id);
    const ofSecond = await rotateOne(second._id);
    const shown = (made: Shown) => ({ _id: made._id, name: made.name, madeBy: 'admin' });
    // The middle key of the first line, which has an ancestor and a descendant, and both keys of the second line.
    const { body } = await revoke({ ids: [alone._id, ofFirst._id, second._id, ofSecond._id] });
    expect([idsOf(body.revokedKeys as Shown[]), body.descendants]).toEqual([
      [alone._id, ofFirst._id, second._id, ofSecond._id],
      [shown(ofThat)],
    ]);
    expect(await open([first, ofThat])).toEqual([true, true]);
    const { body: whole } = await revoke({ ids: [first._id] }, '?line=true');
    expect(whole.descendants).toEqual([shown(ofThat)]);
    expect(await open([first, ofThat])).toEqual([false, false]);
    expect(await listed()).toEqual([]);
  });

  it('accepts the CSV reply of the bulk creation unchanged, and replies in CSV', async () => {
    const csv = await call('POST', keys('/bulk'), 'name;type;metadata.a\n=1+1;write;x\nB;read;\n', {
      'Content-Type': 'text/csv',
      Accept: 'text/csv',
    });
    const made = parse(csv.body as string, { columns: true }) as unknown as Shown[];
    const next = await rotateOne(made[1]?._id ?? '');
    const headers = { 'Content-Type': 'text/csv', Accept: 'text/csv' };
    const { status, body } = await revoke(csv.body, '?excel=1', headers);
    expect([status, body]).toEqual([
      200,
      `_id,name,type,revoked\n${made[0]?._id},'=1+1,write,true\n${made[1]?._id},B,read,true\n${next._id},B,read,false\n`,
    ]);
    expect((await revoke(`id\n${next._id}\n`, '', { 'Content-Type': 'text/csv' })).body.revokedKeys).toHaveLength(1);
    expect(seen(await revoke('name\nx\n', '', headers))).toEqual(
      invalid('The first line of the CSV must name the columns _id'),
    );
    expect(seen(await revoke('_id\n', '', headers))).toEqual(invalid('ids must be a list of 1 to 500 ids'));
    expect(seen(await revoke(`_id\n${`${ABSENT_ID}\n`.repeat(501)}`, '', headers))).toEqual(
      invalid('ids must be a list of 1 to 500 ids'),
    );
  });

  it('answers 404 for an unknown bucket', async () => {
    bucketId = ABSENT_ID;
    expect(seen(await revoke({ ids: [ABSENT_ID] }))).toEqual(BUCKET_NOT_FOUND);
    expect(seen(await revoke({ filter: { q: 'x' } }))).toEqual(BUCKET_NOT_FOUND);
    expect(seen(await rotate({ filter: { q: 'x' } }))).toEqual(BUCKET_NOT_FOUND);
  });
});

describe('Admin keys in bulk', () => {
  it('always leave the organization with at least one', async () => {
    const own = await makeOrganization(server, 'Bulk');
    const as = (method: string, path: string, body?: unknown) => server.call(method, path, { key: own, body });
    const { body } = await as('GET', '/api/keys');
    const [mine] = body.apiKeys as [Shown];
    const spare = (await as('POST', '/api/keys', { name: 'Spare', type: 'admin' })).body.apiKey as Shown;
    const both = { ids: [mine._id, spare._id] };
    expect(seen(await as('POST', '/api/keys/bulk/revoke', both))).toEqual(
      refused(409, 'Conflict', 'The last Admin key cannot be deleted'),
    );
    expect(await opens(spare)).toBe(true);
    const { status, body: rotated } = await as('POST', '/api/keys/bulk/rotate', { ...both, gracePeriodSeconds: 0 });
    expect([status, await opens(spare), await open(rotated.apiKeys as Shown[])]).toEqual([201, false, [true, true]]);
    const [first, second] = rotated.apiKeys as [Shown, Shown];
    const { body: revoked } = await server.call('POST', '/api/keys/bulk/revoke', {
      key: first.key,
      body: { ids: [second._id] },
    });
    expect(revoked.revokedKeys).toEqual([{ _id: second._id, name: 'Spare', type: 'admin' }]);
  });

  it('are separate from the keys of a bucket', async () => {
    const { _id } = await makeKey(server, bucketId, 'read');
    expect((await call('POST', '/api/keys/bulk/revoke', { ids: [_id] })).status).toBe(404);
    await makeAdminKey(server, 'Elsewhere');
    const { body } = await call('GET', '/api/keys?q=elsewhere');
    expect((await revoke({ ids: idsOf(body.apiKeys as Shown[]) })).status).toBe(404);
  });
});
