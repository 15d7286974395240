// test:all runs this on PostgreSQL too: what is written is stored by each database.
import { gzipSync } from 'node:zlib';
import { makeBucket } from '../support/make';
import { makeInfluxScene, type InfluxScene } from '../support/influx-scene';
import { startApp, type TestApp } from '../support/test-app';

const T = 1_700_000_000_000;
const NS = `${T}000000`;

let server: TestApp;
let scene: InfluxScene;
let bucketId: string;
let key: string;
let reader: string;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => {
  scene = await makeInfluxScene(server);
  ({ bucketId, key, reader } = scene);
});
afterAll(() => server.stop());

interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** Posts a body as it is, without a content type. */
async function post(path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Sent> {
  const hasKey = 'authorization' in headers || 'x-api-key' in headers;
  const auth: Record<string, string> = hasKey ? {} : { authorization: `Token ${key}` };
  const sent = typeof body === 'string' ? Buffer.from(body) : body;
  const answer = await fetch(server.url + path, { method: 'POST', body: sent, headers: { ...auth, ...headers } });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? '' : JSON.parse(text) };
}
const write = (body: string | Uint8Array, headers?: Record<string, string>) =>
  post('/api/v2/write?org=any&bucket=Greenhouse', body, headers);
const sources = () => scene.sources();
const stored = () => scene.stored();

describe('POST /api/v2/write', () => {
  it('stores lines, creates a data source for each series, and answers 204 without a body', async () => {
    const answer = await write(
      `weather,station=a,site=north t=21.5,h=40i ${NS}\nweather,site=north,station=a ok=t ${NS}\nweather t=1 ${NS}\n`,
    );
    expect([answer.status, answer.body]).toEqual([204, '']);
    expect(await stored()).toEqual([
      ['weather,site=north,station=a', '2023-11-14T22:13:20.000Z', { t: 21.5, h: 40, ok: true }],
      ['weather', '2023-11-14T22:13:20.000Z', { t: 1 }],
    ]);
    expect(await sources()).toMatchObject([
      {
        name: 'weather,site=north,station=a',
        type: 'series',
        schema: { t: { type: 'number' }, h: { type: 'number' }, ok: { type: 'boolean' } },
      },
      { name: 'weather', type: 'series' },
    ]);
  });

  it('merges the fields of one series and time, over several requests', async () => {
    await write(`m,h=a f=1,s="x" ${NS}`);
    await write(`m,h=a g=2 ${NS}\nm,h=a u="y" ${NS}`);
    await write(`m,h=a f=3 ${NS}`);
    expect(await stored()).toEqual([['m,h=a', '2023-11-14T22:13:20.000Z', { f: 3, s: 'x', g: 2, u: 'y' }]]);
  });

  it('leaves points of the JSON API to be replaced', async () => {
    await write(`m f=1,g=2 ${NS}`);
    const [source] = await sources();
    const point = { dataSourceId: source?._id, values: { g: 3 }, timestamp: T };
    const { status } = await server.call('POST', '/api/data', { key, body: point });
    expect(status).toBe(201);
    expect(await stored()).toEqual([['m', '2023-11-14T22:13:20.000Z', { g: 3 }]]);
  });

  it('stores the valid lines, and names the others in a 400', async () => {
    const answer = await write(
      `m f=1 ${NS}\nbad\nm f="text" ${NS}\nm f=2 99999999999999999\nm f=3 ${Number(T) + 1}000000`,
    );
    expect(answer.status).toBe(400);
    const message =
      `partial write: line 2: unable to parse 'bad': missing fields; line 3: field type conflict: input field "f" on measurement "m" ` +
      'is type string, already exists as type float dropped=2';
    expect(answer.body).toEqual({ code: 'invalid', message, error: message });
    expect(answer.headers.get('x-influxdb-error')).toBe(message);
    expect((await stored()).map(([, , values]) => values)).toEqual([{ f: 2 }, { f: 1 }, { f: 3 }]);
  });

  it('takes gzip, chunked bodies and many lines, and commits them all', async () => {
    const lines = Array.from({ length: 2500 }, (_, index) => `cpu,host=h${index % 7} usage=${index} ${T + index}`).join(
      '\n',
    );
    expect((await post('/api/v2/write?precision=ms', gzipSync(lines), { 'content-encoding': 'gzip' })).status).toBe(
      204,
    );
    const all = await stored();
    expect(all).toHaveLength(2500);
    expect(new Set(all.map(([name]) => name)).size).toBe(7);
    expect((await write(gzipSync('m f=1').subarray(0, 12), { 'content-encoding': 'gzip' })).body.message).toBe(
      'Request body is not valid gzip',
    );
  });

  it('takes the time of arrival for lines without a time, and 204 for a body without lines', async () => {
    expect((await write('')).status).toBe(204);
    expect((await write('\n# nothing\n')).status).toBe(204);
    const before = Date.now();
    await write('m f=1\nm g=2');
    const all = await stored();
    expect(all).toMatchObject([['m', expect.anything(), { f: 1, g: 2 }]]);
    expect(Date.parse(all[0]?.[1] ?? '')).toBeGreaterThanOrEqual(before);
  });

  it('keeps a text of 64 KB, and field names of any language', async () => {
    const text = 'x'.repeat(65_536);
    expect((await write(`m wärme=1,Bytes\\ Received/sec=2,s="${text}" ${NS}`)).status).toBe(204);
    expect(await stored()).toEqual([['m', expect.anything(), { wärme: 1, 'Bytes Received/sec': 2, s: text }]]);
  });

  it('refuses what cannot be stored, line by line', async () => {
    const lines = [
      ['m __proto__=1', 'the field key __proto__ is reserved'],
      [`m ${'x'.repeat(256)}=1`, 'a field key is longer than 255 bytes'],
      [`${'x'.repeat(256)} f=1`, 'a measurement or tag key is longer than 255 bytes'],
      [`m,k=${key} f=1`, 'measurement or tags contain an API key'],
      [`m f="${key}"`, 'f must not contain an API key'],
      ['m f=1 -1', 'timestamp is before 1970'],
      ['m f=1 9223372036854775807', 'timestamp is more than 24 hours ahead; check the precision'],
    ] as const;
    const { body } = await write(lines.map(([line]) => line).join('\n'));
    expect(body.message).toBe(
      `partial write: ${lines.map(([, reason], index) => `line ${index + 1}: ${reason}`).join('; ')} dropped=${lines.length}`,
    );
    expect(await stored()).toEqual([]);
  });

  it('goes on with a new data source after one was deleted, and refuses the lines of an archived one', async () => {
    await write(`m f=1 ${NS}\nn f=1 ${NS}`);
    const [one, other] = await sources();
    await server.call('DELETE', `/api/buckets/${bucketId}/sources/${one?._id}`, { key: server.adminKey });
    await server.call('PATCH', `/api/buckets/${bucketId}/sources/${other?._id}`, {
      key: server.adminKey,
      body: { status: 'archived' },
    });
    const { status, body } = await write(`m f=2 ${NS}\nn f=2 ${NS}`);
    expect([status, body.message]).toEqual([400, 'partial write: line 2: Data source is archived dropped=1']);
    expect(await stored()).toEqual([
      ['n', expect.anything(), { f: 1 }],
      ['m', expect.anything(), { f: 2 }],
    ]);
  });

  it('refuses a body over 25 MB, as sent or unpacked, with 413, and stores the lines before', async () => {
    const large = Buffer.alloc(26_214_401, `# ${'x'.repeat(1000)}\n`);
    expect(await write(large)).toMatchObject({ status: 413, body: { code: 'request too large' } });
    const bomb = gzipSync(Buffer.concat([Buffer.from(`m f=1 ${NS}\n`.repeat(1000)), large]));
    expect((await write(bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
    expect(await stored()).toEqual([['m', expect.anything(), { f: 1 }]]);
  });

  it('answers an archived bucket with 403, which Telegraf retries', async () => {
    await server.call('PATCH', `/api/buckets/${bucketId}`, { key: server.adminKey, body: { status: 'archived' } });
    const answer = await write(`m f=1 ${NS}`);
    expect([answer.status, answer.body]).toEqual([
      403,
      { code: 'forbidden', message: 'Bucket is archived', error: 'Bucket is archived' },
    ]);
  });
});

describe('the bucket of a write', () => {
  it('is named by name, id, or name with a retention policy, and is the own one of a key by default', async () => {
    for (const name of ['Greenhouse', bucketId, 'Greenhouse/autogen', ''])
      expect([name, (await post(`/api/v2/write?bucket=${name}`, 'm f=1')).status]).toEqual([name, 204]);
    expect((await post('/api/v2/write', 'm f=1')).status).toBe(204);
    expect(await post('/api/v2/write?bucket=other', 'm f=1')).toMatchObject({
      status: 404,
      body: { code: 'not found', message: 'bucket "other" not found' },
    });
    expect(await post('/write?db=other', 'm f=1')).toMatchObject({
      status: 404,
      body: { error: 'database not found: "other"' },
    });
  });

  it('has to be named by an Admin key, and by its id where several have the name', async () => {
    const authorization = `Bearer ${server.adminKey}`;
    const one = await makeBucket(server, 'Only one');
    expect((await post('/write?db=Only%20one', 'm f=1', { authorization })).status).toBe(204);
    expect((await post('/write?db=Only%20one/autogen', 'm f=1', { authorization })).status).toBe(204);
    expect((await post(`/write?db=${one}`, 'm f=1', { authorization })).status).toBe(204);
    expect(await post('/write', 'm f=1', { authorization })).toMatchObject({ status: 400 });
    expect(await post('/write?db=nope', 'm f=1', { authorization })).toMatchObject({ status: 404 });
    await makeBucket(server, 'Only one');
    expect(await post('/write?db=Only%20one/x', 'm f=1', { authorization })).toMatchObject({
      status: 400,
      body: { error: 'Several buckets have the name "Only one": send the id of one' },
    });
  });
});

describe('POST /write and POST /api/v3/write_lp', () => {
  it('answer in the forms of InfluxDB 1 and 3', async () => {
    const error = "partial write: line 2: unable to parse 'bad': missing fields dropped=1";
    expect(await post('/write?db=Greenhouse&rp=autogen&consistency=one', `m f=1 ${NS}\nbad`)).toMatchObject({
      status: 400,
      body: { error },
    });
    expect(await post('/api/v3/write_lp?db=Greenhouse&no_sync=true', `m f=2 ${NS}\nbad`)).toMatchObject({
      status: 400,
      body: {
        error: 'partial write of line protocol occurred',
        data: [{ original_line: 'bad', line_number: 2, error_message: "unable to parse 'bad': missing fields" }],
      },
    });
    expect((await post('/api/v3/write_lp?db=Greenhouse&accept_partial=false', 'm f=1')).status).toBe(400);
    expect((await stored()).map(([, , values]) => values)).toEqual([{ f: 2 }]);
  });

  it.each([
    ['/write?precision=n', NS],
    ['/write?precision=u', `${T}000`],
    ['/write?precision=µs', `${T}000`],
    ['/write?precision=ms', `${T}`],
    ['/write?precision=s', `${T / 1000}`],
    ['/api/v2/write?precision=us', `${T}000`],
    ['/api/v3/write_lp?precision=second', `${T / 1000}`],
    ['/api/v3/write_lp?precision=nanosecond', NS],
    ['/api/v3/write_lp', `${T / 1000}`],
    ['/api/v3/write_lp?precision=auto', `${T}`],
  ])('%s reads %s', async (path, time) => {
    expect((await post(path, `m f=1 ${time}`)).status).toBe(204);
    expect((await stored()).map(([, at]) => at)).toEqual(['2023-11-14T22:13:20.000Z']);
  });

  it('refuse an unknown precision', async () => {
    expect(await post('/write?precision=d', 'm f=1 1')).toMatchObject({ status: 400 });
  });
});

describe('the key of a write', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['Token', () => ({ authorization: `Token ${key}` })],
    ['Token with a user', () => ({ authorization: `Token user:${key}` })],
    ['Bearer', () => ({ authorization: `Bearer ${key}` })],
    ['Basic', () => ({ authorization: basic(`user:${key}`) })],
    ['Basic without a user', () => ({ authorization: basic(`:${key}`) })],
    ['a Basic user name without a password', () => ({ authorization: basic(`${key}:`) })],
    ['X-API-Key', () => ({ 'x-api-key': key })],
    ['X-API-Key beside another Basic', () => ({ 'x-api-key': key, authorization: basic('user:other') })],
    ['Basic of the same site', () => ({ authorization: basic(`u:${key}`), 'sec-fetch-site': 'same-origin' })],
  ])('is accepted as %s', async (_form, headers) => {
    expect((await write('m f=1', headers())).status).toBe(204);
  });

  it('is accepted as p in the query string, beside which X-API-Key counts', async () => {
    expect((await post(`/write?u=any&p=${key}`, 'm f=1', { authorization: '' })).status).toBe(204);
    expect((await post('/write?p=wrong', 'm f=1', { 'x-api-key': key })).status).toBe(204);
  });

  it.each([
    ['none', () => ({ authorization: '' })],
    ['an unknown one', () => ({ authorization: 'Token dakkio_w_nope' })],
    ['a Basic user name beside a wrong password', () => ({ authorization: basic(`${key}:x`) })],
    ['Basic from another site', () => ({ authorization: basic(`u:${key}`), 'sec-fetch-site': 'cross-site' })],
  ])('is refused as %s', async (_form, headers) => {
    expect(await write('m f=1', headers())).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  it('is a password on these routes only', async () => {
    const answer = await fetch(`${server.url}/api/buckets?p=${server.adminKey}`, {
      headers: { authorization: basic(`u:${server.adminKey}`) },
    });
    expect(answer.status).toBe(401);
    const token = await fetch(`${server.url}/api/buckets`, {
      headers: { authorization: `Token u:${server.adminKey}` },
    });
    expect(token.status).toBe(200);
  });

  it('has to be a key that writes', async () => {
    expect(await write('m f=1', { authorization: `Token ${reader}` })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });
});

describe('the routes that clients ask before they write', () => {
  it('GET and HEAD /ping answer 204, and 200 with verbose=true', async () => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await fetch(`${server.url}/ping?u=x&p=y`, { method });
      expect([answer.status, answer.headers.get('x-influxdb-version')]).toEqual([204, expect.stringMatching(/^1\.8/)]);
    }
    expect((await fetch(`${server.url}/ping?verbose=true`)).status).toBe(200);
  });

  it('GET /health and /ready say that the server takes writes', async () => {
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ name: 'influxdb', status: 'pass' });
    expect(await (await fetch(`${server.url}/ready`)).json()).toMatchObject({ status: 'ready' });
    expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ status: 'ok' });
  });

  it('POST /query accepts CREATE DATABASE of the own bucket, and refuses other statements by name', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const ok = { status: 200, body: { results: [{ statement_id: 0 }] } };
    expect(await post('/query', 'q=CREATE+DATABASE+%22Greenhouse%22', form)).toMatchObject(ok);
    expect(await post('/query?q=CREATE%20DATABASE%20Greenhouse', '')).toMatchObject(ok);
    expect(await post('/query', 'q=CREATE+DATABASE+%22other%22', form)).toMatchObject({
      status: 404,
      body: { error: 'database not found: "other"' },
    });
    expect(await post('/query', 'q=DROP+DATABASE+%22Greenhouse%22', form)).toMatchObject({
      status: 400,
      body: { error: 'error parsing query: DROP is not supported' },
    });
    expect((await post('/query', '', form)).status).toBe(400);
  });
});
