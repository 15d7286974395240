// npm test runs this on PostgreSQL too: each database stores and changes points with SQL of its own.
import { makeBucket, makeKey } from '../support/make';
import { refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const EVER = { startTime: '1970-01-01T00:00:00Z', endTime: '2100-01-01T00:00:00Z' };
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

describe('PATCH', () => {
  it('updates the given properties, adds fields and replaces them', async () => {
    const { _id } = await made({ schema: { temperature: 'number', humidity: 'number' } });
    await ingest(_id, { temperature: 20 });
    const { status, body } = await call('PATCH', path(_id), {
      name: 'Renamed',
      schema: { humidity: { type: 'number', unit: '%' }, note: 'string' },
    });
    expect([status, body.message]).toEqual([200, 'Data source updated successfully']);
    expect(body.dataSource).toMatchObject({
      name: 'Renamed',
      schema: { temperature: { type: 'number' }, humidity: { type: 'number', unit: '%' }, note: { type: 'string' } },
    });
    expect((await ingest(_id, { humidity: 40, note: 'dry' })).status).toBe(201);
    const { body: points } = await call('POST', '/api/data/query', { filters: { sort: 'asc' } }, keys.read);
    expect(points.data.map(({ values }: { values: object }) => values)).toEqual([
      { temperature: 20 },
      { humidity: 40, note: 'dry' },
    ]);
  });

  it('removes fields and changes types only without points', async () => {
    const { _id } = await made({ schema: { temperature: 'number', door: 'boolean' } });
    await ingest(_id, { temperature: 20 });
    expect(seen(await call('PATCH', path(_id), { schema: { temperature: 'string' } }))).toEqual(
      refused(409, 'Conflict', 'The type of temperature cannot be changed while the data source has points'),
    );
    expect(seen(await call('PATCH', path(_id), { schema: { door: null } }))).toEqual(
      refused(409, 'Conflict', 'The field door cannot be removed while the data source has points'),
    );
    await call('DELETE', '/api/data', { bucketId, dataSourceId: _id, ...EVER }, server.adminKey);
    const { body } = await call('PATCH', path(_id), { schema: { temperature: 'string', door: null } });
    expect(body.dataSource.schema).toEqual({ temperature: { type: 'string' } });
    expect((await ingest(_id, { temperature: 'warm' })).status).toBe(201);
    expect(seen(await call('PATCH', path((await made())._id), { schema: { temperature: null } }))).toEqual(
      refused(400, 'Validation Error', 'schema must be an object with 1 to 100 fields'),
    );
  });

  it('archives: points can be read, and new ones are rejected', async () => {
    const { _id } = await made();
    await ingest(_id, { temperature: 1 });
    expect((await call('PATCH', path(_id), { status: 'archived' })).body.dataSource.status).toBe('archived');
    expect(seen(await ingest(_id, { temperature: 2 }))).toEqual(refused(409, 'Conflict', 'Data source is archived'));
    expect((await call('POST', '/api/data/query', {})).body.data).toHaveLength(1);
    expect(seen(await call('PATCH', path(_id), { status: 'gone' }))).toEqual(
      refused(400, 'Validation Error', "Invalid data source status. Must be 'active' or 'archived'"),
    );
  });

  it('without properties changes nothing', async () => {
    const { body } = await create();
    expect((await call('PATCH', path(body.dataSource._id as string), {})).body.dataSource).toEqual(body.dataSource);
  });
});

describe('DELETE', () => {
  it('deletes a data source with its points', async () => {
    const [gone, stays] = [await made(), await made({ name: 'Stays' })];
    for (const { _id } of [gone, stays]) await ingest(_id, { temperature: 1 });
    const { status, body } = await call('DELETE', path(gone._id), undefined, server.adminKey);
    expect([status, body]).toEqual([
      200,
      {
        message: 'Data source deleted successfully',
        deletedDataSource: { _id: gone._id, name: 'Climate' },
        deletedResources: { dataPoints: 1, alertRules: 0 },
      },
    ]);
    const { body: answer } = await call('POST', '/api/data/query', {});
    expect(answer.data.map(({ dataSourceId }: { dataSourceId: string }) => dataSourceId)).toEqual([stays._id]);
    expect(seen(await ingest(gone._id, { temperature: 2 }))).toEqual(SOURCE_NOT_FOUND);
    expect((await call('GET', `/api/buckets/${bucketId}`, undefined, server.adminKey)).body.bucket.stats).toEqual({
      dataSourceCount: 1,
      dataPointCount: 1,
      apiKeyCount: 2,
    });
    const { body: log } = await call('GET', `/api/audit?sort=asc&targetId=${gone._id}`, undefined, server.adminKey);
    expect(log.auditEvents.map(({ action }: { action: string }) => action)).toEqual([
      'dataSource.created',
      'dataSource.deleted',
    ]);
  });

  it('requires an Admin key if there are points, however old, and otherwise accepts a Write key', async () => {
    const { _id } = await made();
    const at = Date.now() - 10 * 86_400_000;
    await call('POST', '/api/data', { dataSourceId: _id, values: { temperature: 1 }, timestamp: at });
    await call('PATCH', `/api/buckets/${bucketId}`, { retentionDays: 1 }, server.adminKey);
    const no = refused(403, 'Forbidden', 'Only Admin keys can delete data');
    expect(seen(await call('DELETE', path(_id)))).toEqual(no);
    expect((await call('GET', path(_id))).status).toBe(200);
    const bound = (await makeKey(server, bucketId, 'write', { dataSourceId: _id })).key;
    expect(seen(await call('DELETE', path(_id), undefined, bound))).toEqual(no);
    await call('PATCH', `/api/buckets/${bucketId}`, { retentionDays: null }, server.adminKey);
    await call('DELETE', '/api/data', { bucketId, ...EVER }, server.adminKey);
    const { status, body } = await call('DELETE', path(_id), undefined, bound);
    expect([status, body.deletedResources]).toEqual([200, { dataPoints: 0, alertRules: 0 }]);
  });

  it('with a Write key loses no point that is stored concurrently', async () => {
    for (let round = 0; round < 20; round++) {
      const { _id } = await made();
      const [stored, deleted] = await Promise.all([ingest(_id, { temperature: round }), call('DELETE', path(_id))]);
      expect([
        [201, 403],
        [404, 200],
      ]).toContainEqual([stored.status, deleted.status]);
      if (deleted.status === 403) await call('DELETE', path(_id), undefined, server.adminKey);
    }
  });

  it('of the bucket returns the counts of its sources and points', async () => {
    const { _id } = await made();
    await ingest(_id, { temperature: 1 });
    const { body } = await call('DELETE', `/api/buckets/${bucketId}`, undefined, server.adminKey);
    expect(body.deletedResources).toEqual({ dataSources: 1, dataPoints: 1, apiKeys: 2, alertRules: 0 });
  });
});
