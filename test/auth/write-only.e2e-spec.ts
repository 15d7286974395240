import { Refusals } from '../../src/audit/refusals';
import { makeAlert } from '../support/alerts';
import { makeBucket, makeKey } from '../support/make';
import { ABSENT_ID, refused, seen } from '../support/refusals';
import { RIGHTS } from '../support/rights';
import { startApp, type TestApp } from '../support/test-app';

const ID = expect.stringMatching(/^[0-9a-f]{24}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const NO = refused(403, 'Forbidden', 'Write-only keys cannot read data');
const ALLOWED: readonly string[] = [
  'createDataSource',
  'createManyDataSources',
  'getOwnApiKey',
  'ingestBatch',
  'ingestCsv',
  'ingestPoint',
  'rotateOwnApiKey',
  'createSession',
  'deleteSession',
  'runInfluxStatement',
  'writeBucketLines',
  'writeDatabaseLines',
  'writeLines',
];
const AT = '2024-01-15T10:10:00.000Z';

let server: TestApp;
let bucketId: string;
let sourceId: string;
let writeKey: string;
let key: string;
beforeAll(async () => (server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' })));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  writeKey = (await makeKey(server, bucketId, 'write')).key;
  key = (await makeKey(server, bucketId, 'write', { writeOnly: true })).key;
  sourceId = (await createSource(writeKey)).body.dataSource._id as string;
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, as = key) => server.call(method, path, { key: as, body });
const createSource = (as: string, more: object = {}) =>
  call('POST', `/api/buckets/${bucketId}/sources`, { name: 'Climate', schema: { t: 'number' }, ...more }, as);
const ingest = (point: object, as = key) => call('POST', '/api/data', { dataSourceId: sourceId, ...point }, as);
const batch = (dataPoints: object[], query = '', as = key) =>
  call(
    'POST',
    `/api/data/batch${query}`,
    { dataPoints: dataPoints.map((one) => ({ dataSourceId: sourceId, ...one })) },
    as,
  );

describe('a write-only key', () => {
  const others = RIGHTS.filter(({ operation }) => !ALLOWED.includes(operation));

  it('can call thirteen routes', () => expect(others).toHaveLength(RIGHTS.length - ALLOWED.length));

  it.each(others)('is rejected on $route before its body is read', async ({ route, right: { types, otherwise } }) => {
    const made = await makeAlert(server, bucketId, sourceId, 't > 30');
    const ids = { bucketId, sourceId, keyId: ABSENT_ID, ...made } as Record<string, string>;
    const [method = '', path = ''] = route.split(' ');
    const filled = path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? '');
    const answer = await call(method, filled, method === 'GET' ? undefined : ['not', 'read']);
    // The routes of InfluxDB's clients have errors in its form.
    const wanted = path === '/query' ? { status: 403, body: { error: 'Write-only keys cannot read data' } } : NO;
    const isForOthers = !types.includes('write');
    expect(seen(answer)).toEqual(isForOthers ? refused(403, 'Forbidden', otherwise?.message ?? '') : wanted);
  });

  it('creates data sources, and ingests into any of its bucket', async () => {
    const { status, body } = await createSource(key);
    expect([status, body.dataSource]).toEqual([
      201,
      {
        ...{ _id: ID, bucketId, name: 'Climate', type: 'sensor', description: '', downsampling: true },
        ...{ schema: { t: { type: 'number' } }, status: 'active', createdAt: TIME, updatedAt: TIME },
      },
    ]);
    const own = body.dataSource._id as string;
    expect(own).not.toBe(sourceId);
    for (const dataSourceId of [own, sourceId])
      expect((await ingest({ dataSourceId, values: { t: 1 } })).status).toBe(201);
    const { body: answer } = await call('POST', '/api/data/query', {}, writeKey);
    expect(answer.data).toHaveLength(2);
  });

  it('writes lines, and learns nothing about what is stored', async () => {
    const write = async (line: string) => {
      const init = { method: 'POST', body: line, headers: { authorization: `Token ${key}` } };
      const answer = await fetch(`${server.url}/api/v2/write?precision=ms`, init);
      return [answer.status, await answer.text()];
    };
    for (const line of ['weather t=1 1700000000000', 'weather t=1 1700000000000', 'weather u=2 1700000000000'])
      expect(await write(line)).toEqual([204, '']);
    const { body: answer } = await call('POST', '/api/data/query', {}, writeKey);
    expect(answer.data).toMatchObject([{ values: { t: 1, u: 2 } }]);
  });

  it('rotates itself into a key that is write-only too', async () => {
    const { status, body } = await call('POST', '/api/keys/self/rotate', {});
    expect(status).toBe(201);
    expect(body.apiKey.writeOnly).toBe(true);
    expect(seen(await call('POST', '/api/data/query', {}, body.apiKey.key as string))).toEqual(NO);
  });

  it('is logged in the audit log when it is rejected', async () => {
    await call('DELETE', `/api/buckets/${bucketId}/sources/${sourceId}`);
    await server.app.get(Refusals).flush();
    const path = `/api/audit?action=access.refused&bucketId=${bucketId}`;
    const { body } = await call('GET', path, undefined, server.adminKey);
    expect(body.auditEvents).toMatchObject([{ bucketId, details: { message: 'Write-only keys cannot read data' } }]);
  });
});

describe('the response of ingest to a write-only key', () => {
  const point = (t: number, metadata: object | null = null) => ({ values: { t }, timestamp: AT, metadata });

  it('is the same for new, duplicate and updated points', async () => {
    await ingest(point(1), writeKey);
    const accepted = { message: 'Batch ingested successfully', updated: 0, duplicates: 0, rejected: 0 };
    expect((await batch([point(1), point(2), point(3, { device: 'a' })])).body).toEqual({ ...accepted, inserted: 3 });
    expect((await batch([point(2), point(3, { device: 'a' })])).body).toEqual({ ...accepted, inserted: 2 });
    // Keys that can read get the details, and everything was stored.
    const { body } = await batch([point(2), point(4)], '', writeKey);
    expect(body).toMatchObject({ inserted: 0, updated: 1, duplicates: 1 });
  });

  it('is the same for one point, without its id, which contains the metadata number', async () => {
    const answers = [];
    await ingest(point(1, { device: 'known' }), writeKey);
    for (const sent of [point(1, { device: 'known' }), point(2, { device: 'known' }), point(2, { device: 'new' })]) {
      const { status, body } = await ingest(sent);
      answers.push([status, { ...body.dataPoint, ...{ values: 0, metadata: 0 } }]);
      expect(body.dataPoint).toMatchObject({ values: sent.values, metadata: sent.metadata });
    }
    const shown = { bucketId, dataSourceId: sourceId, timestamp: AT, values: 0, metadata: 0, createdAt: TIME };
    expect(answers).toEqual([shown, shown, shown].map((one) => [201, one]));
  });

  it('counts the accepted points of a partial batch', async () => {
    await ingest(point(1), writeKey);
    const { status, body } = await batch([point(1), point(2), { values: { t: 'x' } }], '?partial=true');
    expect([status, body]).toEqual([
      207,
      {
        message: 'Batch ingested in part',
        ...{ inserted: 2, updated: 0, duplicates: 0, rejected: 1 },
        errors: [{ index: 2, message: 't must be a number' }],
      },
    ]);
  });

  it('names only fields of the schema that were sent', async () => {
    const schema = { t: 'number', pin: { type: 'number', required: true }, secretName: 'string' };
    const dataSourceId = (await createSource(writeKey, { schema })).body.dataSource._id as string;
    const missing = 'values lacks a required field of the data source';
    expect(seen(await ingest({ dataSourceId, values: { t: 1 } }))).toEqual({
      status: 400,
      body: { error: 'Validation Error', message: missing },
    });
    expect((await batch([{ dataSourceId, values: { t: 1 } }])).body).toEqual({
      error: 'Validation Error',
      message: missing,
      details: [{ path: ['body', 'dataPoints', 0, 'values'], message: missing }],
    });
    expect((await batch([{ dataSourceId, values: { t: 1 } }], '?partial=true')).body.errors).toEqual([
      { index: 0, message: missing },
    ]);
    expect((await ingest({ dataSourceId, values: { pin: 1, other: 1 } })).body).toMatchObject({
      message: 'The data source has no field other',
    });
    for (const values of [{ t: 'x' }, { t: 1 }, { pin: 'x' }, { pin: 1, other: 1 }, {}, { pin: null }]) {
      const { status, body } = await ingest({ dataSourceId, values });
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain('secretName');
      if (!('pin' in values)) expect(JSON.stringify(body)).not.toContain('pin');
    }
    expect((await ingest({ dataSourceId, values: { t: 1 } }, writeKey)).body.message).toBe('pin is required');
  });

  it('is the same with concurrent requests of keys that can read', async () => {
    const send = (as: string) => batch([point(1), point(2, { device: 'a' })], '', as);
    const answers = await Promise.all([key, writeKey, key, writeKey, key].map(send));
    for (const [index, { body }] of answers.entries())
      if (index % 2 === 0) expect(body).toMatchObject({ inserted: 2, updated: 0, duplicates: 0 });
      else expect(body.inserted + body.duplicates).toBe(2);
  });
});
