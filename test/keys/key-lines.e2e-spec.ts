import { rate, quota } from '../support/limits';
import { makeAdminKey, makeBucket, makeKey, type MadeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import { createDatabase, startApp, type TestApp } from '../support/test-app';

const HOUR = 3_600_000;

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const asAdmin = (method: string, path: string, body?: object) =>
  server.call(method, path, { key: server.adminKey, ...(body && { body }) });
const pathOf = ({ _id }: { _id: string }) => `/api/buckets/${bucketId}/keys/${_id}`;
const fresh = (more: object = {}) => makeKey(server, bucketId, 'write', more);
const statusOf = async ({ key }: { key: string }, { call } = server) =>
  (await call('GET', '/api/keys/self', { key })).status;
const rotate = async (key: { _id: string }, wish: object = {}) => asAdmin('POST', `${pathOf(key)}/rotate`, wish);
const next = async (key: { _id: string }, wish?: object) => (await rotate(key, wish)).body.apiKey as MadeKey;
const rotateSelf = ({ key }: { key: string }, body: object = {}, { call } = server) =>
  call('POST', '/api/keys/self/rotate', { key, body });
const nextBySelf = async (key: MadeKey, wish?: object) => (await rotateSelf(key, wish)).body.apiKey as MadeKey;
const described = ({ _id }: MadeKey, madeBy: 'admin' | 'self') => ({ _id, name: 'Living Room Sensor', madeBy });

/** Advances the server's clock without waiting. */
function pass(millis: number): void {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + millis);
}

describe('the keys of a line', () => {
  it.each(['day', 'month'] as const)('share one quota per %s', async (per) => {
    const old = await fresh(quota(4, per));
    expect([await statusOf(old), await statusOf(old)]).toEqual([200, 200]);
    const made = await next(old);
    expect([await statusOf(made), await statusOf(old)]).toEqual([200, 200]);
    const last = await next(made);
    expect([await statusOf(last), await statusOf(made), await statusOf(old)]).toEqual([429, 429, 429]);
  });

  it('share one quota with replaced and deleted keys', async () => {
    const old = await fresh(quota(3, 'day'));
    expect([await statusOf(old), await statusOf(old)]).toEqual([200, 200]);
    const made = await next(old, { gracePeriodSeconds: 0 });
    await asAdmin('DELETE', pathOf(old));
    expect([await statusOf(made), await statusOf(made)]).toEqual([200, 429]);
  });

  it('count requests from before a restart towards the quota', async () => {
    const database = await createDatabase();
    const first = await startApp({}, database);
    const bucket = await makeBucket(first);
    const old = await makeKey(first, bucket, 'read', quota(5, 'month'));
    expect([await statusOf(old, first), await statusOf(old, first)]).toEqual([200, 200]);
    // The rotation itself is a request of the old key.
    const made = (await rotateSelf(old, {}, first)).body.apiKey as MadeKey;
    expect(await statusOf(made, first)).toBe(200);
    await first.stop();
    const second = await startApp({}, database);
    expect([await statusOf(made, second), await statusOf(old, second)]).toEqual([200, 429]);
    await second.stop();
    await database.remove();
  });

  it('share one rate limit', async () => {
    const old = await fresh(rate(4, 86_400));
    expect([await statusOf(old), await statusOf(old)]).toEqual([200, 200]);
    const made = await next(old);
    expect([await statusOf(made), await statusOf(made)]).toEqual([200, 200]);
    expect([await statusOf(made), await statusOf(old)]).toEqual([429, 429]);
  });

  it('are counted separately from other lines', async () => {
    const [one, other] = [await fresh(quota(1, 'day')), await fresh(quota(1, 'day'))];
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 200]);
  });
});

describe('a key that was rotated', () => {
  /** Three active keys of one line. The second key created the third itself. */
  async function line(more: object = {}): Promise<[MadeKey, MadeKey, MadeKey]> {
    const first = await fresh(more);
    const second = await next(first);
    return [first, second, await nextBySelf(second)];
  }

  it('is deleted alone, and the reply lists its active descendants', async () => {
    const [first, second, third] = await line();
    const { status, body } = await asAdmin('DELETE', pathOf(first));
    expect([status, body]).toEqual([
      200,
      {
        message: 'API key deleted successfully',
        deletedKey: { _id: first._id, name: 'Living Room Sensor', type: 'write' },
        descendants: [described(second, 'admin'), described(third, 'self')],
      },
    ]);
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([401, 200, 200]);
  });

  it('is deleted with its descendants by ?line=true, but without its ancestors', async () => {
    const [first, second, third] = await line();
    const { body } = await asAdmin('DELETE', `${pathOf(second)}?line=true`);
    expect(body.descendants).toEqual([described(third, 'self')]);
    expect([await statusOf(first), await statusOf(second), await statusOf(third)]).toEqual([200, 401, 401]);
    const { body: log } = await asAdmin('GET', `/api/audit?action=apiKey.deleted&targetId=${third._id}`);
    expect(log.auditEvents).toHaveLength(1);
  });

  it('lists no descendants when none is active', async () => {
    const [first, second, third] = await line();
    await asAdmin('DELETE', pathOf(third));
    expect((await asAdmin('DELETE', pathOf(second))).body).not.toHaveProperty('descendants');
    expect((await asAdmin('DELETE', `${pathOf(first)}?line=true`)).body).not.toHaveProperty('descendants');
  });

  it('does not list keys created from an older key as descendants', async () => {
    const [first, second, third] = await line();
    await asAdmin('DELETE', pathOf(third));
    const sibling = await next(first);
    expect((await asAdmin('DELETE', `${pathOf(second)}?line=true`)).body).not.toHaveProperty('descendants');
    expect(await statusOf(sibling)).toBe(200);
  });

  it.each([
    ['disabled', { enabled: false }, 401],
    ['given other addresses', { allowedIps: ['192.0.2.1'] }, 403],
    // The line has already used up this quota.
    ['given a lower quota', quota(1, 'day'), 429],
    ['given a rate limit', rate(10, 60), 200],
    ['given an end', { expiresAt: '2998-01-31T12:00:00.000Z' }, 200],
  ])('and is %s lists the descendants that are not, and changes them with ?line=true', async (_what, body, status) => {
    const [first, second, third] = await line();
    const descendants = [described(second, 'admin'), described(third, 'self')];
    await asAdmin('PATCH', pathOf(first), { expiresAt: '2999-01-31T12:00:00.000Z' });
    const alone = await asAdmin('PATCH', pathOf(first), body);
    expect([alone.status, alone.body.descendants]).toEqual([200, descendants]);
    expect(await statusOf(third)).toBe(200);
    const all = await asAdmin('PATCH', `${pathOf(first)}?line=true`, body);
    expect([all.status, all.body.descendants]).toEqual([200, descendants]);
    expect(await statusOf(third)).toBe(status);
    expect((await asAdmin('GET', pathOf(third))).body.apiKey).toMatchObject(body);
  });

  it.each([
    { name: 'Other' },
    { metadata: { a: 'b' } },
    { enabled: true },
    { expiresAt: '2999-01-31T12:00:00Z' },
    { allowedIps: ['0.0.0.0/0', '::/0'] },
    rate(600, 60),
  ])('and gets no new restriction lists no descendants: %j', async (body) => {
    const [first] = await line({ allowedIps: ['127.0.0.1'], ...rate(60, 60) });
    expect((await asAdmin('PATCH', pathOf(first), body)).body).not.toHaveProperty('descendants');
  });

  it('keeps the end of its grace period when the line gets a later expiry', async () => {
    const [first, second, third] = await line();
    const ends = async (key: MadeKey) => (await asAdmin('GET', pathOf(key))).body.apiKey.expiresAt as string;
    const before = await ends(second);
    await asAdmin('PATCH', `${pathOf(first)}?line=true`, { expiresAt: '2999-01-31T12:00:00.000Z' });
    expect([await ends(second), await ends(third)]).toEqual([before, '2999-01-31T12:00:00.000Z']);
  });

  it('works the same for Admin keys', async () => {
    const key = await makeAdminKey(server);
    const { _id } = (await server.call('GET', '/api/keys/self', { key })).body.apiKey as MadeKey;
    const made = (await rotateSelf({ key })).body.apiKey as MadeKey;
    const { body } = await asAdmin('DELETE', `/api/keys/${_id}?line=true`);
    expect(body.descendants).toEqual([{ _id: made._id, name: 'One more', madeBy: 'self' }]);
    expect([await statusOf({ key }), await statusOf(made)]).toEqual([401, 401]);
  });

  it('refuses line=maybe with 400', async () => {
    const key = await fresh();
    const wrong = refused(400, 'Validation Error', 'line must be true or false');
    expect(seen(await asAdmin('DELETE', `${pathOf(key)}?line=maybe`))).toEqual(wrong);
    expect(seen(await asAdmin('PATCH', `${pathOf(key)}?line=1`, { name: 'x' }))).toEqual(wrong);
    expect(await statusOf(key)).toBe(200);
  });
});

describe('a permanently replaced key', () => {
  const RETIRED = refused(409, 'Conflict', 'API key was replaced and cannot be used again');

  it.each([
    ['with a grace period of 0', { gracePeriodSeconds: 0 }],
    ['by the first use of the next one', { retireOnFirstUse: true }],
  ])('%s stays invalid, whatever the clock says and whatever is changed', async (_what, wish) => {
    const old = await fresh();
    expect(await statusOf(await next(old, wish))).toBe(200);
    // A machine whose clock is slow.
    pass(-HOUR);
    expect(await statusOf(old)).toBe(401);
    jest.restoreAllMocks();
    for (const body of [{ enabled: true }, { expiresAt: null }, { expiresAt: '2999-01-31T12:00:00Z' }])
      expect(seen(await asAdmin('PATCH', pathOf(old), body))).toEqual(RETIRED);
    expect((await asAdmin('PATCH', pathOf(old), { name: 'Old' })).status).toBe(200);
    expect([await statusOf(old), (await rotate(old)).status]).toEqual([401, 409]);
  });

  it('stays invalid when it was disabled at the first use of its replacement', async () => {
    const old = await fresh();
    const made = await next(old, { retireOnFirstUse: true });
    await asAdmin('PATCH', pathOf(old), { enabled: false });
    expect(await statusOf(made)).toBe(200);
    expect(seen(await asAdmin('PATCH', pathOf(old), { enabled: true }))).toEqual(RETIRED);
    expect(await statusOf(old)).toBe(401);
  });
});
