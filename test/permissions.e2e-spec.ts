import { newKeyText } from '../src/api-keys/key-text';
import { makeAlert, type MadeAlert } from './support/alerts';
import { makeBucket, makeKey, makeOrganization } from './support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, KEY_NOT_FOUND, refused, seen, UNAUTHORIZED } from './support/refusals';
import { routesOf } from './support/routes';
import { startApp, type TestApp } from './support/test-app';

interface Ids {
  readonly alertId: string;
  readonly deliveryId: string;
  readonly bucketId: string;
  readonly keyId: string;
  readonly sourceId: string;
}

/** What one route does for whom. A route that is missing here fails the first test. */
interface Rule {
  readonly route: string;
  readonly body?: object | ((ids: Ids) => object);
  /** What those are told who may not call it; without it every key may, with 'public' everybody. */
  readonly forbidden?: string;
  /** Whether Write keys may call it as Admin keys may. */
  readonly forWriteKeys?: boolean;
  /** Whether it is about a bucket: keys of another one are told so, whether this one is there or not. */
  readonly inBucket?: boolean;
  readonly success: number;
}

const NAME = { name: 'Greenhouse' };
const WRITES = { forbidden: 'Read keys cannot modify data', forWriteKeys: true, inBucket: true };
const WRITES_ALERTS = { forbidden: 'Read keys cannot modify data', forWriteKeys: true };
const ALERT = { name: 'Too hot', condition: 't > 30', webhookUrl: 'https://example.com/' };
const RULES: Rule[] = [
  { route: 'GET /health/live', forbidden: 'public', success: 200 },
  { route: 'GET /health/ready', forbidden: 'public', success: 200 },
  { route: 'POST /api/buckets', body: NAME, forbidden: 'Only Admin keys can create buckets', success: 201 },
  { route: 'GET /api/buckets', forbidden: 'Only Admin keys can list buckets', success: 200 },
  { route: 'GET /api/buckets/:bucketId', forbidden: 'Only Admin keys can access bucket details', success: 200 },
  { route: 'PATCH /api/buckets/:bucketId', body: NAME, forbidden: 'Only Admin keys can update buckets', success: 200 },
  { route: 'PUT /api/buckets/:bucketId', body: NAME, forbidden: 'Only Admin keys can update buckets', success: 200 },
  { route: 'DELETE /api/buckets/:bucketId', forbidden: 'Only Admin keys can delete buckets', success: 200 },
  {
    route: 'POST /api/alerts',
    body: ({ bucketId, sourceId }) => ({ ...ALERT, bucketId, dataSourceId: sourceId }),
    ...WRITES,
    success: 201,
  },
  {
    route: 'POST /api/alerts/preview',
    body: ({ bucketId, sourceId }) => ({
      ...{ bucketId, dataSourceId: sourceId, condition: 't > 30' },
      ...{ startTime: '2024-01-01T00:00:00Z', endTime: '2024-01-02T00:00:00Z' },
    }),
    inBucket: true,
    success: 200,
  },
  { route: 'GET /api/buckets/:bucketId/alerts', inBucket: true, success: 200 },
  { route: 'GET /api/alerts/:alertId', success: 200 },
  { route: 'PATCH /api/alerts/:alertId', body: NAME, ...WRITES_ALERTS, success: 200 },
  { route: 'DELETE /api/alerts/:alertId', ...WRITES_ALERTS, success: 200 },
  { route: 'GET /api/alerts/:alertId/history', success: 200 },
  { route: 'POST /api/alerts/:alertId/test', ...WRITES_ALERTS, success: 200 },
  { route: 'POST /api/alerts/:alertId/rotate-secret', ...WRITES_ALERTS, success: 200 },
  { route: 'GET /api/alerts/:alertId/deliveries', success: 200 },
  { route: 'GET /api/alerts/:alertId/deliveries/:deliveryId', success: 200 },
  { route: 'POST /api/alerts/:alertId/deliveries/:deliveryId/replay', ...WRITES_ALERTS, success: 200 },
  { route: 'GET /api/keys/self', success: 200 },
  // Of a key that was replaced another replacement may be asked for, as long as the one before was never used.
  { route: 'POST /api/keys/self/rotate', body: { retireOnFirstUse: true }, success: 201 },
  {
    route: 'POST /api/keys',
    body: { name: 'Ops', type: 'admin' },
    forbidden: 'Only Admin keys can manage organization keys',
    success: 201,
  },
  { route: 'GET /api/keys', forbidden: 'Only Admin keys can manage organization keys', success: 200 },
  { route: 'GET /api/keys/:keyId', forbidden: 'Only Admin keys can manage organization keys', success: 200 },
  {
    route: 'PATCH /api/keys/:keyId',
    body: NAME,
    forbidden: 'Only Admin keys can manage organization keys',
    success: 200,
  },
  {
    route: 'POST /api/keys/:keyId/rotate',
    body: {},
    forbidden: 'Only Admin keys can manage organization keys',
    success: 201,
  },
  { route: 'GET /api/keys/:keyId/usage', forbidden: 'Only Admin keys can manage organization keys', success: 200 },
  { route: 'DELETE /api/keys/:keyId', forbidden: 'Only Admin keys can manage organization keys', success: 200 },
  {
    route: 'POST /api/buckets/:bucketId/keys',
    body: { name: 'x', type: 'read' },
    forbidden: 'Only Admin keys can create API keys',
    success: 201,
  },
  {
    route: 'POST /api/buckets/:bucketId/keys/bulk',
    body: { keys: [{ name: 'x', type: 'read' }] },
    forbidden: 'Only Admin keys can create API keys',
    success: 201,
  },
  { route: 'GET /api/buckets/:bucketId/keys', forbidden: 'Only Admin keys can list API keys', success: 200 },
  { route: 'GET /api/buckets/:bucketId/keys/:keyId', forbidden: 'Only Admin keys can view API keys', success: 200 },
  {
    route: 'PATCH /api/buckets/:bucketId/keys/:keyId',
    body: NAME,
    forbidden: 'Only Admin keys can update API keys',
    success: 200,
  },
  {
    route: 'POST /api/buckets/:bucketId/keys/:keyId/rotate',
    body: {},
    forbidden: 'Only Admin keys can rotate API keys',
    success: 201,
  },
  {
    route: 'GET /api/buckets/:bucketId/keys/:keyId/usage',
    forbidden: 'Only Admin keys can view API keys',
    success: 200,
  },
  {
    route: 'DELETE /api/buckets/:bucketId/keys/:keyId',
    forbidden: 'Only Admin keys can delete API keys',
    success: 200,
  },
  { route: 'GET /api/audit', forbidden: 'Only Admin keys can read the audit log', success: 200 },
  {
    route: 'POST /api/buckets/:bucketId/sources',
    body: { name: 'Climate', schema: { t: 'number' } },
    ...WRITES,
    success: 201,
  },
  { route: 'GET /api/buckets/:bucketId/sources', inBucket: true, success: 200 },
  { route: 'GET /api/buckets/:bucketId/sources/:sourceId', inBucket: true, success: 200 },
  { route: 'PATCH /api/buckets/:bucketId/sources/:sourceId', body: NAME, ...WRITES, success: 200 },
  { route: 'DELETE /api/buckets/:bucketId/sources/:sourceId', ...WRITES, success: 200 },
  {
    route: 'POST /api/data',
    body: ({ bucketId, sourceId }) => ({ bucketId, dataSourceId: sourceId, values: { t: 1 } }),
    ...WRITES,
    success: 201,
  },
  {
    route: 'POST /api/data/batch',
    body: ({ bucketId, sourceId }) => ({ bucketId, dataPoints: [{ dataSourceId: sourceId, values: { t: 1 } }] }),
    ...WRITES,
    success: 201,
  },
  { route: 'POST /api/data/query', body: ({ bucketId }) => ({ bucketId }), inBucket: true, success: 200 },
  { route: 'GET /api/data/latest?bucketId=:bucketId', inBucket: true, success: 200 },
  { route: 'GET /api/analytics/buckets/:bucketId', inBucket: true, success: 200 },
  {
    route: 'GET /api/analytics/overview',
    forbidden: 'Only Admin keys can access organization analytics',
    success: 200,
  },
  {
    route: 'DELETE /api/data',
    body: ({ bucketId }) => ({ bucketId, startTime: '1980-01-01T00:00:00Z', endTime: '1990-01-01T00:00:00Z' }),
    forbidden: 'Only Admin keys can delete data',
    inBucket: true,
    success: 200,
  },
];

const NOBODY = [
  'none',
  'malformed',
  'wrong checksum',
  'unknown',
  'deleted',
  'disabled',
  'expired',
  'of a deleted bucket',
] as const;
const SCOPED = [
  'write of this bucket',
  'read of this bucket',
  'write of another bucket',
  'read of another bucket',
] as const;

let server: TestApp;
let keys: Record<(typeof NOBODY)[number] | (typeof SCOPED)[number] | 'admin elsewhere', string | undefined>;
let target: { own: string; ownKey: string; ownSource: string; ownAlert: MadeAlert };
beforeAll(async () => {
  server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' });
  const [own, other, gone] = [
    await makeBucket(server),
    await makeBucket(server, 'Other'),
    await makeBucket(server, 'Gone'),
  ];
  const deleted = await makeKey(server, own, 'write');
  await server.call('DELETE', `/api/buckets/${own}/keys/${deleted._id}`, { key: server.adminKey });
  const disabled = await makeKey(server, own, 'write', { enabled: false });
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now - 7_200_000);
  const expired = await makeKey(server, own, 'write', { expiresAt: new Date(now - 3_600_000).toISOString() });
  jest.restoreAllMocks();
  const ofDeletedBucket = await makeKey(server, gone, 'read');
  await server.call('DELETE', `/api/buckets/${gone}`, { key: server.adminKey });
  const good = newKeyText('admin');
  keys = {
    none: undefined,
    malformed: 'dakkio_a_short',
    'wrong checksum': good.slice(0, -1) + (good.endsWith('0') ? '1' : '0'),
    unknown: good,
    deleted: deleted.key,
    disabled: disabled.key,
    expired: expired.key,
    'of a deleted bucket': ofDeletedBucket.key,
    'write of this bucket': (await makeKey(server, own, 'write')).key,
    'read of this bucket': (await makeKey(server, own, 'read')).key,
    'write of another bucket': (await makeKey(server, other, 'write')).key,
    'read of another bucket': (await makeKey(server, other, 'read')).key,
    'admin elsewhere': await makeOrganization(server),
  };
  const ownSource = await makeSource(own);
  const ownAlert = await makeAlert(server, own, ownSource, 't > 30');
  target = { own, ownKey: (await makeKey(server, own, 'write'))._id, ownSource, ownAlert };
});
afterAll(() => server.stop());

async function makeSource(bucketId: string): Promise<string> {
  const options = { key: server.adminKey, body: { name: 'Climate', schema: { t: 'number' } } };
  return (await server.call('POST', `/api/buckets/${bucketId}/sources`, options)).body.dataSource._id as string;
}

const call = ({ route, body }: Rule, key: string | undefined, ids: Ids) => {
  const [method = '', path = ''] = route.split(' ');
  const filled = path
    .replace(':bucketId', ids.bucketId)
    .replace(':keyId', ids.keyId)
    .replace(':sourceId', ids.sourceId)
    .replace(':alertId', ids.alertId)
    .replace(':deliveryId', ids.deliveryId);
  return server.call(method, filled, { key, body: typeof body === 'function' ? body(ids) : body });
};
const own = (): Ids => ({
  ...{ bucketId: target.own, keyId: target.ownKey, sourceId: target.ownSource },
  ...target.ownAlert,
});
const absent: Ids = {
  ...{ bucketId: ABSENT_ID, keyId: ABSENT_ID, sourceId: ABSENT_ID },
  ...{ alertId: ABSENT_ID, deliveryId: ABSENT_ID },
};
const ALERT_NOT_FOUND = refused(404, 'Not Found', 'Alert rule not found');
const BUCKET_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this bucket');

it('knows every route of the application', () => {
  expect(RULES.map(({ route }) => route.replace(/\?.*/, '')).sort()).toEqual(routesOf(server.app).sort());
});

describe.each(RULES)('$route', (rule) => {
  const isPublic = rule.forbidden === 'public';
  const isOfAlert = rule.route.includes(':alertId');
  const perBucket = rule.inBucket ?? rule.route.includes(':bucketId');

  it.each(NOBODY)('for a key that is %s', async (who) => {
    for (const ids of [own(), absent]) {
      const answer = await call(rule, keys[who], ids);
      if (isPublic) expect(answer.status).toBe(rule.success);
      else {
        expect(seen(answer)).toEqual(UNAUTHORIZED);
        expect(answer.headers.get('www-authenticate')).toBe('ApiKey realm="dakkio"');
      }
    }
  });

  it.each(SCOPED)('for a key to %s', async (who) => {
    const mayCall = rule.forbidden === undefined || (rule.forWriteKeys && who.startsWith('write'));
    for (const ids of [own(), absent]) {
      // A source and a rule of its own, which it may end.
      const sourceId = ids === absent ? ABSENT_ID : await makeSource(target.own);
      const alert = ids === absent || !isOfAlert ? {} : await makeAlert(server, target.own, sourceId, 't > 30');
      const answer = await call(rule, keys[who], { ...ids, sourceId, ...alert });
      if (!isPublic && !mayCall) expect(seen(answer)).toEqual(refused(403, 'Forbidden', rule.forbidden ?? ''));
      else if (rule.inBucket && (ids === absent || who.endsWith('another bucket')))
        expect(seen(answer)).toEqual(BUCKET_NOT_YOURS);
      else if (isOfAlert && (ids === absent || who.endsWith('another bucket')))
        expect(seen(answer)).toEqual(ALERT_NOT_FOUND);
      else expect(answer.status).toBe(rule.success);
    }
  });

  it('for an Admin key of another organization, which sees nothing of this one', async () => {
    const answer = await call(rule, keys['admin elsewhere'], own());
    if (perBucket) expect(seen(answer)).toEqual(BUCKET_NOT_FOUND);
    else if (isOfAlert) expect(seen(answer)).toEqual(ALERT_NOT_FOUND);
    else if (rule.route.includes(':keyId')) expect(seen(answer)).toEqual(KEY_NOT_FOUND);
    else {
      expect(answer.status).toBe(rule.success);
      expect(JSON.stringify(answer.body)).not.toContain(target.own);
    }
  });

  it('for an Admin key, on what is absent', async () => {
    const answer = await call(rule, server.adminKey, absent);
    if (perBucket) expect(seen(answer)).toEqual(BUCKET_NOT_FOUND);
    else if (isOfAlert) expect(seen(answer)).toEqual(ALERT_NOT_FOUND);
    else if (rule.route.includes(':keyId')) expect(seen(answer)).toEqual(KEY_NOT_FOUND);
    else expect(answer.status).toBe(rule.success);
  });

  it('for an Admin key, on what is its own', async () => {
    const bucketId = await makeBucket(server, 'Mine');
    const inBucket = (await makeKey(server, bucketId, 'write'))._id;
    const sourceId = await makeSource(bucketId);
    const ofOrganization = (
      await server.call('POST', '/api/keys', { key: server.adminKey, body: { name: 'x', type: 'admin' } })
    ).body.apiKey;
    const answer = await call(rule, server.adminKey, {
      bucketId,
      keyId: perBucket ? inBucket : (ofOrganization._id as string),
      sourceId,
      ...(await makeAlert(server, bucketId, sourceId, 't > 30')),
    });
    expect(answer.status).toBe(rule.success);
  });
});
