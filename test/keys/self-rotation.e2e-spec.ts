import { SELF_ROTATIONS_PER_DAY } from '../../src/api-keys/key-rotation';
import { RateLimiter } from '../../src/auth/rate-limits/rate-limiter';
import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
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

it('limits self-rotation to a thousand per line and day, but not rotation by an Admin key', async () => {
  const first = await fresh();
  const made = await nextBySelf(first, { gracePeriodSeconds: 0 });
  const limit = { limit: SELF_ROTATIONS_PER_DAY, windowSeconds: 86_400 };
  const take = () => server.app.get(RateLimiter).take(`rotations of ${first._id}`, limit);
  for (let times = 1; times < SELF_ROTATIONS_PER_DAY; times++) expect(await take()).toMatchObject({ admitted: true });
  const answer = await rotateSelf(made, { gracePeriodSeconds: 0 });
  expect([answer.status, answer.body.error]).toEqual([429, 'Too Many Requests']);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await statusOf(made)).toBe(200);
  expect((await rotateSelf(await fresh(), {})).status).toBe(201);
  expect((await rotate(made)).status).toBe(201);
});

describe('a key with selfRotation: false', () => {
  const FORBIDDEN = refused(403, 'Forbidden', 'This key may not rotate itself');

  it('cannot rotate itself, nor can the replacement that an Admin key creates', async () => {
    const shared = await fresh({ selfRotation: false });
    expect(shared).toMatchObject({ selfRotation: false });
    expect(seen(await rotateSelf(shared))).toEqual(FORBIDDEN);
    const made = await next(shared);
    expect(made).toMatchObject({ selfRotation: false });
    expect(seen(await rotateSelf(made))).toEqual(FORBIDDEN);
    expect((await asAdmin('GET', pathOf(made))).body.apiKey.selfRotation).toBe(false);
    expect(await statusOf(shared)).toBe(200);
  });

  it('can be an Admin key or one of a bulk creation; true is the default', async () => {
    const body = { name: 'Shared', type: 'admin', selfRotation: false };
    const admin = (await asAdmin('POST', '/api/keys', body)).body.apiKey as MadeKey;
    expect(seen(await rotateSelf(admin))).toEqual(FORBIDDEN);
    const keys = [true, false].map((selfRotation) => ({ name: 'n', type: 'read', selfRotation }));
    const { body: many } = await asAdmin('POST', `/api/buckets/${bucketId}/keys/bulk`, { keys });
    expect(many.apiKeys[0]).not.toHaveProperty('selfRotation');
    expect((await rotateSelf(many.apiKeys[0] as MadeKey)).status).toBe(201);
    expect(seen(await rotateSelf(many.apiKeys[1] as MadeKey))).toEqual(FORBIDDEN);
  });

  it.each([
    ['at its creation: only true or false', 'POST', { name: 'n', type: 'read', selfRotation: 'no' }],
    ['later: never', 'PATCH', { selfRotation: true }],
  ])('is refused %s', async (_what, method, body) => {
    const path = method === 'POST' ? `/api/buckets/${bucketId}/keys` : pathOf(await fresh());
    expect((await asAdmin(method, path, body)).status).toBe(400);
  });
});
