import { startAlertScene, type AlertScene } from '../support/alerts';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { seen } from '../support/refusals';
import { startReceiver, type Receiver } from '../support/receiver';

let receiver: Receiver;
let scene: AlertScene;
let bucketId: string;
beforeAll(async () => {
  receiver = await startReceiver();
  scene = await startAlertScene(receiver);
});
beforeEach(async () => (bucketId = await makeBucket(scene.app)));
afterAll(async () => {
  await scene.app.stop();
  await receiver.close();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}, key = scene.app.adminKey) =>
  scene.app.call('POST', path, { key, body, headers });
const bulk = (rest: string) => `/api/buckets/${bucketId}/keys/bulk/${rest}`;
const once = (key: string) => ({ 'Idempotency-Key': key });
const opens = async (key: string) => (await scene.app.call('GET', '/api/keys/self', { key })).status === 200;
const CONFLICT = { error: 'Conflict', message: 'This request was already processed' };
const REUSED = {
  status: 422,
  body: { error: 'Unprocessable Entity', message: 'Idempotency-Key was used before with another request' },
};

describe('POST …/keys/bulk/revoke with an Idempotency-Key', () => {
  it('answers a retry by ids with the revoked keys instead of 404', async () => {
    const [one, other] = [await makeKey(scene.app, bucketId, 'read'), await makeKey(scene.app, bucketId, 'write')];
    const ids = [one._id, other._id];
    expect((await post(bulk('revoke'), { ids }, once('by-ids'))).status).toBe(200);
    const retry = await post(bulk('revoke'), { ids }, once('by-ids'));
    expect(seen(retry)).toEqual({ status: 409, body: { ...CONFLICT, apiKeyIds: ids } });
    expect((await post(bulk('revoke'), { ids }, once('another'))).status).toBe(404);
    expect(seen(await post(bulk('revoke'), { ids: [one._id] }, once('by-ids')))).toEqual(REUSED);
    expect(seen(await post(bulk('revoke?line=true'), { ids }, once('by-ids')))).toEqual(REUSED);
  });

  it('does not revoke keys that match the filter only at the retry', async () => {
    const { _id } = await makeKey(scene.app, bucketId, 'write');
    const filter = { type: 'write' };
    const first = await post(bulk('revoke'), { filter }, once('by-filter'));
    expect([first.status, first.body.revokedKeys.length]).toEqual([200, 1]);
    const later = await makeKey(scene.app, bucketId, 'write');
    const retry = await post(bulk('revoke'), { filter }, once('by-filter'));
    expect(seen(retry)).toEqual({ status: 409, body: { ...CONFLICT, apiKeyIds: [_id] } });
    expect(await opens(later.key)).toBe(true);
  });

  it('stores no record of a refused request', async () => {
    const { _id, key } = await makeKey(scene.app, bucketId, 'read');
    const ids = [_id, 'f'.repeat(24)];
    expect((await post(bulk('revoke'), { ids }, once('refused'))).status).toBe(404);
    expect(await opens(key)).toBe(true);
    expect((await post(bulk('revoke'), { ids: [_id] }, once('refused'))).status).toBe(200);
  });

  it('works for Admin keys, separately for each organization', async () => {
    const admin = await makeOrganization(scene.app, 'Retries');
    const made = await post('/api/keys', { name: 'Second', type: 'admin' }, {}, admin);
    const ids = [made.body.apiKey._id as string];
    const path = '/api/keys/bulk/revoke';
    expect((await post(path, { ids }, once('by-ids'), admin)).status).toBe(200);
    const retry = await post(path, { ids }, once('by-ids'), admin);
    expect(seen(retry)).toEqual({ status: 409, body: { ...CONFLICT, apiKeyIds: ids } });
  });
});

describe('POST /api/alerts/:alertId/rotate-secret with an Idempotency-Key', () => {
  it('rotates once, and answers a retry with the id of the rule', async () => {
    const { _id } = await scene.makeRule('temperature > 30');
    const path = `/api/alerts/${_id}/rotate-secret`;
    const first = await post(path, undefined, once('secret'));
    expect([first.status, typeof first.body.webhookSecret]).toEqual([200, 'string']);
    for (let times = 0; times < 4; times++)
      expect(seen(await post(path, undefined, once('secret')))).toEqual({
        status: 409,
        body: { ...CONFLICT, alertRuleId: _id },
      });
    const log = await scene.app.call('GET', `/api/audit?action=alertRule.secretRotated&targetId=${_id}`, {
      key: scene.app.adminKey,
    });
    expect(log.body.pagination.total).toBe(1);
    expect((await post(path, undefined)).status).toBe(200);
  });
});

describe('POST …/keys/bulk/rotate from CSV', () => {
  const csv = async (ids: readonly string[], query: string, headers: Record<string, string> = {}) =>
    post(bulk(`rotate${query}`), `_id\n${ids.join('\n')}\n`, { 'Content-Type': 'text/csv', ...headers });

  it('accepts the grace period as a query parameter', async () => {
    const { _id, key } = await makeKey(scene.app, bucketId, 'write');
    const { status, body } = await csv([_id], '?gracePeriodSeconds=3600');
    expect(status).toBe(201);
    const seconds = (Date.parse(body.replaces[0].expiresAt as string) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(3500);
    expect(seconds).toBeLessThanOrEqual(3600);
    expect(await opens(key)).toBe(true);
  });

  it('expires the old keys at once with 0, and at the first use with retireOnFirstUse', async () => {
    const [zero, used] = [await makeKey(scene.app, bucketId, 'write'), await makeKey(scene.app, bucketId, 'write')];
    expect((await csv([zero._id], '?gracePeriodSeconds=0')).status).toBe(201);
    expect(await opens(zero.key)).toBe(false);
    const { body } = await csv([used._id], '?retireOnFirstUse=true');
    expect(await opens(used.key)).toBe(true);
    expect(await opens(body.apiKeys[0].key as string)).toBe(true);
    expect(await opens(used.key)).toBe(false);
  });

  it.each([
    ['?gracePeriodSeconds=-1', 'gracePeriodSeconds must be a whole number from 0 to 2592000'],
    ['?gracePeriodSeconds=2592001', 'gracePeriodSeconds must be a whole number from 0 to 2592000'],
    ['?gracePeriodSeconds=1h', 'gracePeriodSeconds must be a whole number from 0 to 2592000'],
    ['?retireOnFirstUse=yes', 'retireOnFirstUse must be true or false'],
  ])('refuses %s', async (query, message) => {
    const { _id, key } = await makeKey(scene.app, bucketId, 'write');
    const refused = { status: 400, body: { error: 'Validation Error', message } };
    expect(seen(await csv([_id], query))).toEqual(refused);
    expect(await opens(key)).toBe(true);
  });

  it('accepts the query parameter for JSON too, and refuses it together with the field', async () => {
    const { _id } = await makeKey(scene.app, bucketId, 'write');
    const both = await post(bulk('rotate?gracePeriodSeconds=5'), { ids: [_id], retireOnFirstUse: true });
    const message = 'Send gracePeriodSeconds and retireOnFirstUse in the body or in the query, not in both';
    expect(seen(both)).toEqual({ status: 400, body: { error: 'Validation Error', message } });
    const { status, body } = await post(bulk('rotate?gracePeriodSeconds=60'), { ids: [_id] });
    expect(status).toBe(201);
    expect(Date.parse(body.replaces[0].expiresAt as string) - Date.now()).toBeLessThanOrEqual(60_000);
  });

  it('treats another query as another request', async () => {
    const { _id } = await makeKey(scene.app, bucketId, 'write');
    expect((await csv([_id], '?gracePeriodSeconds=60', once('csv'))).status).toBe(201);
    expect((await csv([_id], '?gracePeriodSeconds=60', once('csv'))).status).toBe(409);
    expect(seen(await csv([_id], '?gracePeriodSeconds=61', once('csv')))).toEqual(REUSED);
  });
});
