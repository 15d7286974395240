import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const ID = expect.stringMatching(/^[0-9a-f]{24}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const SOURCE_NOT_FOUND = refused(404, 'Not Found', 'Data source not found');

let server: TestApp;
let bucketId: string;
let keys: { write: string; read: string };
beforeAll(async () => (server = await startApp({ DAKKIO_SOURCES_PER_BUCKET: '12' })));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  keys = { write: (await makeKey(server, bucketId, 'write')).key, read: (await makeKey(server, bucketId, 'read')).key };
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, key = keys.write) =>
  server.call(method, path, { key, body });
const path = (id = '') => `/api/buckets/${bucketId}/sources${id && `/${id}`}`;
const create = (more: object = {}, key = keys.write) =>
  call('POST', path(), { name: 'Climate', schema: { temperature: 'number' }, ...more }, key);
const made = async (more: object = {}) => (await create(more)).body.dataSource as { _id: string };
const ingest = (dataSourceId: string, values: object) => call('POST', '/api/data', { dataSourceId, values });

describe('POST /api/buckets/:bucketId/sources', () => {
  it('creates a data source and expands its schema', async () => {
    const schema = {
      temperature: { type: 'number', unit: '°C', description: 'Of the air', required: true },
      door: 'boolean',
    };
    const { status, body } = await create({ schema, type: 'esp32', description: 'On the shelf', downsampling: false });
    expect([status, body]).toEqual([
      201,
      {
        message: 'Data source created successfully',
        dataSource: {
          _id: ID,
          bucketId,
          name: 'Climate',
          type: 'esp32',
          description: 'On the shelf',
          schema: { temperature: schema.temperature, door: { type: 'boolean' } },
          downsampling: false,
          status: 'active',
          createdAt: TIME,
          updatedAt: TIME,
        },
      },
    ]);
  });

  it('applies defaults', async () => {
    const { body } = await create({ type: null, description: null, downsampling: null });
    expect(body.dataSource).toMatchObject({ type: 'sensor', description: '', downsampling: true });
  });

  const FIELDS = 'schema must be an object with 1 to 100 fields';
  const NAMES = 'Field names must begin with a letter or _, and have up to 64 letters, digits, _, . or -';
  const TYPES = "Field type must be 'number', 'string' or 'boolean'";
  it.each([
    [{ name: undefined }, 'Data source name is required', undefined],
    [{ name: '' }, 'Data source name is required', undefined],
    [{ name: 7 }, 'Data source name must be a string', undefined],
    [{ name: 'n'.repeat(101) }, 'Data source name must be 100 characters or less', undefined],
    [{ schema: undefined }, FIELDS, undefined],
    [{ schema: {} }, FIELDS, undefined],
    [{ schema: [] }, FIELDS, undefined],
    [{ schema: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, 'number'])) }, FIELDS, undefined],
    [{ schema: { '1st': 'number' } }, NAMES, ['1st']],
    [{ schema: { ['f'.repeat(65)]: 'number' } }, NAMES, ['f'.repeat(65)]],
    [{ schema: { t: 'float' } }, TYPES, ['t', 'type']],
    [{ schema: { t: null } }, TYPES, ['t']],
    [{ schema: { t: {} } }, TYPES, ['t', 'type']],
    [
      { schema: { t: { type: 'number', unit: '' } } },
      'Field unit must be a string of 1 to 20 characters',
      ['t', 'unit'],
    ],
    [
      { schema: { t: { type: 'number', description: 1 } } },
      'Field description must be a string of up to 200 characters',
      ['t', 'description'],
    ],
    [{ schema: { t: { type: 'number', required: 1 } } }, 'Field required must be true or false', ['t', 'required']],
    [{ schema: { t: { type: 'number', min: 1 } } }, 'Unknown property: min', ['t', 'min']],
    [{ type: 't'.repeat(51) }, 'Data source type must be 50 characters or less', undefined],
    [{ downsampling: 'yes' }, 'downsampling must be true or false', undefined],
    [{ colour: 'red' }, 'Unknown property: colour', undefined],
  ])('rejects %j', async (more, message, within) => {
    const details = within && [{ path: ['body', 'schema', ...within], message }];
    expect(seen(await create(more))).toEqual({
      status: 400,
      body: { error: 'Validation Error', message, ...(details && { details }) },
    });
    expect((await call('GET', path())).body.pagination.total).toBe(0);
  });

  it('accepts 100 fields, and data sources up to the limit of the bucket', async () => {
    const schema = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i % 2 ? 'string' : 'number']));
    expect((await create({ schema })).status).toBe(201);
    for (let count = 1; count < 12; count++) expect((await create()).status).toBe(201);
    expect(seen(await create())).toEqual(
      refused(409, 'Conflict', 'A bucket can have 12 data sources, and this one has them all'),
    );
  });

  it('assigns unique numbers to data sources that are created concurrently', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create()));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    const ids = answers.map(({ body }) => body.dataSource._id as string);
    const points = await Promise.all(ids.map((id) => ingest(id, { temperature: 1 })));
    expect(new Set(points.map(({ body }) => body.dataPoint._id as string)).size).toBe(10);
  });
});

describe('access', () => {
  const denied = refused(403, 'Forbidden', 'API key does not have access to this bucket');
  it('to a bucket: its own keys and Admin keys of the organization; other keys cannot tell whether it exists', async () => {
    const source = await made();
    const other = await makeBucket(server, 'Other');
    const foreign = (await makeKey(server, other, 'write')).key;
    const stranger = await makeOrganization(server);
    for (const id of [bucketId, ABSENT_ID]) {
      bucketId = id;
      for (const [method, where, body] of [
        ['GET', path()],
        ['POST', path(), { name: 'x', schema: { t: 'number' } }],
        ['GET', path(source._id)],
        ['PATCH', path(source._id), { name: 'x' }],
        ['DELETE', path(source._id)],
      ] as [string, string, object?][]) {
        expect(seen(await call(method, where, body, foreign))).toEqual(denied);
        expect(seen(await call(method, where, body, stranger))).toEqual(BUCKET_NOT_FOUND);
      }
    }
  });

  it('of Read keys: no writes', async () => {
    const source = await made();
    const no = refused(403, 'Forbidden', 'Read keys cannot modify data');
    expect(seen(await create({}, keys.read))).toEqual(no);
    expect(seen(await call('PATCH', path(source._id), { name: 'x' }, keys.read))).toEqual(no);
    expect(seen(await call('DELETE', path(source._id), undefined, keys.read))).toEqual(no);
    expect((await call('GET', path(), undefined, keys.read)).body.dataSources).toHaveLength(1);
  });

  it('of a key that is bound to a data source: only that one', async () => {
    const [one, other] = [await made(), await made({ name: 'Other' })];
    const { key } = await makeKey(server, bucketId, 'write', { dataSourceId: one._id });
    const no = refused(403, 'Forbidden', 'API key does not have access to this data source');
    expect((await call('GET', path(), undefined, key)).body).toMatchObject({
      dataSources: [{ _id: one._id }],
      pagination: { total: 1 },
    });
    expect((await call('GET', path(one._id), undefined, key)).status).toBe(200);
    for (const id of [other._id, ABSENT_ID]) {
      expect(seen(await call('GET', path(id), undefined, key))).toEqual(no);
      expect(seen(await call('PATCH', path(id), { name: 'x' }, key))).toEqual(no);
      expect(seen(await call('DELETE', path(id), undefined, key))).toEqual(no);
    }
    expect(seen(await create({}, key))).toEqual(no);
  });
});

describe('GET', () => {
  it('lists data sources by page, oldest first', async () => {
    for (const name of ['a', 'b', 'c']) await made({ name });
    const { body } = await call('GET', `${path()}?limit=2&offset=1`, undefined, keys.read);
    expect(body.dataSources.map(({ name }: { name: string }) => name)).toEqual(['b', 'c']);
    expect(body.pagination).toEqual({ limit: 2, offset: 1, total: 3, hasMore: false });
  });

  it('returns the number of points and their first and last times', async () => {
    const { _id } = await made();
    const stats = async () => (await call('GET', path(_id))).body.dataSource.stats as object;
    expect(await stats()).toEqual({ dataPointCount: 0, firstDataAt: null, lastDataAt: null, averageIntervalMs: null });
    const dataPoints = [0, 10, 40].map((minutes) => ({
      dataSourceId: _id,
      values: { temperature: minutes },
      timestamp: new Date(Date.UTC(2024, 0, 15, 10, minutes)).toISOString(),
    }));
    await call('POST', '/api/data/batch', { dataPoints });
    expect(await stats()).toEqual({
      dataPointCount: 3,
      firstDataAt: '2024-01-15T10:00:00.000Z',
      lastDataAt: '2024-01-15T10:40:00.000Z',
      averageIntervalMs: 1_200_000,
    });
  });

  it('returns 404 for a data source that does not exist, is deleted, or is in another bucket', async () => {
    const { _id } = await made();
    expect(seen(await call('GET', path(ABSENT_ID)))).toEqual(SOURCE_NOT_FOUND);
    expect(seen(await call('GET', path('nope')))).toEqual(
      refused(400, 'Validation Error', 'Invalid data source ID format'),
    );
    expect((await call('GET', path(_id.toUpperCase()))).status).toBe(200);
    const first = bucketId;
    bucketId = await makeBucket(server, 'Other');
    expect(seen(await call('GET', path(_id), undefined, server.adminKey))).toEqual(SOURCE_NOT_FOUND);
    bucketId = first;
    await call('DELETE', path(_id));
    expect(seen(await call('GET', path(_id)))).toEqual(SOURCE_NOT_FOUND);
  });
});
