import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { CreateSourceBody } from '../../src/sources/new-sources.dto';
import { SOURCE_COLUMNS } from '../../src/sources/source-columns';
import { fieldsOf } from '../../src/common/validation/field-plans';
import { makeBucket, makeKey } from '../support/make';
import { Page } from '../support/page';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let bucketId: string;
beforeAll(async () => (server = await startApp({ DAKKIO_SOURCES_PER_BUCKET: '600' })));
beforeEach(async () => (bucketId = await makeBucket(server)));
afterAll(() => server.stop());

interface Shown {
  readonly _id: string;
  readonly name: string;
  readonly schema: Record<string, object>;
}
const sources = () => `/api/buckets/${bucketId}/sources`;
const send = (body: unknown, headers: Record<string, string> = {}, key = server.adminKey) =>
  server.call('POST', `${sources()}/bulk`, { key, body, headers });
const listed = async () =>
  (await server.call('GET', `${sources()}?limit=1000`, { key: server.adminKey })).body.dataSources as Shown[];
const CSV = { 'Content-Type': 'text/csv' };
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `Source ${index}`, schema: { t: 'number' } }));
const invalid = (message: string, path?: (string | number)[]) => ({
  status: 400,
  body: { error: 'Validation Error', message, ...(path && { details: [{ path, message }] }) },
});

describe('POST /api/buckets/:bucketId/sources/bulk', () => {
  it('creates data sources in the order of the request, which accept points immediately', async () => {
    const wanted = [
      {
        name: 'Hall',
        type: 'climate',
        description: 'On the shelf',
        downsampling: false,
        schema: { t: { type: 'number', unit: '°C', required: true }, door: 'boolean' },
      },
      ...many(2),
    ];
    const { status, headers, body } = await send({ sources: wanted });
    expect([status, body.message, headers.get('cache-control')]).toEqual([
      201,
      'Data sources created successfully',
      'no-store',
    ]);
    const made = body.dataSources as Shown[];
    expect(made[0]).toEqual({
      ...wanted[0],
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      bucketId,
      schema: { t: { type: 'number', unit: '°C', required: true }, door: { type: 'boolean' } },
      status: 'active',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(made[2]).toMatchObject({ name: 'Source 1', type: 'sensor', description: '', downsampling: true });
    expect(await listed()).toEqual(made);
    const dataPoints = made.map(({ _id }, index) => ({ dataSourceId: _id, values: { t: index } }));
    const stored = await server.call('POST', '/api/data/batch', {
      key: server.adminKey,
      body: { bucketId, dataPoints },
    });
    expect(stored.status).toBe(201);
    // Each source has its own number, so that their points stay separate.
    const latest = await server.call('GET', `/api/data/latest?bucketId=${bucketId}`, { key: server.adminKey });
    expect((latest.body.data as { values: { t: number } }[]).map(({ values }) => values.t).sort()).toEqual([0, 1, 2]);
  });

  it('creates 500 in one request, each with an audit event', async () => {
    const { status, body } = await send({ sources: many(500) });
    expect([status, new Set((body.dataSources as Shown[]).map(({ _id }) => _id)).size]).toEqual([201, 500]);
    const path = `/api/audit?bucketId=${bucketId}&action=dataSource.created&limit=1`;
    expect((await server.call('GET', path, { key: server.adminKey })).body.pagination.total).toBe(500);
    expect(seen(await send({ sources: many(101) }))).toEqual(
      refused(409, 'Conflict', 'A bucket can have 600 data sources: there is room for 100 more'),
    );
    expect((await send({ sources: many(100) })).status).toBe(201);
    expect(seen(await send({ sources: many(1) }))).toEqual(
      refused(409, 'Conflict', 'A bucket can have 600 data sources, and this one has them all'),
    );
    expect(await listed()).toHaveLength(600);
  });

  it.each([
    ['none', { sources: [] }, invalid('sources must be a list of 1 to 500 data sources')],
    ['501', { sources: many(501) }, invalid('sources must be a list of 1 to 500 data sources')],
    ['nothing', {}, invalid('sources must be a list of 1 to 500 data sources')],
    ['a text', { sources: [...many(1), 'x'] }, invalid('Each data source must be an object', ['body', 'sources', 1])],
    [
      'a bad one at the end',
      { sources: [...many(499), { name: '', schema: { t: 'number' } }] },
      invalid('Data source name is required', ['body', 'sources', 499, 'name']),
    ],
    [
      'a bad schema',
      { sources: [{ name: 'x', schema: { t: 'date' } }] },
      invalid("Field type must be 'number', 'string' or 'boolean'", ['body', 'sources', 0, 'schema', 't', 'type']),
    ],
    [
      'a property too many',
      { sources: [{ ...many(1)[0], status: 'archived' }] },
      invalid('Unknown property: status', ['body', 'sources', 0, 'status']),
    ],
  ])('creates none of them with %s', async (_what, body, refusal) => {
    expect(seen(await send(body))).toEqual(refusal);
    expect(await listed()).toEqual([]);
  });

  it('creates them once if a request with an idempotency key is retried, as for a single source', async () => {
    const headers = { 'Idempotency-Key': `fleet-${bucketId}` };
    const first = await send({ sources: many(2) }, headers);
    const dataSourceIds = (first.body.dataSources as Shown[]).map(({ _id }) => _id);
    const message = 'This request was already processed';
    expect(seen(await send({ sources: many(2) }, headers))).toEqual({
      status: 409,
      body: { error: 'Conflict', message, dataSourceIds },
    });
    expect(seen(await send({ sources: many(3) }, headers))).toEqual(
      refused(422, 'Unprocessable Entity', 'Idempotency-Key was used before with another request'),
    );
    const one = () => server.call('POST', sources(), { key: server.adminKey, body: many(1)[0], headers });
    const { status, body } = await one();
    expect(status).toBe(201);
    expect(seen(await one())).toEqual({
      status: 409,
      body: { error: 'Conflict', message, dataSourceId: body.dataSource._id },
    });
    expect(await listed()).toHaveLength(3);
  });

  it('requires a key that may create data sources in the bucket', async () => {
    const body = { sources: many(1) };
    const writeOnly = await makeKey(server, bucketId, 'write', { writeOnly: true });
    expect((await send(body, {}, writeOnly.key)).status).toBe(201);
    const [made] = await listed();
    const bound = await makeKey(server, bucketId, 'write', { dataSourceId: made?._id });
    expect((await send(body, {}, bound.key)).status).toBe(403);
    const read = await makeKey(server, bucketId, 'read');
    expect((await send(body, {}, read.key)).body.message).toBe('Read keys cannot modify data');
    bucketId = ABSENT_ID;
    expect(seen(await send(body))).toEqual(BUCKET_NOT_FOUND);
  });
});

describe('a CSV of data sources', () => {
  it('has a column for every property of a data source in JSON', () => {
    expect(['name', ...Object.keys(SOURCE_COLUMNS)].sort()).toEqual(
      fieldsOf(CreateSourceBody)
        .map(({ field }) => field)
        .sort(),
    );
  });

  const NUMBER = { type: 'number' };
  it.each([
    ['JSON', 'name,schema\nA,"{""t"":{""type"":""number"",""unit"":""°C""}}"\n', { t: { type: 'number', unit: '°C' } }],
    [
      'a list',
      'name;schema\nA;t:number:°C door:boolean\n',
      { t: { type: 'number', unit: '°C' }, door: { type: 'boolean' } },
    ],
    [
      'a column for each field',
      'name,schema.t,schema.room.h,schema.x\nA,number,number,\n',
      { t: NUMBER, 'room.h': NUMBER },
    ],
  ])('reads the schema from %s', async (_what, csv, schema) => {
    const { status, body } = await send(csv, CSV);
    expect([status, (body.dataSources as Shown[]).map((one) => [one.name, one.schema])]).toEqual([
      201,
      [['A', schema]],
    ]);
  });

  it.each([
    [
      'no schema',
      'name\nA\n',
      invalid('schema must be an object with 1 to 100 fields', ['body', 'sources', 0, 'schema']),
    ],
    [
      'another type',
      'name,schema\nA,t:date\n',
      invalid("Field type must be 'number', 'string' or 'boolean'", ['body', 'sources', 0, 'schema', 't', 'type']),
    ],
    [
      'a field twice',
      'name,schema\nA,t:number t:string\n',
      invalid('schema must be an object with 1 to 100 fields', ['body', 'sources', 0, 'schema']),
    ],
    ['another column', 'name,schema,unit\nA,t:number,x\n', invalid('Unknown CSV column: unit')],
    ['no name', 'schema\nt:number\n', invalid('The first line of the CSV must name the columns name')],
    [
      'a harmful field',
      'name,schema\nA,__proto__:number\n',
      invalid('schema must be an object with 1 to 100 fields', ['body', 'sources', 0, 'schema']),
    ],
  ])('is rejected with %s', async (_what, csv, refusal) => {
    expect(seen(await send(csv, CSV))).toEqual(refusal);
    expect(await listed()).toEqual([]);
  });

  it('returns CSV that creates the same data sources', async () => {
    const wanted =
      'name,type,description,schema,downsampling\n=A,climate,"one, two",t:number,no\nB,sensor,,t:number,yes\n';
    const { status, headers, body } = await send(wanted, { ...CSV, Accept: 'text/csv' });
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      201,
      'text/csv; charset=utf-8; header=present',
      'no-store',
    ]);
    const made = await listed();
    const rows = parse(body as string, { columns: true }) as unknown as Record<string, string>[];
    expect(rows.map(({ _id }) => _id)).toEqual(made.map(({ _id }) => _id));
    expect(rows[0]).toMatchObject({ name: '=A', schema: '{"t":{"type":"number"}}', downsampling: 'false' });
    const again = (body as string).replace(/^[^,]*,/gm, '');
    expect((await send(again, CSV)).status).toBe(201);
    const [first, , third] = await listed();
    expect({ ...third, _id: '', createdAt: '', updatedAt: '' }).toEqual({
      ...first,
      _id: '',
      createdAt: '',
      updatedAt: '',
    });
  });

  it('runs the example in docs/data.md', async () => {
    const [command = ''] = new Page('docs/data.md').blocks('bash');
    const { key } = await makeKey(server, bucketId, 'write');
    const environment = { DAKKIO: server.url, BUCKET_ID: bucketId, WRITE_KEY: key, PATH: process.env.PATH ?? '' };
    const script = command.replaceAll('curl ', 'curl -sS --fail-with-body ');
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { env: environment });
    expect(stdout.split('\n')[0]).toBe('_id,name,type,description,schema,downsampling');
    expect((await listed()).map(({ name, schema }) => [name, Object.keys(schema)])).toEqual([
      ['Hall', ['temperature', 'humidity']],
      ['Door', ['open']],
    ]);
  });
});
