// npm test leaves this out: every route with every kind of key. rights and guard cover the rules.
import { refusalFor } from '../../src/auth/right';
import { newKeyText } from '../../src/api-keys/key-text';
import { makeAlert, type MadeAlert } from '../support/alerts';
import type { Answer } from '../support/call';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, KEY_NOT_FOUND, refused, seen, UNAUTHORIZED } from '../support/refusals';
import { openSession } from '../support/sessions';
import { routesOf } from '../support/routes';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';
import { CALLS, type Ids } from '../support/permission-calls';
import {
  KIND_NAMES,
  KINDS,
  OBJECTS,
  PERMISSION_ROUTES as ROUTES,
  type Kind,
  type Route,
} from '../support/permission-routes';

const NEW_SOURCE = { name: 'Climate', schema: { t: 'number' } };
const PUBLIC = ['GET /', 'GET /health', 'GET /health/live', 'GET /health/ready', 'GET /ping', 'GET /ready'];
const WITHOUT_BODY = 'GET /ping';
/** Public, but of use only with a code (`session-codes`). */
const WITH_CODE = 'POST /api/session/code';
/** A key that is refused before anything is looked up is refused in the same way on each database. */
const onSqlite = ON_POSTGRES ? it.skip : it;
/** On PostgreSQL those that reach most routes: for a bucket, and for one data source. */
const TRIED_KINDS: readonly Kind[] = ON_POSTGRES ? ['write', 'bound write', 'bound read'] : KIND_NAMES;
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

const ALERT_NOT_FOUND = refused(404, 'Not Found', 'Alert rule not found');
const BUCKET_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this bucket');
const SOURCE_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this data source');
const FIRST_ORGANIZATION = refused(
  403,
  'Forbidden',
  'Only Admin keys of the first organization can read the state of the server',
);
const HIDDEN = 'Hidden from bound keys';

let server: TestApp;
let nobodys: Record<(typeof NOBODY)[number], string | undefined>;
let elsewhere: string;
let bucketId: string;
let keyId: string;
let strange: Record<'of another bucket' | 'of another organization' | 'absent', Ids>;
/** A permanent data source and rule of the bucket, which source-bound keys cannot see. */
let shared: Ids;
/** A key of each kind for the routes that it has no right to, with a data source and a rule of its own. */
let lackingKeys: Record<Kind, { readonly own: Ids; readonly key: string }>;

beforeAll(async () => {
  server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' });
  bucketId = await makeBucket(server);
  keyId = (await makeKey(server, bucketId, 'write'))._id;
  elsewhere = await makeOrganization(server);
  nobodys = await makeNobodys();
  const otherBucketId = await makeBucket(server, 'Other');
  const foreignBucketId = await makeBucket(server, 'Foreign', elsewhere);
  const ids = { bucketId: ABSENT_ID, keyId: ABSENT_ID, sourceId: ABSENT_ID };
  strange = {
    'of another bucket': await idsIn(otherBucketId),
    'of another organization': await idsIn(foreignBucketId, elsewhere),
    absent: { ...ids, alertId: ABSENT_ID, deliveryId: ABSENT_ID },
  };
  shared = { ...(await idsIn(bucketId)), keyId };
  await asAdmin('POST', '/api/data', { bucketId, dataSourceId: shared.sourceId, values: { t: 1 } });
  lackingKeys = Object.fromEntries(await Promise.all(KIND_NAMES.map(makeLackingKey))) as typeof lackingKeys;
});
afterAll(() => server.stop());

const asAdmin = (method: string, path: string, body?: object, key = server.adminKey) =>
  server.call(method, path, { key, body });

async function makeNobodys(): Promise<typeof nobodys> {
  const gone = await makeBucket(server, 'Gone');
  const deleted = await makeKey(server, bucketId, 'write');
  await asAdmin('DELETE', `/api/buckets/${bucketId}/keys/${deleted._id}`);
  const disabled = await makeKey(server, bucketId, 'write', { enabled: false });
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now - 7_200_000);
  const expired = await makeKey(server, bucketId, 'write', { expiresAt: new Date(now - 3_600_000).toISOString() });
  jest.restoreAllMocks();
  const ofDeletedBucket = await makeKey(server, gone, 'read');
  await asAdmin('DELETE', `/api/buckets/${gone}`);
  const good = newKeyText('admin');
  return {
    none: undefined,
    malformed: 'dakkio_a_short',
    'wrong checksum': good.slice(0, -1) + (good.endsWith('0') ? '1' : '0'),
    unknown: good,
    deleted: deleted.key,
    disabled: disabled.key,
    expired: expired.key,
    'of a deleted bucket': ofDeletedBucket.key,
  };
}

async function makeSource(inBucketId: string, name: string, key = server.adminKey): Promise<string> {
  const made = await asAdmin('POST', `/api/buckets/${inBucketId}/sources`, { ...NEW_SOURCE, name }, key);
  return made.body.dataSource._id as string;
}

/** A new data source with a rule and a delivery, in a bucket. */
async function idsIn(inBucketId: string, key = server.adminKey): Promise<Ids> {
  const sourceId = await makeSource(inBucketId, HIDDEN, key);
  const alert = await makeAlert({ ...server, adminKey: key }, inBucketId, sourceId, 't > 30', HIDDEN);
  return { bucketId: inBucketId, keyId: ABSENT_ID, sourceId, ...alert };
}

async function makeLackingKey(kind: Kind) {
  const { type, writeOnly, isBound } = KINDS[kind];
  const own = await newIds(kind, { ofAlert: true });
  const { key } = await makeKey(server, bucketId, type, { writeOnly, dataSourceId: isBound ? own.sourceId : null });
  return [kind, { own, key }] as const;
}

/** A new data source of the bucket, with a rule if the route needs one. */
async function newIds(name: string, { ofAlert }: Pick<Route, 'ofAlert'>): Promise<Ids> {
  const sourceId = await makeSource(bucketId, name);
  const none: MadeAlert = { alertId: ABSENT_ID, deliveryId: ABSENT_ID };
  const alert = ofAlert ? await makeAlert(server, bucketId, sourceId, 't > 30', name) : none;
  return { bucketId, keyId, sourceId, ...alert };
}

async function call({ route, query = '', body, bySession }: Route, key: string | undefined, ids: Ids): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const filled = (path + query).replace(/:(\w+)/g, (_, name: keyof Ids) => ids[name]);
  // A key that is refused opens no session.
  const isValid = key !== undefined && !Object.values(nobodys).includes(key);
  const used = bySession && isValid ? (await openSession(server, key)).key : key;
  return server.call(method, filled, { key: used, body: typeof body === 'function' ? body(ids) : body });
}

/** The error for a bucket key that has the right to call a route; undefined if the call succeeds. */
function refusalOf(route: Route, kind: Kind, object: (typeof OBJECTS)[number]) {
  const isElsewhere = object !== 'own' && object !== 'of another data source';
  const isHidden = object === 'of another data source' && KINDS[kind].isBound;
  if (isElsewhere && route.ofBucket) return BUCKET_NOT_YOURS;
  if ((isElsewhere || isHidden) && route.ofAlert) return ALERT_NOT_FOUND;
  return isHidden && route.ofSource ? SOURCE_NOT_YOURS : undefined;
}

/** InfluxDB's clients get errors in another form, in which a bucket that the key has no access to is not found. */
function expectRefused({ isInflux, route }: Route, answer: Answer, wanted: ReturnType<typeof refused>): void {
  if (!isInflux) return expect(seen(answer)).toEqual(wanted);
  const { status } = wanted;
  const body: { readonly message?: string } = wanted.body;
  const isBucket = wanted === BUCKET_NOT_YOURS || wanted === BUCKET_NOT_FOUND;
  const sentence =
    status === 401 && !route.includes('/api/v2/') ? `authorization failed: ${body.message}` : body.message;
  const expected = isBucket ? [404, expect.stringMatching(/not found/)] : [status, sentence];
  expect([answer.status, answer.body.error]).toEqual(expected);
}

/** A key without the right is refused before anything else is looked at. */
async function expectLacking(route: Route, kind: Kind, wanted: ReturnType<typeof refused>): Promise<void> {
  const { own, key } = lackingKeys[kind];
  for (const ids of [own, shared, ...Object.values(strange)]) {
    const answer = await call(route, key, ids);
    expectRefused(route, answer, wanted);
    if (KINDS[kind].isBound) expectNothingHidden(answer);
  }
}

function expectNothingHidden({ body }: Answer): void {
  const text = JSON.stringify(body);
  for (const one of [shared.sourceId, shared.alertId, HIDDEN]) expect(text).not.toContain(one);
}

it('covers every route of the application', () => {
  const known = [...PUBLIC, WITH_CODE, ...ROUTES.map(({ route }) => route)];
  expect(known.sort()).toEqual(routesOf(server.app).sort());
  expect(ROUTES.length).toBe(Object.keys(CALLS).length);
});

it.each(PUBLIC)('allows everyone to call %s', async (route) => {
  const [method = '', path = ''] = route.split(' ');
  for (const key of [...Object.values(nobodys), server.adminKey])
    expect((await server.call(method, path, { key })).status).toBe(route === WITHOUT_BODY ? 204 : 200);
});

it('allows everyone to send a code, with or without a key', async () => {
  const [method = '', path = ''] = WITH_CODE.split(' ');
  for (const key of [...Object.values(nobodys), server.adminKey])
    expect(await server.call(method, path, { key, body: { code: 'wrong' } })).toMatchObject({
      status: 401,
      body: { message: expect.stringMatching(/^The sign-in code is wrong/) },
    });
});

describe.each(ROUTES)('$route', (route) => {
  const { right, success, ofBucket, ofAlert, ofKey, isOfFirst } = route;

  onSqlite.each(NOBODY)('for a key that is %s', async (who) => {
    for (const ids of [shared, strange.absent]) {
      const answer = await call(route, nobodys[who], ids);
      expectRefused(route, answer, UNAUTHORIZED);
      expect(answer.headers.get('www-authenticate')).toBe('ApiKey realm="dakkio"');
    }
  });

  it.each(TRIED_KINDS)('for a key that is %s', async (kind) => {
    const { type, writeOnly, isBound } = KINDS[kind];
    const lacking = refusalFor({ type, writeOnly, dataSourceId: isBound ? shared.sourceId : null }, right);
    if (lacking) return expectLacking(route, kind, refused(403, 'Forbidden', lacking.message));
    const own = await newIds('Own', route);
    const { key } = await makeKey(server, bucketId, type, { writeOnly, dataSourceId: isBound ? own.sourceId : null });
    // Its own resource last, since the call may delete it.
    for (const object of OBJECTS.toReversed()) {
      const isNew = object === 'of another data source';
      const ids = object === 'own' ? own : isNew ? await newIds(HIDDEN, route) : strange[object];
      const answer = await call(route, key, ids);
      const wanted = refusalOf(route, kind, object);
      if (wanted) expectRefused(route, answer, wanted);
      else expect([object, answer.status]).toEqual([object, success]);
      if (isBound) expectNothingHidden(answer);
    }
  });

  it('for an Admin key of another organization, which cannot see this one', async () => {
    const answer = await call(route, elsewhere, shared);
    if (ofBucket) expectRefused(route, answer, BUCKET_NOT_FOUND);
    else if (ofAlert) expect(seen(answer)).toEqual(ALERT_NOT_FOUND);
    else if (ofKey) expect(seen(answer)).toEqual(KEY_NOT_FOUND);
    else if (isOfFirst) expect(seen(answer)).toEqual(FIRST_ORGANIZATION);
    else {
      expect(answer.status).toBe(success);
      expect(JSON.stringify(answer.body)).not.toContain(bucketId);
    }
  });

  it('for an Admin key, on a missing resource', async () => {
    const answer = await call(route, server.adminKey, strange.absent);
    if (ofBucket) expectRefused(route, answer, BUCKET_NOT_FOUND);
    else if (ofAlert) expect(seen(answer)).toEqual(ALERT_NOT_FOUND);
    else if (ofKey) expect(seen(answer)).toEqual(KEY_NOT_FOUND);
    else expect(answer.status).toBe(success);
  });

  it('for an Admin key, on its own resource', async () => {
    const mine = await makeBucket(server, 'Mine');
    const inBucket = (await makeKey(server, mine, 'write'))._id;
    const ofOrganization = (await asAdmin('POST', '/api/keys', { name: 'x', type: 'admin' })).body.apiKey._id as string;
    const ids = { ...(await idsIn(mine)), keyId: ofBucket ? inBucket : ofOrganization };
    expect((await call(route, server.adminKey, ids)).status).toBe(success);
  });
});
