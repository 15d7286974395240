import { makeBucket, makeKey, makeSource, type MadeKey } from '../support/make';
import { ABSENT_ID, refused, seen, UNAUTHORIZED } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const ID = expect.stringMatching(/^[0-9a-f]{24}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const HOUR = 3_600_000;
/** Stands for the id of the bucket's data source. */
const SOURCE = 'own-source';
const BOUNDS = {
  expiresAt: '2099-12-31T22:59:59.000Z',
  allowedIps: ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'],
  rateLimit: { limit: 600, windowSeconds: 60 },
  quota: { limit: 100_000, per: 'month' },
  metadata: { room: 'kitchen', firmware: '1.4.2' },
};
const CHANGES: Record<string, unknown> = {
  expiresAt: '2098-01-01T00:00:00.000Z',
  allowedIps: ['127.0.0.0/8'],
  rateLimit: { limit: 1_000_000, windowSeconds: 86_400 },
  quota: { limit: 1_000_000_000, per: 'day' },
  metadata: { room: 'attic' },
  name: 'Renamed',
  enabled: false,
};

let server: TestApp;
let bucketId: string;
let dataSourceId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  dataSourceId = await makeSource(server, bucketId);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const keysPath = (id = '') => `/api/buckets/${bucketId}/keys${id && `/${id}`}`;
const asAdmin = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, body });
const create = (body: object) => asAdmin('POST', keysPath(), { name: 'Sensor', type: 'write', ...body });
const patch = ({ _id }: { _id: string }, body: object) => asAdmin('PATCH', keysPath(_id), body);
const get = async ({ _id }: { _id: string }) => (await asAdmin('GET', keysPath(_id))).body.apiKey as object;
const statusOf = async ({ key }: { key: string }) => (await server.call('GET', '/api/keys/self', { key })).status;
const listed = async ({ _id }: { _id: string }) =>
  ((await asAdmin('GET', `${keysPath()}?limit=1000`)).body.apiKeys as MadeKey[]).find((key) => key._id === _id);

describe('a key created with restrictions', () => {
  const basics = { _id: ID, name: 'Sensor', type: 'write', bucketId: ID, createdAt: TIME };
  const shown = { ...basics, keyPrefix: expect.stringMatching(/^dakkio_w_.{4}\.{3}$/), lastUsedAt: null };
  const asMade = { ...basics, key: expect.stringMatching(/^dakkio_w_/) };
  const all = { ...BOUNDS, dataSourceId: SOURCE, writeOnly: true };
  const filled = (bounds: object) => {
    const text = JSON.stringify(bounds).replace(SOURCE, dataSourceId);
    return JSON.parse(text.replace(SOURCE.toUpperCase(), dataSourceId.toUpperCase())) as object;
  };

  it.each<[what: string, bounds: object, set: object]>([
    ['all of them', all, all],
    ...Object.entries(all).map(([field, value]): [string, object, object] => [
      `${field} alone`,
      { [field]: value },
      { [field]: value },
    ]),
    ['a time of another zone', { expiresAt: '2099-12-31T23:59:59+01:00' }, { expiresAt: BOUNDS.expiresAt }],
    ['an id in capitals', { dataSourceId: SOURCE.toUpperCase() }, { dataSourceId: SOURCE }],
    ['false and empty ones', { writeOnly: false, enabled: true, allowedIps: [], metadata: {} }, {}],
    ['null for all', Object.fromEntries(Object.keys(all).map((field) => [field, null])), {}],
  ])('returns %s when created, read and listed', async (_what, bounds, setOf) => {
    const { status, body } = await create(filled(bounds));
    const set = filled(setOf);
    expect([status, body]).toEqual([201, { message: 'API key created successfully', apiKey: { ...asMade, ...set } }]);
    expect(await get(body.apiKey)).toEqual({ ...shown, enabled: true, ...set });
    expect(await listed(body.apiKey)).toEqual({ ...shown, ...set });
  });

  it('is shown as disabled if created so', async () => {
    const { apiKey } = (await create({ enabled: false })).body as { apiKey: MadeKey };
    expect(apiKey).toEqual({ ...asMade, enabled: false });
    expect(await get(apiKey)).toEqual({ ...shown, enabled: false });
    expect(await listed(apiKey)).toEqual({ ...shown, enabled: false });
    expect(await statusOf(apiKey)).toBe(401);
  });

  it('can be restricted only to a data source of its bucket', async () => {
    const elsewhere = await makeSource(server, await makeBucket(server, 'Elsewhere'));
    const gone = await makeSource(server, bucketId, 'Gone');
    await asAdmin('DELETE', `/api/buckets/${bucketId}/sources/${gone}`);
    const total = async () => (await asAdmin('GET', keysPath())).body.pagination.total as number;
    const before = await total();
    for (const id of [ABSENT_ID, elsewhere, gone, bucketId]) {
      expect(seen(await create({ dataSourceId: id }))).toEqual(refused(404, 'Not Found', 'Data source not found'));
      const keys = [
        { name: 'a', type: 'read', dataSourceId },
        { name: 'b', type: 'read', dataSourceId: id },
      ];
      const { status, body } = await asAdmin('POST', `${keysPath()}/bulk`, { keys });
      const details = [{ path: ['body', 'keys', 1, 'dataSourceId'], message: 'Data source not found' }];
      expect([status, body]).toEqual([404, { error: 'Not Found', message: 'Data source not found', details }]);
    }
    const keys = ['read', 'write'].map((type) => ({ name: type, type, dataSourceId }));
    expect((await asAdmin('POST', `${keysPath()}/bulk`, { keys })).status).toBe(201);
    expect(await total()).toBe(before + 2);
  });

  it('is answered as a repeated request after its data source was deleted', async () => {
    const id = await makeSource(server, bucketId, 'Short-lived');
    const options = {
      ...{ key: server.adminKey, headers: { 'Idempotency-Key': `bound to ${id}`.replaceAll(' ', '-') } },
      body: { name: 'Sensor', type: 'write', dataSourceId: id },
    };
    expect((await server.call('POST', keysPath(), options)).status).toBe(201);
    await asAdmin('DELETE', `/api/buckets/${bucketId}/sources/${id}`);
    expect((await server.call('POST', keysPath(), options)).status).toBe(409);
  });

  it('can be an Admin key, except for bucket restrictions', async () => {
    const body = { name: 'Ops', type: 'admin', ...BOUNDS };
    const made = await asAdmin('POST', '/api/keys', body);
    expect(made.body.apiKey).toEqual({ ...body, _id: ID, key: expect.any(String), bucketId: null, createdAt: TIME });
    for (const field of ['dataSourceId', 'writeOnly'] as const)
      expect(seen(await asAdmin('POST', '/api/keys', { ...body, [field]: all[field] }))).toEqual(
        refused(400, 'Validation Error', `Unknown property: ${field}`),
      );
  });
});

describe('PATCH of a key', () => {
  const make = async (bounds: object = BOUNDS) => (await create(bounds)).body.apiKey as MadeKey;

  it.each<[what: string, changes: object]>([
    ...Object.entries(CHANGES).map(([field, value]): [string, object] => [field, { [field]: value }]),
    ['everything', CHANGES],
    ['nothing', {}],
  ])('changes %s and nothing else', async (_what, changes) => {
    const made = await make();
    const before = await get(made);
    const { status, body } = await patch(made, changes);
    const after = { ...before, ...changes };
    expect([status, body]).toEqual([200, { message: 'API key updated successfully', apiKey: after }]);
    expect(await get(made)).toEqual(after);
  });

  it.each(Object.keys(BOUNDS))('removes %s with null, and sets it again', async (field) => {
    const made = await make();
    const before = (await get(made)) as Record<string, unknown>;
    const without = Object.fromEntries(Object.entries(before).filter(([name]) => name !== field));
    expect((await patch(made, { [field]: null })).body.apiKey).toEqual(without);
    expect(await get(made)).toEqual(without);
    expect((await patch(made, { [field]: before[field] })).body.apiKey).toEqual(before);
  });

  it('ignores null for name and enabled', async () => {
    const made = await make();
    const before = await get(made);
    expect((await patch(made, { name: null, enabled: null })).body.apiKey).toEqual(before);
  });

  it.each([
    ['writeOnly', true],
    ['dataSourceId', ABSENT_ID],
    ['type', 'read'],
    ['bucketId', ABSENT_ID],
    ['key', 'x'],
    ['toString', 1],
  ])('cannot change %s', async (field, value) => {
    const made = await make();
    const before = await get(made);
    const answer = await patch(made, { name: 'Renamed', [field]: value });
    expect(seen(answer)).toEqual(refused(400, 'Validation Error', `Unknown property: ${field}`));
    expect(await get(made)).toEqual(before);
  });
});

describe('a key that expires', () => {
  it('is accepted until its expiry, and again after the expiry is extended', async () => {
    const made = (await create({ expiresAt: '2099-06-01T12:00:00Z' })).body.apiKey as MadeKey;
    const end = Date.parse('2099-06-01T12:00:00Z');
    const at = (millis: number) => jest.spyOn(Date, 'now').mockReturnValue(millis);
    at(end - 1);
    expect(await statusOf(made)).toBe(200);
    at(end);
    expect(seen(await server.call('GET', '/api/keys/self', { key: made.key }))).toEqual(UNAUTHORIZED);
    await patch(made, { expiresAt: '2099-06-01T13:00:00Z' });
    expect(await statusOf(made)).toBe(200);
    at(end + HOUR);
    expect(await statusOf(made)).toBe(401);
    await patch(made, { expiresAt: null });
    expect(await statusOf(made)).toBe(200);
  });
});

it('rejects a key immediately after it is disabled, and accepts it immediately after it is enabled', async () => {
  const made = await makeKey(server, bucketId, 'read');
  const statuses: number[] = [];
  for (const enabled of [true, false, false, true, false, true]) {
    expect((await patch(made, { enabled })).body.apiKey.enabled).toBe(enabled);
    statuses.push(await statusOf(made));
  }
  expect(statuses).toEqual([200, 401, 401, 200, 401, 200]);
});
