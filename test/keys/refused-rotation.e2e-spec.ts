import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { ABSENT_ID, KEY_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());
afterEach(() => jest.restoreAllMocks());

const asAdmin = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, ...(body !== undefined && { body }) });
const pathOf = ({ _id }: { _id: string }) => `/api/buckets/${bucketId}/keys/${_id}`;
const rotate = (key: { _id: string }, wish?: object | string) => asAdmin('POST', `${pathOf(key)}/rotate`, wish);
const shown = async (key: { _id: string }) =>
  (await asAdmin('GET', pathOf(key))).body.apiKey as Record<string, unknown>;
const statusOf = async ({ key }: { key: string }) => (await server.call('GET', '/api/keys/self', { key })).status;
const fresh = (more: object = {}) => makeKey(server, bucketId, 'write', more);
const total = async () => (await asAdmin('GET', `/api/buckets/${bucketId}/keys`)).body.pagination.total as number;

/** Advances the server's clock without waiting. */
function pass(millis: number): void {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + millis);
}

describe('a second rotation', () => {
  const alreadyRotated = (apiKeyId: unknown) => ({
    status: 409,
    body: { error: 'Conflict', message: 'API key was already rotated', apiKeyId },
  });

  it('is refused while a replacement is active, and names the newest key of the line', async () => {
    const old = await fresh();
    const second = (await rotate(old)).body.apiKey as MadeKey;
    expect(seen(await rotate(old))).toEqual(alreadyRotated(second._id));
    const third = (await rotate(second)).body.apiKey as MadeKey;
    const before = await total();
    for (const key of [old, second]) expect(seen(await rotate(key))).toEqual(alreadyRotated(third._id));
    expect(await total()).toBe(before);
  });

  it('creates another replacement when the previous one was deleted, and extends no expiry', async () => {
    const old = await fresh();
    const first = await rotate(old, { gracePeriodSeconds: 60 });
    await asAdmin('DELETE', pathOf(first.body.apiKey as MadeKey));
    const second = await rotate(old, { gracePeriodSeconds: 3600 });
    expect([second.status, second.body.replaces.expiresAt]).toEqual([201, first.body.replaces.expiresAt]);
    expect((await shown(old)).replacedBy).toBe(second.body.apiKey._id);
    expect(await statusOf(second.body.apiKey as MadeKey)).toBe(200);
  });

  it('creates another replacement when the previous one still waits for its first use, and invalidates that one', async () => {
    const old = await fresh();
    const lost = (await rotate(old, { retireOnFirstUse: true })).body.apiKey as MadeKey;
    const before = await total();
    const { status, body } = await rotate(old, { retireOnFirstUse: true });
    expect([status, await total()]).toEqual([201, before]);
    expect(await statusOf(lost)).toBe(401);
    expect(await statusOf(old)).toBe(200);
    expect(await statusOf(body.apiKey as MadeKey)).toBe(200);
    expect(await statusOf(old)).toBe(401);
  });

  it('succeeds for exactly one of many concurrent requests', async () => {
    const old = await fresh();
    const before = await total();
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotate(old)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    expect(await total()).toBe(before + 1);
  });
});

describe('a refused rotation', () => {
  it('is of an expired, disabled, deleted or unknown key', async () => {
    const expired = await fresh({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
    const disabled = await fresh({ enabled: false });
    const deleted = await fresh();
    await asAdmin('DELETE', pathOf(deleted));
    pass(61_000);
    expect(seen(await rotate(expired))).toEqual(refused(409, 'Conflict', 'API key has expired'));
    expect(seen(await rotate(disabled))).toEqual(refused(409, 'Conflict', 'API key is disabled'));
    expect(seen(await rotate(deleted))).toEqual(KEY_NOT_FOUND);
    expect(seen(await rotate({ _id: ABSENT_ID }))).toEqual(KEY_NOT_FOUND);
  });

  const grace = 'gracePeriodSeconds must be a whole number from 0 to 2592000';
  const first = 'retireOnFirstUse must be true or false';
  it.each([
    [{ gracePeriodSeconds: -1 }, grace],
    [{ gracePeriodSeconds: 2_592_001 }, grace],
    [{ gracePeriodSeconds: 1.5 }, grace],
    [{ gracePeriodSeconds: '60' }, grace],
    [{ gracePeriodSeconds: [60] }, grace],
    [{ retireOnFirstUse: 'yes' }, first],
    [{ retireOnFirstUse: 1 }, first],
    [{ gracePeriodSeconds: 0, retireOnFirstUse: true }, 'retireOnFirstUse needs a grace period'],
    [{ grace: 60 }, 'Unknown property: grace'],
  ])('has the body %j, and changes nothing', async (wish, message) => {
    const old = await fresh();
    const before = [await shown(old), await total()];
    expect(seen(await rotate(old, wish))).toEqual(refused(400, 'Validation Error', message));
    expect([await shown(old), await total()]).toEqual(before);
  });

  it.each(['not json', '[]', '""'])('has the raw body %s', async (body) => {
    const old = await fresh();
    expect((await rotate(old, body)).status).toBe(400);
  });
});
