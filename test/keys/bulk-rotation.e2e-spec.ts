import { parse } from 'csv-parse/sync';
import { invalid, NAMED_WRONG } from '../support/chosen-keys';
import { makeBucket, type MadeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
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
const rotate = (body: unknown, headers: Record<string, string> = {}) =>
  call('POST', keys('/bulk/rotate'), body, headers);
const rotateOne = async (id: string, body: object = {}) => {
  const { status, body: reply } = await call('POST', keys(`/${id}/rotate`), body);
  expect(status).toBe(201);
  return reply.apiKey as Shown;
};
const auditOf = async (action: string) =>
  (await call('GET', `/api/audit?bucketId=${bucketId}&action=${action}&limit=1000`)).body;

describe('POST …/keys/bulk/rotate', () => {
  it('replaces all keys in one transaction, with the same rights', async () => {
    const made = await makeMany(500, { metadata: { room: 'hall' }, quota: { limit: 1000, per: 'day' } });
    const { status, body, headers } = await rotate({ ids: idsOf(made), gracePeriodSeconds: 0 });
    expect([status, body.message, headers.get('cache-control')]).toEqual([
      201,
      'API keys rotated successfully',
      'no-store',
    ]);
    const next = body.apiKeys as Shown[];
    expect(next.map(({ replaces }) => replaces)).toEqual(idsOf(made));
    expect(idsOf(body.replaces as Shown[])).toEqual(idsOf(made));
    expect(next[499]).toMatchObject({
      name: 'Sensor 499',
      metadata: { room: 'hall' },
      quota: { limit: 1000, per: 'day' },
    });
    expect(new Set(next.map(({ key }) => key)).size).toBe(500);
    expect(await open([...made.slice(-2), ...next.slice(-2)])).toEqual([false, false, true, true]);
    expect((await auditOf('apiKey.rotated')).pagination.total).toBe(500);
    expect((await call('GET', `/api/buckets/${bucketId}`)).body.bucket.stats.apiKeyCount).toBe(500);
    // Each replacement is the newest key of its line, and can be rotated like any other key.
    expect((await rotateOne(next[0]?._id ?? '')).replaces).toBe(next[0]?._id);
  });

  it('keeps the old keys valid for the grace period, or until the first use', async () => {
    const made = await makeMany(2);
    const { body } = await rotate({ ids: idsOf(made), gracePeriodSeconds: 600, retireOnFirstUse: true });
    const [used] = body.apiKeys as [Shown];
    const end = Date.parse((body.replaces as { expiresAt: string }[])[0]?.expiresAt ?? '');
    expect(Math.abs(end - Date.now() - 600_000)).toBeLessThan(60_000);
    expect(await open(made)).toEqual([true, true]);
    expect(await opens(used)).toBe(true);
    expect(await open(made)).toEqual([false, true]);
  });

  it('rotates by filter every month only active keys that were not replaced', async () => {
    const made = await makeMany(3);
    await makeMany(2, { enabled: false }, 'Sensor off');
    const first = await rotate({ filter: { q: 'sensor' } });
    expect((first.body.apiKeys as Shown[]).map(({ replaces }) => replaces)).toEqual(idsOf(made));
    const second = await rotate({ filter: { q: 'sensor' } });
    expect((second.body.apiKeys as Shown[]).map(({ replaces }) => replaces)).toEqual(
      idsOf(first.body.apiKeys as Shown[]),
    );
    const message = 'API key is disabled';
    const { status, body } = await rotate({ filter: { state: 'disabled' } });
    expect([status, body.message, body.details[0].path.slice(0, 2)]).toEqual([409, message, ['body', 'filter']]);
  });

  it.each(NAMED_WRONG)('refuses %s', async (_what, body, refusal) => {
    const made = await makeMany(1);
    expect(seen(await rotate(body))).toEqual(refusal);
    expect(await listed()).toHaveLength(made.length);
  });

  it('refuses a first use without a grace period', async () => {
    const [made] = (await makeMany(1)) as [Shown];
    expect(seen(await rotate({ ids: [made._id], gracePeriodSeconds: 0, retireOnFirstUse: true }))).toEqual(
      invalid('retireOnFirstUse needs a grace period'),
    );
  });

  it('replaces none when one cannot be replaced, and says which and why', async () => {
    const [fine, off, old] = (await makeMany(3)) as [Shown, Shown, Shown];
    const next = await rotateOne(old._id);
    await call('PATCH', keys(`/${off._id}`), { enabled: false });
    const before = idsOf(await listed());
    const conflict = (message: string, index: number, more: object = {}) => ({
      status: 409,
      body: { error: 'Conflict', message, ...more, details: [{ path: ['body', 'ids', index], message }] },
    });
    expect(seen(await rotate({ ids: [fine._id, off._id] }))).toEqual(conflict('API key is disabled', 1));
    const again = conflict('API key was already rotated', 1, { apiKeyId: next._id });
    expect(seen(await rotate({ ids: [fine._id, old._id] }))).toEqual(again);
    // Only the newest key of a line can be rotated, also together with other keys.
    const waiting = await rotateOne(fine._id, { retireOnFirstUse: true });
    expect(seen(await rotate({ ids: [waiting._id, fine._id] }))).toEqual(
      conflict('API key was already rotated', 1, { apiKeyId: waiting._id }),
    );
    expect(idsOf(await listed())).toEqual([...before, waiting._id]);
    expect(await open([fine, waiting, old, next])).toEqual([true, true, true, true]);
  });

  it('replaces none when a line is full', async () => {
    const [fine, full] = (await makeMany(2)) as [Shown, Shown];
    let newest = full;
    for (let living = 1; living < 8; living++) newest = await rotateOne(newest._id);
    const message = `A key and what it was rotated into can be 8 living keys. The oldest of this line is ${full._id}`;
    expect(seen(await rotate({ ids: [fine._id, newest._id] }))).toEqual({
      status: 409,
      body: { error: 'Conflict', message, apiKeyId: full._id, details: [{ path: ['body', 'ids', 1], message }] },
    });
    expect((await rotate({ ids: [fine._id, newest._id], gracePeriodSeconds: 0 })).status).toBe(201);
  });

  it('runs once when the request is retried, also when its filter now matches too many keys', async () => {
    const made = await makeMany(2);
    const headers = { 'Idempotency-Key': `monthly-${bucketId}` };
    const first = await rotate({ ids: idsOf(made) }, headers);
    const again = {
      error: 'Conflict',
      message: 'This request was already processed',
      apiKeyIds: idsOf(first.body.apiKeys as Shown[]),
    };
    expect(seen(await rotate({ ids: idsOf(made) }, headers))).toEqual({ status: 409, body: again });
    expect(seen(await rotate({ ids: idsOf(made), gracePeriodSeconds: 5 }, headers))).toEqual(
      refused(422, 'Unprocessable Entity', 'Idempotency-Key was used before with another request'),
    );
    const byFilter = { 'Idempotency-Key': `filter-${bucketId}` };
    const body = { filter: { q: 'Sensor' } };
    expect((await rotate(body, byFilter)).status).toBe(201);
    await makeMany(499);
    expect((await rotate(body, byFilter)).status).toBe(409);
    expect(seen(await rotate(body, { 'Idempotency-Key': 'another' }))).toEqual(
      invalid('filter matches 501 keys. At most 500 can be changed at once'),
    );
  });

  it('replies in CSV that can be used to flash devices', async () => {
    const [made] = (await makeMany(1, { allowedIps: ['127.0.0.1', '::1'] })) as [Shown];
    const csv = `_id\r\n${made._id}\r\n`;
    const { status, body } = await rotate(csv, { 'Content-Type': 'text/csv', Accept: 'text/csv' });
    expect(status).toBe(201);
    const [row] = parse(body as string, { columns: true }) as unknown as [Shown];
    expect(row).toMatchObject({ name: 'Sensor 0', type: 'write', replaces: made._id, allowedIps: '127.0.0.1 ::1' });
    expect(await opens(row)).toBe(true);
  });
});
