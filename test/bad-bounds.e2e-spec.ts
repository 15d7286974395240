import { makeBucket, makeKey, type MadeKey } from './support/make';
import { RawConnection, rawRequest } from './support/raw';
import { refused, seen } from './support/refusals';
import { startApp, type TestApp } from './support/test-app';

const BOUNDS = {
  expiresAt: '2099-12-31T22:59:59.000Z',
  allowedIps: ['127.0.0.1'],
  rateLimit: { limit: 600, windowSeconds: 60 },
  quota: { limit: 100_000, per: 'month' },
  metadata: { room: 'kitchen' },
};

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

const keysPath = (id = '') => `/api/buckets/${bucketId}/keys${id && `/${id}`}`;
const asAdmin = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, body });
const create = (body: object) => asAdmin('POST', keysPath(), { name: 'Sensor', type: 'write', ...body });
const patch = ({ _id }: { _id: string }, body: object) => asAdmin('PATCH', keysPath(_id), body);
const get = async ({ _id }: { _id: string }) => (await asAdmin('GET', keysPath(_id))).body.apiKey as object;

const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
/** The field that the sentence begins with, and what is wrong with it. */
const WRONG: [field: string, value: unknown][] = [
  ...[
    '2020-01-01T00:00:00Z',
    'tomorrow',
    '2099-01-01',
    '2099-02-30T00:00:00Z',
    '2099-01-01T00:00:00',
    '',
    1e13,
    true,
    [],
    {},
  ].map((value) => ['expiresAt', value] as [string, unknown]),
  ...['true', 1, 0, [], {}].map((value) => ['enabled', value] as [string, unknown]),
  ...['5/60', 5, true, []].map((value) => ['rateLimit', value] as [string, unknown]),
  ['rateLimit.limit', {}],
  ['rateLimit.windowSeconds', { limit: 1 }],
  ...[0, -1, 1.5, '5', 1_000_001, null].map(
    (limit) => ['rateLimit.limit', { limit, windowSeconds: 60 }] as [string, unknown],
  ),
  ...[0, 86_401, 0.5, '60'].map(
    (windowSeconds) => ['rateLimit.windowSeconds', { limit: 5, windowSeconds }] as [string, unknown],
  ),
  ...['5/day', 5, false, []].map((value) => ['quota', value] as [string, unknown]),
  ...[0, -1, 1_000_000_001, '5'].map((limit) => ['quota.limit', { limit, per: 'day' }] as [string, unknown]),
  ...['week', 'Day', '', 7, undefined].map((per) => ['quota.per', { limit: 5, per }] as [string, unknown]),
  ...[
    'x',
    7,
    true,
    ['x'],
    { a: 1 },
    { a: null },
    { a: { b: 'c' } },
    entries(21),
    { a: 'v'.repeat(2049) },
    { ['k'.repeat(2049)]: 'v' },
  ].map((value) => ['metadata', value] as [string, unknown]),
];

describe('what no key can have', () => {
  const total = async () => (await asAdmin('GET', keysPath())).body.pagination.total as number;

  it.each(WRONG)('%s: %j is refused by name, and nothing is done', async (field, value) => {
    const made = (await create(BOUNDS)).body.apiKey as MadeKey;
    const before = [await get(made), await total()];
    const wrong = { [field.split('.')[0] ?? '']: value };
    for (const { status, body } of [await create(wrong), await patch(made, { name: 'Renamed', ...wrong })]) {
      expect([status, body.error]).toEqual([400, 'Validation Error']);
      expect(`${body.message} `).toMatch(new RegExp(`^${field.replace('.', '\\.')}[ :.]`));
      expect(JSON.stringify(body).length).toBeLessThan(1000);
    }
    expect([await get(made), await total()]).toEqual(before);
  });

  it.each([
    [{ writeOnly: 'yes' }, 'writeOnly'],
    [{ writeOnly: true, type: 'read' }, 'writeOnly is for write keys alone'],
    [{ dataSourceId: 'x' }, 'Invalid data source ID format'],
    [{ dataSourceId: 7 }, 'Invalid data source ID format'],
    [{ rateLimit: { limit: 1, windowSeconds: 1, burst: 2 } }, 'Unknown property: '],
    [{ quota: { limit: 1, per: 'day', of: 'x' } }, 'Unknown property: '],
  ])('%j at its creation', async (body, said) => {
    const before = await total();
    const answer = await create(body);
    expect([answer.status, answer.body.error]).toEqual([400, 'Validation Error']);
    expect(answer.body.message).toContain(said);
    expect(await total()).toBe(before);
  });

  it('may be up to each bound', async () => {
    const most = { metadata: { ...entries(19), long: 'v'.repeat(1900) }, name: 'n'.repeat(100) };
    for (const bounds of [most, { rateLimit: { limit: 1, windowSeconds: 1 }, quota: { limit: 1, per: 'month' } }])
      expect((await create(bounds)).body.apiKey).toMatchObject(bounds);
  });

  it.each(['expiresAt', 'allowedIps', 'rateLimit', 'quota', 'metadata', 'enabled', 'dataSourceId', 'writeOnly'])(
    '10 MB of %s',
    async (field) => {
      const before = await total();
      const body = JSON.stringify({ name: 'Sensor', type: 'write', [field]: 'x'.repeat(10_000_000) });
      const connection = await RawConnection.open(server.port);
      const lines = [`X-API-Key: ${server.adminKey}`, 'Content-Type: application/json'];
      void connection.send(rawRequest(`POST ${keysPath()}`, lines, body));
      expect((await connection.next()).status).toBe(413);
      connection.destroy();
      expect(await total()).toBe(before);
    },
  );

  it.each([keysPath, () => '/api/keys'])(
    'a rotation that ends the old key at once, and at its first use',
    async (path) => {
      const made =
        path === keysPath
          ? await makeKey(server, bucketId, 'write')
          : ((await asAdmin('GET', '/api/keys/self')).body.apiKey as MadeKey);
      const answer = await asAdmin('POST', `${path()}/${made._id}/rotate`, {
        gracePeriodSeconds: 0,
        retireOnFirstUse: true,
      });
      expect(seen(answer)).toEqual(refused(400, 'Validation Error', 'retireOnFirstUse needs a grace period'));
    },
  );
});
