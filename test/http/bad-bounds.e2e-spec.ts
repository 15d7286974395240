// npm test leaves this out: hostile requests, repeated.
import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { RawConnection, rawRequest } from '../support/raw';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

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
/** Metadata with this length in bytes as JSON. */
const metadataOf = (bytes: number) => ({ a: 'v'.repeat(bytes - '{"a":""}'.length) });
const rate = (limit: unknown, windowSeconds: unknown) => ({ limit, windowSeconds });
const quota = (limit: unknown, per: unknown) => ({ limit, per });

/** The error, its path, and the values that cause it. */
const WRONG: [path: string[], message: string, values: unknown[]][] = [
  [
    ['expiresAt'],
    'expiresAt must be an RFC 3339 time with an offset, such as 2030-01-31T12:00:00Z',
    ['tomorrow', '2099-01-01', '2099-02-30T00:00:00Z', '2099-01-01T00:00:00', '', 4_102_444_800_000, true, [], {}],
  ],
  [
    ['expiresAt'],
    'Expiry must be in the future',
    ['2020-01-01T00:00:00Z', '1970-01-01T00:00:00Z', new Date().toISOString()],
  ],
  [['enabled'], 'enabled must be true or false', ['true', 1, 0, '', [], {}]],
  [['rateLimit'], 'rateLimit must be an object with limit and windowSeconds', ['5/60', 5, true, [], [rate(5, 60)]]],
  [
    ['rateLimit', 'limit'],
    'rateLimit.limit must be a whole number from 1 to 1000000',
    [0, -1, 1.5, '5', 1_000_001, 1e300, null, undefined, true, [5]].map((limit) => rate(limit, 60)),
  ],
  [
    ['rateLimit', 'windowSeconds'],
    'rateLimit.windowSeconds must be a whole number from 1 to 86400',
    [0, -60, 0.5, '60', 86_401, null, undefined].map((windowSeconds) => rate(5, windowSeconds)),
  ],
  [['quota'], 'quota must be an object with limit and per', ['5/day', 5, false, [], [quota(5, 'day')]]],
  [
    ['quota', 'limit'],
    'quota.limit must be a whole number from 1 to 1000000000',
    [0, -1, 1_000_000_001, '5', null, undefined].map((limit) => quota(limit, 'day')),
  ],
  [
    ['quota', 'per'],
    "quota.per must be 'day' or 'month'",
    ['week', 'per', '', 7, null, undefined, ['day']].map((per) => quota(5, per)),
  ],
  [['metadata'], 'metadata must be an object whose values are strings', ['x', 7, true, ['x']]],
  [['metadata'], 'metadata must have 20 entries or less', [entries(21)]],
  [['metadata'], 'metadata must be 2048 bytes or less as JSON', [metadataOf(2049), { a: 'ä'.repeat(1100) }]],
  [['metadata', 'a'], 'metadata values must be strings', [{ a: 1 }, { a: null }, { a: { b: 'c' } }, { a: ['b'] }]],
  [['metadata', 'a'], 'metadata values must not contain the character U+0000', [{ a: 'x\0' }]],
  [['metadata', 'a'], 'metadata must not contain half of a surrogate pair', [{ a: '\ud83c' }]],
  ...['', 'a\nb', 'n'.repeat(65)].map((name): (typeof WRONG)[number] => [
    ['metadata', name],
    'metadata names must have 1 to 64 characters, and no control characters',
    [{ [name]: 'v' }],
  ]),
];

describe('an invalid restriction of a key', () => {
  const total = async () => (await asAdmin('GET', keysPath())).body.pagination.total as number;
  const problem = (path: string[], message: string) => ({ path: ['body', ...path], message });
  const refusal = (path: string[], message: string) => ({
    status: 400,
    body: { error: 'Validation Error', message, ...(path.length > 1 && { details: [problem(path, message)] }) },
  });

  it.each(
    WRONG.flatMap(([path, message, values]) =>
      values.map((value) => ({ field: path.join('.'), value, path, message })),
    ),
  )('$field: $value, by name, and nothing is done', async ({ value, path, message }) => {
    const made = (await create(BOUNDS)).body.apiKey as MadeKey;
    const before = [await get(made), await total()];
    const wrong = { [path[0] ?? '']: value };
    for (const answer of [await create(wrong), await patch(made, { name: 'Renamed', ...wrong })])
      expect(seen(answer)).toEqual(refusal(path, message));
    expect([await get(made), await total()]).toEqual(before);
  });

  it.each([
    [{ writeOnly: 'yes' }, ['writeOnly'], 'writeOnly must be true or false'],
    [{ writeOnly: true, type: 'read' }, ['writeOnly'], 'writeOnly is only for write keys'],
    [{ dataSourceId: 'x' }, ['dataSourceId'], 'Invalid data source ID format'],
    [{ dataSourceId: 7 }, ['dataSourceId'], 'Invalid data source ID format'],
    [{ rateLimit: { ...rate(1, 1), burst: 2 } }, ['rateLimit', 'burst'], 'Unknown property: burst'],
    [{ quota: { ...quota(1, 'day'), of: 'x' } }, ['quota', 'of'], 'Unknown property: of'],
  ])('%j is refused at creation', async (body, path, message) => {
    const before = await total();
    expect(seen(await create(body))).toEqual(refusal(path, message));
    expect(await total()).toBe(before);
  });

  it('is reported with all others, in the order of the fields', async () => {
    const { body } = await create({ quota: {}, enabled: 0, rateLimit: {}, expiresAt: 0, name: '', extra: 1 });
    expect((body.details as { path: string[] }[]).map(({ path }) => path.slice(1).join('.'))).toEqual([
      ...['name', 'expiresAt', 'rateLimit.limit', 'rateLimit.windowSeconds', 'enabled', 'quota.limit', 'quota.per'],
      'extra',
    ]);
    expect(body.message).toBe('Key name is required');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('is metadata named %s', async (name) => {
    const before = await total();
    const answer = await asAdmin('POST', keysPath(), `{"name":"x","type":"read","metadata":{"${name}":"v"}}`);
    expect(answer.status).toBe(400);
    expect(await total()).toBe(before);
  });

  it.each([
    { metadata: metadataOf(2048), name: 'n'.repeat(100) },
    { metadata: { ...entries(17), ['n'.repeat(64)]: '', toString: 'x', length: '0' } },
    { rateLimit: rate(1, 1), quota: quota(1, 'month') },
    { rateLimit: rate(1_000_000, 86_400), quota: quota(1_000_000_000, 'day') },
  ])('starts just beyond each limit: %j is accepted', async (bounds) => {
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
