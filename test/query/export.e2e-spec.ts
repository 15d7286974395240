import { once } from 'node:events';
import { connect } from 'node:net';
import { parse } from 'csv-parse/sync';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const START = Date.parse('2024-03-30T22:30:00Z');
const HOUR = 3_600_000;
const MANY = 25_000;

let server: TestApp;
let bucketId: string;
let sourceId: string;
let otherId: string;
let readKey: string;

beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server, 'Greenhouse');
  readKey = (await makeKey(server, bucketId, 'read')).key;
  sourceId = await sourceNamed('Küche; "Fenster"', { temperature: 'number', note: 'string', open: 'boolean' });
  otherId = await sourceNamed('Other', { temperature: 'number', 'wind.speed': 'number' });
  await store([
    { dataSourceId: sourceId, timestamp: START, values: { temperature: 1.5, note: 'a,b\n"c"' } },
    { dataSourceId: otherId, timestamp: START, values: { 'wind.speed': -0.25 }, metadata: { floor: 2, room: '=1+1' } },
    { dataSourceId: sourceId, timestamp: START + HOUR, values: { open: false, note: '' }, metadata: { room: 'x' } },
    { dataSourceId: otherId, timestamp: START + 2 * HOUR, values: { temperature: 1e21, 'wind.speed': 3 } },
  ]);
});
afterAll(() => server.stop());

async function sourceNamed(name: string, schema: object): Promise<string> {
  const { body } = await server.call('POST', `/api/buckets/${bucketId}/sources`, {
    key: server.adminKey,
    body: { name, schema },
  });
  return body.dataSource._id as string;
}
async function store(dataPoints: readonly object[]): Promise<void> {
  const stored = await server.call('POST', '/api/data/batch', { key: server.adminKey, body: { bucketId, dataPoints } });
  expect(stored.status).toBe(201);
}
async function exported(query: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(`${server.url}/api/data/export?${query}`, {
    method,
    headers: { 'X-API-Key': readKey, ...headers },
  });
  return {
    status: response.status,
    headers: response.headers,
    text: Buffer.from(await response.arrayBuffer()).toString(),
  };
}
const messageOf = async (query: string) => {
  const { status, text } = await exported(query);
  return [status, (JSON.parse(text) as { message: string }).message];
};

describe('an export as CSV', () => {
  it('has all points of the bucket, oldest first, with a column for each field and each name of metadata', async () => {
    const { status, headers, text } = await exported('');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toBe('attachment; filename="Greenhouse.csv"');
    expect(headers.get('cache-control')).toBe('no-store');
    const [head, ...rows]: string[][] = parse(text);
    expect(head).toEqual([
      ...['timestamp', 'dataSourceId', 'dataSource', 'temperature', 'note', 'open', 'wind.speed'],
      ...['metadata.room', 'metadata.floor'],
    ]);
    expect(rows).toEqual([
      ['2024-03-30T22:30:00.000Z', sourceId, 'Küche; "Fenster"', '1.5', 'a,b\n"c"', '', '', '', ''],
      ['2024-03-30T22:30:00.000Z', otherId, 'Other', '', '', '', '-0.25', '=1+1', '2'],
      ['2024-03-30T23:30:00.000Z', sourceId, 'Küche; "Fenster"', '', '', 'false', '', 'x', ''],
      ['2024-03-31T00:30:00.000Z', otherId, 'Other', '1e+21', '', '', '3', '', ''],
    ]);
  });

  it('selects points as a query does', async () => {
    const filters = `dataSourceId=${otherId}&fields=temperature,wind.speed&startTime=${START + 1}&endTime=now`;
    const [, ...rows]: string[][] = parse((await exported(filters)).text);
    expect(rows).toEqual([['2024-03-31T00:30:00.000Z', otherId, 'Other', '1e+21', '3', '', '']]);
    const byMetadata = await exported(`metadata=${encodeURIComponent('{"floor":2}')}&format=ndjson`);
    expect(byMetadata.text.trim().split('\n')).toHaveLength(1);
    const newest = await exported('sort=desc&limit=1&format=ndjson');
    expect(JSON.parse(newest.text)).toMatchObject({ timestamp: '2024-03-31T00:30:00.000Z' });
  });

  it('has the separators of other countries, and the byte order mark and the escapes of Excel', async () => {
    const { text } = await exported('decimal=,&bom=1&excel=1&timezone=Europe/Berlin');
    expect(text.startsWith('\uFEFFtimestamp;dataSourceId;')).toBe(true);
    const [, first, second]: string[][] = parse(text, { delimiter: ';', bom: true });
    expect(first?.slice(0, 4)).toEqual(['2024-03-30T23:30:00.000+01:00', sourceId, 'Küche; "Fenster"', '1,5']);
    expect(second?.slice(6)).toEqual(['-0,25', "'=1+1", '2']);
    expect((await exported('delimiter=tab')).text.startsWith('timestamp\tdataSourceId\t')).toBe(true);
    expect((await exported('delimiter=%7C')).text.startsWith('timestamp|dataSourceId|')).toBe(true);
  });

  it('keeps the types of metadata in one column of JSON if asked to', async () => {
    const rows: Record<string, string>[] = parse((await exported('metadataAs=json')).text, { columns: true });
    expect(rows.map(({ metadata }) => metadata)).toEqual(['', '{"floor":2,"room":"=1+1"}', '{"room":"x"}', '']);
  });

  it('has aggregates with their counts', async () => {
    const { text } = await exported(
      'aggregation=min,max&groupBy=day&timezone=Europe/Berlin&fields=temperature,wind.speed',
    );
    expect(text.trim().split('\n')).toEqual([
      'timestamp,dataSourceId,dataSource,count,temperature.min,temperature.max,wind.speed.min,wind.speed.max',
      `2024-03-30T00:00:00.000+01:00,${sourceId},"Küche; ""Fenster""",1,1.5,1.5,,`,
      `2024-03-30T00:00:00.000+01:00,${otherId},Other,1,,,-0.25,-0.25`,
      `2024-03-31T00:00:00.000+01:00,${otherId},Other,1,1e+21,1e+21,3,3`,
    ]);
    const single = await exported('groupBy=month&aggregation=count');
    expect(single.text.split('\n')[0]).toBe('timestamp,dataSourceId,dataSource,count,temperature,note,open,wind.speed');
  });
});

describe('an export in another format', () => {
  it('is chosen by `format`, else by the header Accept', async () => {
    const typeOf = async (query: string, accept: string) =>
      (await exported(query, { Accept: accept })).headers.get('content-type')?.split(';')[0];
    expect(await typeOf('', 'application/x-ndjson')).toBe('application/x-ndjson');
    expect(await typeOf('', 'application/json, text/plain')).toBe('application/json');
    expect(await typeOf('', 'text/html,application/xhtml+xml,*/*;q=0.8')).toBe('text/csv');
    expect(await typeOf('format=json', 'text/csv')).toBe('application/json');
  });

  it('has the rows of a query', async () => {
    const asked = { bucketId, filters: { sort: 'asc' }, downsampling: false, include: ['names'] };
    const { body } = await server.call('POST', '/api/data/query', { key: readKey, body: asked });
    const json = await exported('format=json');
    expect(JSON.parse(json.text)).toEqual(body);
    const lines = (await exported('format=ndjson')).text.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(body.data);
  });
});

describe('an export of many points', () => {
  let many: string;
  beforeAll(async () => {
    many = await sourceNamed('Many', { n: 'number' });
    for (let start = 0; start < MANY; start += 1000)
      await store(
        Array.from({ length: 1000 }, (_, index) => ({
          ...{ dataSourceId: many, timestamp: 1e12 + start + index, values: { n: start + index } },
        })),
      );
  });

  it('has no limit of rows, and can be imported again', async () => {
    const { text } = await exported(`dataSourceId=${many}`);
    const rows = text.trim().split('\n');
    expect(rows).toHaveLength(MANY + 1);
    expect(rows.slice(1).map((row) => Number(row.split(',')[3]))).toEqual(Array.from({ length: MANY }, (_, i) => i));
    const grouped = await exported(`dataSourceId=${many}&groupBy=1s&aggregation=last&format=ndjson&fill=none`);
    expect(grouped.text.trim().split('\n')).toHaveLength(MANY / 1000);
  });

  it('is compressed for clients that accept it', async () => {
    const { headers, text } = await exported(`dataSourceId=${many}`, { 'Accept-Encoding': 'gzip' });
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(text.trim().split('\n')).toHaveLength(MANY + 1);
  });

  it('computes nothing for HEAD', async () => {
    const { status, headers, text } = await exported(`dataSourceId=${many}`, {}, 'HEAD');
    expect([status, text, headers.get('content-disposition')]).toEqual([200, '', 'attachment; filename="Many.csv"']);
  });

  it('frees its place in the queue of queries when the client disconnects', async () => {
    const { port, hostname } = new URL(server.url);
    for (let turn = 0; turn < 20; turn++) {
      const socket = connect(Number(port), hostname);
      socket.write(`GET /api/data/export?dataSourceId=${many} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${readKey}\r\n\r\n`);
      await once(socket, 'data');
      socket.destroy();
    }
    expect((await exported(`dataSourceId=${many}`)).text.trim().split('\n')).toHaveLength(MANY + 1);
  });
});

describe('a wrong export', () => {
  it('names the parameter', async () => {
    expect(await messageOf('format=xml')).toEqual([400, 'format must be one of csv, ndjson, json']);
    expect(await messageOf('startTime=2024-01-02T00:00:00Z&endTime=2024-01-01T00:00:00Z')).toEqual([
      400,
      'startTime must be before endTime',
    ]);
    expect(await messageOf('fields=colour')).toEqual([400, 'The data source has no field colour']);
    expect(await messageOf('delimiter=x')).toEqual([
      400,
      'delimiter must be a comma, a semicolon, a vertical bar or tab',
    ]);
    expect(await messageOf('decimal=,&delimiter=,')).toEqual([
      400,
      'delimiter must differ from decimal: send a semicolon, for example',
    ]);
    expect(await messageOf('aggregation=mean')).toEqual([
      400,
      expect.stringMatching(/^aggregation must be one of avg/),
    ]);
    expect(await messageOf('bom=yes')).toEqual([400, 'bom must be 0, 1, true or false']);
    expect(await messageOf('limit=0')).toEqual([400, expect.stringMatching(/^limit must be a whole number/)]);
    expect(await messageOf('page=2')).toEqual([400, 'Unknown query parameter: page']);
  });

  it('of another bucket is refused', async () => {
    const other = await makeBucket(server, 'Other');
    expect((await exported(`bucketId=${other}`)).status).toBe(403);
    const { key } = await makeKey(server, other, 'read');
    const { text } = await exported('', { 'X-API-Key': key });
    expect(text).toBe('timestamp,dataSourceId,dataSource\n');
  });
});
