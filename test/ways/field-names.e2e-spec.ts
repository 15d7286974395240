// test:all runs this on PostgreSQL too: what is written is stored by each database.
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const NAMES = [
  'Bytes Received/sec',
  'wärme',
  'a,b',
  '=1+1',
  '-x',
  'say "hi"',
  'and',
  '1',
  'toString',
  'timestamp',
  '温度',
];
const T = 1_700_000_000_000;

let server: TestApp;
let bucketId: string;
let sourceId: string;
let key: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
  const fields = NAMES.map((name, index) => `${name.replace(/[ ,=]/g, '\\$&')}=${index + 1}`).join();
  const headers = { authorization: `Token ${key}` };
  const body = `m ${fields} ${T}000000`;
  expect((await fetch(`${server.url}/api/v2/write`, { method: 'POST', body, headers })).status).toBe(204);
  const { body: listed } = await call('GET', `/api/buckets/${bucketId}/sources`);
  sourceId = listed.dataSources[0]._id;
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, body });
const values = Object.fromEntries(NAMES.map((name, index) => [name, index + 1]));

describe('fields with any name that can be displayed', () => {
  it('are stored and queried, as rows, in columns and aggregated', async () => {
    const query = (more: object) => call('POST', '/api/data/query', { bucketId, downsampling: false, ...more });
    const rows = await query({});
    expect(rows.body.data.map((row: any) => row.values)).toEqual([values]);
    for (const name of NAMES) {
      const { body } = await query({ filters: { fields: [name] }, format: 'columns' });
      expect(body.data[0].values).toEqual({ [name]: [values[name]] });
      const grouped = await query({ filters: { fields: [name] }, aggregation: ['min', 'max'], groupBy: 'day' });
      expect(grouped.body.data[0].values).toEqual({ [name]: { min: values[name], max: values[name] } });
    }
  });

  it('are exported, with formulas escaped for spreadsheets', async () => {
    const read = async (query: string) => {
      const headers = { 'X-API-Key': server.adminKey };
      return (await fetch(`${server.url}/api/data/export?bucketId=${bucketId}&${query}`, { headers })).text();
    };
    const [head = ''] = (await read('')).split('\n');
    expect(head).toContain(
      'dataSource,1,Bytes Received/sec,wärme,"a,b",=1+1,-x,"say ""hi""",and,toString,timestamp,温度',
    );
    expect(await read('excel=1')).toContain(`,'=1+1,'-x,`);
    for (const [fields, names] of [
      ['"a,b",1', ['a,b', '1']],
      ['"say ""hi"""', ['say "hi"']],
      ['say%20"hi",and', ['say "hi"', 'and']],
    ] as const) {
      const row = JSON.parse(await read(`format=ndjson&fields=${fields}`)) as { values: object };
      expect(Object.keys(row.values).sort()).toEqual([...names].sort());
    }
  });

  it('are shown by latest, and as the last value of each field', async () => {
    const latest = await call('GET', `/api/data/latest?bucketId=${bucketId}`);
    expect(latest.body.data[0].values).toEqual(values);
    const last = await call('GET', `/api/data/latest?bucketId=${bucketId}&mode=fields`);
    expect(Object.keys(last.body.data[0].values).sort()).toEqual([...NAMES].sort());
  });

  it('are watched by rules, whose conditions quote them', async () => {
    for (const name of NAMES) {
      const condition = `"${name.replaceAll('"', '""')}" is greater than 0 for 5 minutes`;
      const { status, body } = await call('POST', '/api/alerts/parse', { bucketId, dataSourceId: sourceId, condition });
      expect([status, body.parsedCondition]).toEqual([
        200,
        { field: name, operator: 'gt', value: 0, durationSeconds: 300 },
      ]);
      const again = { bucketId, dataSourceId: sourceId, condition: body.normalizedCondition };
      expect((await call('POST', '/api/alerts/parse', again)).body.parsedCondition).toEqual(body.parsedCondition);
    }
    const { body } = await call('POST', '/api/alerts/parse', {
      bucketId,
      dataSourceId: sourceId,
      condition: 'warme > 1',
    });
    expect(body.message).toContain(`Example: "`);
    const example = body.message.split('Example: "')[1].slice(0, -1);
    expect(
      (await call('POST', '/api/alerts/parse', { bucketId, dataSourceId: sourceId, condition: example })).status,
    ).toBe(200);
  });

  it('get a unit with PATCH, and are written as JSON', async () => {
    const path = `/api/buckets/${bucketId}/sources/${sourceId}`;
    const schema = { wärme: { type: 'number', unit: '°C' }, plain: 'number' };
    const { status, body } = await call('PATCH', path, { schema });
    expect([status, body.dataSource.schema.wärme]).toEqual([200, { type: 'number', unit: '°C' }]);
    expect(Object.keys(body.dataSource.schema).sort()).toEqual([...NAMES, 'plain'].sort());
    const refused = await call('PATCH', path, { schema: { 'new name': 'number' } });
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'Field names must begin with a letter or _, and have up to 64 letters, digits, _, . or -',
    ]);
    const point = { dataSourceId: sourceId, values: { wärme: 5 }, timestamp: T + 1000 };
    expect((await call('POST', '/api/data', { bucketId, ...point })).status).toBe(201);
  });
});

it('takes 1,000 fields, over several writes, and refuses the next one alone', async () => {
  const bucket = await makeBucket(server);
  const { key: own } = await makeKey(server, bucket, 'write');
  const write = async (from: number, to: number) => {
    const fields = Array.from({ length: to - from }, (_, index) => `f${from + index}=${index}`).join();
    const headers = { authorization: `Token ${own}` };
    const body = `wide ${fields} ${T}000000`;
    return fetch(`${server.url}/api/v2/write`, { method: 'POST', body, headers });
  };
  expect((await write(0, 600)).status).toBe(204);
  expect((await write(600, 1000)).status).toBe(204);
  const refused = await write(1000, 1001);
  expect([refused.status, ((await refused.json()) as { message: string }).message]).toEqual([
    400,
    'partial write: line 1: the series would have more than 1000 fields dropped=1',
  ]);
  const { body } = await call('POST', '/api/data/query', { bucketId: bucket, downsampling: false });
  expect(Object.keys(body.data[0].values)).toHaveLength(1000);
});
