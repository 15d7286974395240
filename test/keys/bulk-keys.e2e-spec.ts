// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import { parse } from 'csv-parse/sync';
import { breakIn } from '../support/intruder';
import { makeBucket, type MadeKey } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => (bucketId = await makeBucket(server)));
afterAll(() => server.stop());

const CSV = { 'Content-Type': 'text/csv' };
const send = (body: unknown, headers: Record<string, string> = {}) =>
  server.call('POST', `/api/buckets/${bucketId}/keys/bulk`, { key: server.adminKey, body, headers });
const listed = async () => {
  const { body } = await server.call('GET', `/api/buckets/${bucketId}/keys?limit=1000`, { key: server.adminKey });
  return body.apiKeys as { _id: string; name: string; type: string }[];
};
const invalid = (message: string, path?: (string | number)[]) => ({
  status: 400,
  body: { error: 'Validation Error', message, ...(path && { details: [{ path, message }] }) },
});
const many = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `Sensor ${i}`, type: 'write' }));
const BAD_TYPE = "Invalid key type. Must be 'write' or 'read'";

describe('keys in bulk', () => {
  it('are created in the order of the request, each with its restrictions', async () => {
    const keys = [
      { name: 'ESP32-001 Living Room', type: 'write', writeOnly: true, rateLimit: { limit: 60, windowSeconds: 60 } },
      { name: 'Grafana Dashboard', type: 'read', allowedIps: ['127.0.0.1'], metadata: { team: 'ops' } },
      { name: 'ESP32-001 Living Room', type: 'write', enabled: false },
    ];
    const { status, body } = await send({ keys });
    expect([status, body]).toEqual([
      201,
      {
        message: 'API keys created successfully',
        apiKeys: keys.map((wanted) => ({
          ...wanted,
          _id: expect.stringMatching(/^[0-9a-f]{24}$/),
          key: expect.stringMatching(new RegExp(`^dakkio_${wanted.type.charAt(0)}_[0-9A-Za-z]{36}$`)),
          bucketId,
          createdAt: expect.any(String),
        })),
      },
    ]);
    const made = body.apiKeys as MadeKey[];
    expect((await listed()).map(({ _id }) => _id)).toEqual(made.map(({ _id }) => _id));
    const statuses = await Promise.all(
      made.map(async ({ key }) => (await server.call('GET', '/api/keys/self', { key })).status),
    );
    expect(statuses).toEqual([200, 200, 401]);
  });

  it.each([1, 500])('accept %i keys', async (count) => {
    const { status, body } = await send({ keys: many(count) });
    expect([status, new Set((body.apiKeys as MadeKey[]).map(({ key }) => key)).size]).toEqual([201, count]);
    expect((await listed()).map(({ name }) => name)).toEqual(many(count).map(({ name }) => name));
    const { body: log } = await server.call('GET', `/api/audit?bucketId=${bucketId}&action=apiKey.created&limit=1`, {
      key: server.adminKey,
    });
    expect(log.pagination.total).toBe(count);
  });

  it.each([
    ['none', { keys: [] }, invalid('keys must be a list of 1 to 500 keys')],
    ['501', { keys: many(501) }, invalid('keys must be a list of 1 to 500 keys')],
    ['no list', { keys: { name: 'x', type: 'read' } }, invalid('keys must be a list of 1 to 500 keys')],
    ['nothing', {}, invalid('keys must be a list of 1 to 500 keys')],
    ['null', { keys: null }, invalid('keys must be a list of 1 to 500 keys')],
    ['a text among them', { keys: [...many(1), 'x'] }, invalid('Each key must be an object', ['body', 'keys', 1])],
    [
      'an invalid key at the end',
      { keys: [...many(499), { name: 'x', type: 'admin' }] },
      invalid(BAD_TYPE, ['body', 'keys', 499, 'type']),
    ],
    [
      'a key with an unknown property',
      { keys: [{ name: 'x', type: 'read', admin: true }] },
      invalid('Unknown property: admin', ['body', 'keys', 0, 'admin']),
    ],
    [
      'a contradiction within one key',
      { keys: [...many(2), { name: 'x', type: 'read', writeOnly: true }] },
      invalid('writeOnly is only for write keys', ['body', 'keys', 2, 'writeOnly']),
    ],
    [
      'an invalid restriction within one key',
      { keys: [...many(1), { name: 'x', type: 'read', rateLimit: { limit: 0, windowSeconds: 1 } }] },
      invalid('rateLimit.limit must be a whole number from 1 to 1000000', ['body', 'keys', 1, 'rateLimit', 'limit']),
    ],
  ])('are all refused for %s', async (_what, body, refusal) => {
    expect(seen(await send(body))).toEqual(refusal);
    expect(await listed()).toEqual([]);
  });

  it('report up to a hundred problems at once', async () => {
    const { status, body } = await send({ keys: Array(500).fill({ name: '', type: 'x' }) });
    expect([status, body.message, body.details.length]).toEqual([400, 'Key name is required', 100]);
  });

  it('are all rolled back when the database fails in the middle', async () => {
    const intruder = await breakIn(server.database);
    const [{ _id = '' } = {}] = (await send({ keys: many(1) })).body.apiKeys as MadeKey[];
    await intruder.run(
      `CREATE UNIQUE INDEX one_name ON api_keys (name) WHERE name = 'Sensor 0' AND bucket_id = '${bucketId}'`,
    );
    try {
      const { status } = await send({ keys: many(500).reverse() });
      expect([status, (await listed()).map((key) => key._id)]).toEqual([expect.any(Number), [_id]]);
      expect(status).toBeGreaterThanOrEqual(500);
    } finally {
      await intruder.run('DROP INDEX one_name');
      await intruder.leave();
    }
  });

  it('are created once when the request is retried, and the retry lists them', async () => {
    const headers = { 'Idempotency-Key': 'fleet-1' };
    const first = await send({ keys: many(3) }, headers);
    const ids = (first.body.apiKeys as MadeKey[]).map(({ _id }) => _id);
    const again = { error: 'Conflict', message: 'This request was already processed', apiKeyIds: ids };
    expect(seen(await send({ keys: many(3) }, headers))).toEqual({ status: 409, body: again });
    expect(seen(await send({ keys: many(4) }, headers))).toEqual(
      refused(422, 'Unprocessable Entity', 'Idempotency-Key was used before with another request'),
    );
    expect(await listed()).toHaveLength(3);
  });

  it('answer 404 for an unknown bucket', async () => {
    bucketId = ABSENT_ID;
    expect(seen(await send({ keys: many(1) }))).toEqual(BUCKET_NOT_FOUND);
  });
});

describe('keys in bulk from CSV', () => {
  it.each([
    [
      'lines',
      'name,type\nSensor A,write\nDashboard,read\n',
      [
        ['Sensor A', 'write'],
        ['Dashboard', 'read'],
      ],
    ],
    ['lines as Windows ends them, and no end at the last', 'name,type\r\nSensor A,write', [['Sensor A', 'write']]],
    ['the columns turned round', 'type,name\nread,Dashboard\n', [['Dashboard', 'read']]],
    ['quotes', 'name,type\n"Hall, ""north""",write\n', [['Hall, "north"', 'write']]],
    ['a byte order mark and empty lines', '\uFEFFname,type\n\nKüche,write\n\n', [['Küche', 'write']]],
  ])('are created from %s', async (_what, csv, rows) => {
    const { status, body } = await send(csv, CSV);
    expect([status, body.apiKeys.map(({ name, type }: Record<string, string>) => [name, type])]).toEqual([201, rows]);
  });

  it('are returned in CSV when the client accepts it, also for a JSON body', async () => {
    const wanted = [{ name: 'Hall, "north"', type: 'write' }, ...many(2)];
    const { status, headers, body } = await send({ keys: wanted }, { Accept: 'text/csv' });
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      201,
      'text/csv; charset=utf-8; header=present',
      'no-store',
    ]);
    const rows = parse(body as string, { columns: true }) as unknown as Record<
      '_id' | 'name' | 'type' | 'key',
      string
    >[];
    expect(Object.keys(rows[0] ?? {})).toEqual(['_id', 'name', 'type', 'key']);
    expect(rows.map(({ name, type }) => ({ name, type }))).toEqual(wanted);
    expect(rows.map(({ _id }) => _id)).toEqual((await listed()).map(({ _id }) => _id));
    for (const { key, _id } of rows)
      expect((await server.call('GET', '/api/keys/self', { key })).body.apiKey._id).toBe(_id);
  });

  it.each([
    ['*/*', 'application/json'],
    ['application/json, text/csv;q=0.5', 'application/json'],
    ['text/csv;q=0.9, application/json;q=0.5', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/csv; charset=utf-8', 'text/csv'],
    ['text/csv;header=present, */*;q=0.1', 'text/csv'],
    ['image/png', 'application/json'],
  ])('are returned for Accept: %s as %s', async (Accept, type) => {
    const { status, headers } = await send('name,type\nSensor A,write\n', { ...CSV, Accept });
    expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([201, type]);
  });

  const COLUMNS = 'The first line of the CSV must name the columns name,type';
  it.each([
    ['an empty body', '', refused(400, 'Validation Error', COLUMNS)],
    ['no first line', 'Sensor A,write\n', refused(400, 'Validation Error', COLUMNS)],
    ['no type', 'name,enabled\nSensor A,true\n', refused(400, 'Validation Error', COLUMNS)],
    ['another column', 'name,type,admin\nSensor A,write,yes\n', invalid('Unknown CSV column: admin')],
    ['a column twice', 'name,type,name\na,write,b\n', invalid('The CSV names the column name more than once')],
    [
      'a field together with a nested one',
      'name,type,quota,quota.per\na,write,1/day,day\n',
      invalid('The CSV names the column quota.per more than once'),
    ],
    [
      'a name that pollutes prototypes',
      'name,type,metadata.__proto__\na,write,b\n',
      invalid('Unknown CSV column: metadata.__proto__'),
    ],
    ['a part of what has none', 'name,type,enabled.x\na,write,b\n', invalid('Unknown CSV column: enabled.x')],
    ['no rows', 'name,type\n', refused(400, 'Validation Error', 'keys must be a list of 1 to 500 keys')],
    [
      'an unclosed quote',
      'name,type\n"Sensor A,write\n',
      refused(400, 'Validation Error', 'Request body is not valid CSV'),
    ],
    ['a row too short', 'name,type\nSensor A\n', refused(400, 'Validation Error', 'Request body is not valid CSV')],
    ['a row too long', 'name,type\na,write,x\n', refused(400, 'Validation Error', 'Request body is not valid CSV')],
    ['a bad type', 'name,type\na,write\nb,admin\n', invalid(BAD_TYPE, ['body', 'keys', 1, 'type'])],
    ['an empty name', 'name,type\n,write\n', invalid('Key name is required', ['body', 'keys', 0, 'name'])],
    [
      '501 rows',
      `name,type\n${'Sensor,write\n'.repeat(501)}`,
      refused(400, 'Validation Error', 'keys must be a list of 1 to 500 keys'),
    ],
  ])('are all refused for %s, with an error in JSON', async (_what, csv, refusal) => {
    expect(seen(await send(csv, { ...CSV, Accept: 'text/csv' }))).toEqual(refusal);
    expect(await listed()).toEqual([]);
  });

  it('are one and the same request as their JSON', async () => {
    const headers = { 'Idempotency-Key': 'fleet-2' };
    expect((await send('name,type\nSensor 0,write\n', { ...CSV, ...headers })).status).toBe(201);
    expect((await send({ keys: many(1) }, headers)).status).toBe(409);
  });

  it('are not taken as another type, and no single key as CSV', async () => {
    const other = { 'Content-Type': 'text/plain' };
    expect(seen(await send('name,type\na,write\n', other))).toEqual(
      refused(415, 'Unsupported Media Type', 'Content-Type must be application/json or text/csv'),
    );
    const options = { key: server.adminKey, body: 'name,type\na,write\n', headers: CSV };
    expect(seen(await server.call('POST', `/api/buckets/${bucketId}/keys`, options))).toEqual(
      refused(415, 'Unsupported Media Type', 'Content-Type must be application/json'),
    );
  });
});
