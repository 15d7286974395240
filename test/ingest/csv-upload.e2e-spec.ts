import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const T = 1_700_000_000_000;
const at = (millis: number) => new Date(T + millis).toISOString();
const ZERO = { inserted: 0, updated: 0, duplicates: 0, rejected: 0 };
const DONE = 'CSV ingested successfully';

let server: TestApp;
let bucketId: string;
let sourceId: string;
let otherId: string;
let key: string;
let reader: string;
beforeAll(async () => (server = await startApp({ DAKKIO_REQUEST_TIMEOUT_SECONDS: '2' })));
afterAll(() => server.stop());
beforeEach(async () => {
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
  reader = (await makeKey(server, bucketId, 'read')).key;
  sourceId = await sourceNamed('Climate', { temperature: 'number', open: 'boolean', note: 'string' });
  otherId = await sourceNamed('Other', { temperature: 'number', wind: 'number' });
});

async function sourceNamed(name: string, schema: object): Promise<string> {
  const sent = { key: server.adminKey, body: { name, schema } };
  return (await server.call('POST', `/api/buckets/${bucketId}/sources`, sent)).body.dataSource._id as string;
}
async function post(query: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<any> {
  const sent = { method: 'POST', body, headers: { 'X-API-Key': key, 'Content-Type': 'text/csv', ...headers } };
  const answer = await fetch(`${server.url}/api/data/csv?${query}`, sent);
  return { status: answer.status, code: answer.headers.get('x-error-code'), body: await answer.json() };
}
async function stored(): Promise<any[]> {
  const body = { bucketId, downsampling: false, filters: { sort: 'asc', limit: 10_000 } };
  const { body: answer } = await server.call('POST', '/api/data/query', { key: reader, body });
  return answer.data.map(({ dataSourceId, timestamp, values, metadata }: any) => [
    dataSourceId === sourceId ? 'Climate' : 'Other',
    timestamp,
    values,
    ...(metadata ? [metadata] : []),
  ]);
}
const rows = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `${T + from + index},${index}\n`).join('');

/** A request whose body is sent in parts. */
function begin(query: string, headers: Record<string, string> = {}): { sent: ClientRequest; answer: Promise<any> } {
  const sent = httpRequest(`${server.url}/api/data/csv?${query}`, {
    method: 'POST',
    headers: { 'X-API-Key': key, ...headers },
  });
  const answer = once(sent, 'response').then(async ([response]) => {
    let text = '';
    for await (const chunk of response as IncomingMessage) text += String(chunk);
    return { status: (response as IncomingMessage).statusCode, body: JSON.parse(text) as unknown };
  });
  answer.catch(() => undefined);
  return { sent, answer };
}

describe('POST /api/data/csv', () => {
  it('stores the rows of one data source', async () => {
    const csv = `timestamp,temperature,open,note,metadata.room\n${at(0)},21.5,yes,"a, ""b""\nc",x\n${at(1)},-3,,,\n`;
    const counts = { ...ZERO, inserted: 2 };
    expect(await post(`dataSourceId=${sourceId}`, csv)).toMatchObject({
      status: 201,
      body: { message: DONE, ...counts },
    });
    expect(await stored()).toEqual([
      ['Climate', at(0), { temperature: 21.5, open: true, note: 'a, "b"\nc' }, { room: 'x' }],
      ['Climate', at(1), { temperature: -3 }],
    ]);
    expect((await post(`dataSourceId=${sourceId}`, csv)).body).toEqual({ message: DONE, ...ZERO, duplicates: 2 });
  });

  it.each([
    ['detected', '', 'sep=;\r\ntime;temperature\r\n1700000000;21,5\r\n'],
    ['named', '&delimiter=|&decimal=,&precision=s&time=at', 'at|temperature\n1700000000|21,5'],
    ['after a byte order mark', '', '\uFEFFtimestamp\ttemperature\n1700000000000\t21.5\n'],
  ])('reads the form of a spreadsheet: %s', async (_how, query, csv) => {
    expect((await post(`dataSourceId=${sourceId}${query}`, csv)).status).toBe(201);
    expect(await stored()).toEqual([['Climate', at(0), { temperature: 21.5 }]]);
  });

  it('reads Windows-1252', async () => {
    const csv = Buffer.from(`time,note\n${T},K\u00fcche\n`, 'latin1');
    const refused = await post(`dataSourceId=${sourceId}`, csv);
    expect([refused.status, refused.body.errors[0].message]).toEqual([
      207,
      expect.stringContaining('?encoding=latin1'),
    ]);
    expect((await post(`dataSourceId=${sourceId}&encoding=latin1`, csv)).status).toBe(201);
    expect(await stored()).toEqual([['Climate', at(0), { note: 'Küche' }]]);
  });

  it('stores the export of a bucket with several data sources in the same data sources', async () => {
    const csv =
      `timestamp,dataSourceId,dataSource,temperature,wind,note\n${T},${sourceId},Climate,1,,x\n` +
      `${T},${otherId.toUpperCase()},Other,,2.5,\n${T + 1},${otherId},Other,3,4,\n`;
    expect((await post('', csv)).body).toMatchObject({ inserted: 3, rejected: 0 });
    const answer = await fetch(`${server.url}/api/data/export`, { headers: { 'X-API-Key': reader } });
    expect((await post('', await answer.text())).body).toEqual({ message: DONE, ...ZERO, duplicates: 3 });
    expect(await stored()).toHaveLength(3);
  });

  it('names the lines that it refuses, and stores the others', async () => {
    const csv =
      'time,dataSourceId,temperature,wind\n' +
      `${T},${sourceId},1,\n` +
      `${T},${sourceId},x,\n` +
      `${T},${sourceId},1,2\n` +
      `${T},ffffffffffffffffffffffff,1,\n` +
      `${T},,1,\n` +
      `x,${sourceId},1,\n` +
      `,${sourceId},1,\n` +
      `${T},${sourceId},1\n` +
      `${T},"${sourceId}"x,1,\n` +
      `${T + 1},${otherId},,7\n`;
    const { status, body } = await post('', csv);
    expect(status).toBe(207);
    expect(body).toMatchObject({ message: 'CSV ingested in part', inserted: 2, rejected: 8 });
    expect(body.errors).toEqual([
      { line: 3, message: 'temperature must be a number' },
      { line: 4, message: 'The data source has no field wind' },
      { line: 5, message: 'Data source not found' },
      { line: 6, message: 'It names no data source' },
      { line: 7, message: expect.stringMatching(/^timestamp must be/) },
      { line: 8, message: 'It has no time' },
      { line: 9, message: 'It has 3 cells, and the first line names 4 columns' },
      { line: 10, message: 'It is not CSV: text follows a closing quote' },
    ]);
    expect(await stored()).toEqual([
      ['Climate', at(0), { temperature: 1 }],
      ['Other', at(1), { wind: 7 }],
    ]);
  });

  it('names 100 refused lines, and counts all', async () => {
    const { body } = await post(`dataSourceId=${sourceId}`, `time,temperature\n${`${T},x\n`.repeat(2500)}${T},1\n`);
    expect([body.inserted, body.rejected, body.errors.length, body.errors[99].line]).toEqual([1, 2500, 100, 101]);
  });

  it.each([
    ['', 'The file is empty: its first line must name the columns'],
    ['temperature\n1\n', 'The first line names no column timestamp. Say ?time= with the column of the time'],
    ['time,nope\n1,1\n', 'The data source has no field nope'],
    ['time,temperature,temperature\n1,1,1\n', 'The first line names temperature twice'],
    ['time,"temperature\n1,1\n', 'Line 1: It is not CSV: a quote that begins here is never closed'],
    ['{"dataPoints":[]}', 'Line 1: It is not CSV: a quote stands within a cell that does not begin with one'],
  ])('refuses the first line %j, and stores nothing', async (csv, problem) => {
    const { status, code, body } = await post(`dataSourceId=${sourceId}`, csv);
    expect([status, code, body.message]).toEqual([400, 'csv_header_invalid', `The CSV cannot be read. ${problem}`]);
    expect(body).toMatchObject(ZERO);
  });

  it('asks for a data source', async () => {
    const { status, body } = await post('', 'time,temperature\n1,1\n');
    expect([status, body.message]).toEqual([400, expect.stringContaining('no column dataSourceId')]);
    expect((await post('dataSourceId=ffffffffffffffffffffffff', 'time\n1\n')).status).toBe(404);
  });
});

describe('a large body', () => {
  it('is stored in commits while it arrives, chunked, compressed or with a length', async () => {
    const csv = `time,temperature\n${rows(5000)}`;
    const { sent, answer } = begin(`dataSourceId=${sourceId}`);
    sent.write(csv.slice(0, 60_000));
    await until('a commit', async () => (await stored()).length > 0);
    sent.end(csv.slice(60_000));
    expect(await answer).toMatchObject({ status: 201, body: { inserted: 5000 } });
    const zipped = await post(`dataSourceId=${sourceId}`, gzipSync(csv), { 'Content-Encoding': 'gzip' });
    expect(zipped.body).toMatchObject({ duplicates: 5000 });
    expect((await post(`dataSourceId=${sourceId}`, csv)).body).toMatchObject({ duplicates: 5000 });
  });

  it('lets the later one of two rows with the same time win', async () => {
    const csv = `time,temperature\n${`${T},1\n${T},2\n`.repeat(3000)}${T},3\n`;
    expect((await post(`dataSourceId=${sourceId}`, csv)).status).toBe(201);
    expect(await stored()).toEqual([['Climate', at(0), { temperature: 3 }]]);
  });

  it('may take longer than other requests, and ends with a 408 when nothing comes', async () => {
    const { sent, answer } = begin(`dataSourceId=${sourceId}`);
    sent.write(`time,temperature\n${rows(1500)}`);
    for (let part = 1; part <= 4; part++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      sent.write(rows(1, part * 10_000));
    }
    expect(await answer).toMatchObject({ status: 408, body: { error: 'Request Timeout', rejected: 0 } });
    const { inserted } = (await answer).body;
    expect(inserted).toBeGreaterThanOrEqual(1000);
    expect(await stored()).toHaveLength(inserted);
    sent.destroy();
  });

  it('keeps whole commits when the connection is cut, and the rest can be sent again', async () => {
    const csv = `time,temperature\n${rows(4000)}`;
    const { sent } = begin(`dataSourceId=${sourceId}`);
    sent.write(csv.slice(0, 70_000));
    await until('a commit', async () => (await stored()).length >= 1000);
    sent.destroy();
    expect((await stored()).length % 1000).toBe(0);
    const { body } = await post(`dataSourceId=${sourceId}`, csv);
    expect([body.inserted + body.duplicates, body.duplicates % 1000]).toEqual([4000, 0]);
    expect(body.duplicates).toBeGreaterThanOrEqual(1000);
    expect(await stored()).toHaveLength(4000);
  });

  it('reports what is stored before damaged data', async () => {
    const zipped = gzipSync(`time,temperature\n${rows(9000)}`);
    const damaged = Buffer.concat([zipped.subarray(0, zipped.length - 2000), Buffer.alloc(2000, 7)]);
    const { status, code, body } = await post(`dataSourceId=${sourceId}`, damaged, { 'Content-Encoding': 'gzip' });
    expect([status, code]).toEqual([400, 'body_not_gzip']);
    expect(await stored()).toHaveLength(body.inserted as number);
    expect((await post('', 'x', { 'Content-Encoding': 'br' })).status).toBe(415);
  });

  it('ends with the deletion of its key', async () => {
    const made = await makeKey(server, bucketId, 'write');
    const { sent, answer } = begin(`dataSourceId=${sourceId}`, { 'X-API-Key': made.key });
    sent.write(`time,temperature\n${rows(3000)}`);
    await until('a commit', async () => (await stored()).length >= 1000);
    await server.call('DELETE', `/api/buckets/${bucketId}/keys/${made._id}`, { key: server.adminKey });
    sent.end(rows(3000, 10_000));
    const { status, body } = await answer;
    expect(status).toBe(401);
    expect(await stored()).toHaveLength(body.inserted as number);
  });
});

describe('the key', () => {
  it('reaches its own data source only', async () => {
    const bound = (await makeKey(server, bucketId, 'write', { dataSourceId: sourceId })).key;
    const headers = { 'X-API-Key': bound };
    expect((await post('', `time,temperature\n${T},1\n`, headers)).status).toBe(201);
    const { status, body } = await post('', `time,dataSourceId,temperature\n${T},${otherId},1\n`, headers);
    expect([status, body.errors]).toEqual([207, [{ line: 2, message: 'Data source not found' }]]);
    expect((await post(`dataSourceId=${otherId}`, 'time\n1\n', headers)).status).toBe(403);
    expect(await stored()).toEqual([['Climate', at(0), { temperature: 1 }]]);
  });

  it('learns nothing about stored points if it only writes', async () => {
    const writeOnly = (await makeKey(server, bucketId, 'write', { writeOnly: true })).key;
    const csv = `time,temperature\n${T},1\n`;
    for (let time = 0; time < 2; time++)
      expect((await post(`dataSourceId=${sourceId}`, csv, { 'X-API-Key': writeOnly })).body).toMatchObject({
        ...{ inserted: 1, duplicates: 0 },
      });
  });

  it('may store quietly only if it is an Admin key', async () => {
    const csv = `time,temperature\n${T},1\n`;
    expect((await post(`dataSourceId=${sourceId}&quiet=true`, csv)).status).toBe(403);
    const asAdmin = { 'X-API-Key': server.adminKey };
    expect((await post(`bucketId=${bucketId}&dataSourceId=${sourceId}&quiet=true`, csv, asAdmin)).status).toBe(201);
    expect((await post(`dataSourceId=${sourceId}`, csv, asAdmin)).status).toBe(400);
    expect((await post(`dataSourceId=${sourceId}`, csv, { 'X-API-Key': reader })).status).toBe(403);
  });
});
