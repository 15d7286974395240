// test:all runs this on PostgreSQL too: what is written is stored by each database.
import { makeInfluxScene, type InfluxScene } from '../support/influx-scene';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const T = 1_700_000_000_000;

let server: TestApp;
let scene: InfluxScene;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await makeInfluxScene(server);
  const lines = ['m,host=a v=1', 'm,host=b v=2,s="x,""y"', 'm,host=a v=3'].map(
    (line, index) => `${line} ${T + index * 500}`,
  );
  const written = await send('POST', '/write?precision=ms', {
    key: scene.key,
    body: lines.join('\n').replaceAll('""', '\\"'),
  });
  expect(written.status).toBe(204);
});

interface Sent {
  readonly key?: string | undefined;
  readonly body?: string | URLSearchParams;
  readonly headers?: Record<string, string>;
}
async function send(method: string, path: string, { key, body, headers }: Sent = {}) {
  const authorization: Record<string, string> = key === undefined ? {} : { authorization: `Token ${key}` };
  const init = { method, headers: { ...authorization, ...headers }, ...(body !== undefined && { body }) };
  const response = await fetch(server.url + path, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}
const path = (q: string, more: Record<string, string> = {}) =>
  `/query?${new URLSearchParams({ q, ...more }).toString()}`;
const get = (q: string, more: Record<string, string> = {}, sent: Sent = {}) =>
  send('GET', path(q, more), { key: scene.reader, ...sent });
const post = (q: string, sent: Sent = {}) =>
  send('POST', '/query', { key: scene.key, body: new URLSearchParams({ q }), ...sent });

describe('GET and POST /query', () => {
  it('answer several statements as InfluxDB 1 does', async () => {
    const { status, headers, text } = await get("SHOW DATABASES; SELECT v FROM m WHERE host = 'a'; SELECT v FROM none");
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(headers.get('x-influxdb-version')).toMatch(/^1\.8\.10-dakkio-/);
    expect(headers.get('request-id')).toBe(headers.get('x-request-id'));
    expect(text).toBe(
      '{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"],"values":[["Greenhouse"]]}]},' +
        '{"statement_id":1,"series":[{"name":"m","columns":["time","v"],"values":[["2023-11-14T22:13:20Z",1],["2023-11-14T22:13:21Z",3]]}]},' +
        '{"statement_id":2}]}\n',
    );
    expect((await post('SHOW DATABASES')).text).toBe(
      '{"results":[{"statement_id":0,"series":[{"name":"databases","columns":["name"],"values":[["Greenhouse"]]}]}]}\n',
    );
  });

  it.each([
    ['ns', '1700000000500000000'],
    ['n', '1700000000500000000'],
    ['u', '1700000000500000'],
    ['µ', '1700000000500000'],
    ['us', '1700000000500000'],
    ['ms', '1700000000500'],
    ['s', '1700000000'],
    ['m', '28333333'],
    ['h', '472222'],
    ['', '"2023-11-14T22:13:20.5Z"'],
  ])('show times with epoch=%s as %s', async (epoch, shown) => {
    const { text } = await get("SELECT v FROM m WHERE host = 'b'", { epoch });
    expect(text).toContain(`"values":[[${shown},2]]`);
  });

  it('show times on the clock of tz()', async () => {
    const shown = async (zone: string) => (await get(`SELECT v FROM m LIMIT 1 tz('${zone}')`)).text;
    expect(await shown('Europe/Paris')).toContain('"2023-11-14T23:13:20+01:00"');
    expect(await shown('Europe/London')).toContain('"2023-11-14T22:13:20Z"');
  });

  it('indent JSON with pretty=true', async () => {
    const { text } = await get("SELECT v FROM m WHERE host = 'b'; SELECT v FROM none", { epoch: 'ms', pretty: 'true' });
    const answer = {
      results: [
        { statement_id: 0, series: [{ name: 'm', columns: ['time', 'v'], values: [[T + 500, 2]] }] },
        { statement_id: 1 },
      ],
    };
    expect(text).toBe(`${JSON.stringify(answer, null, 4)}\n`);
  });

  it('send chunks with chunked=true', async () => {
    const q = 'SELECT v FROM m GROUP BY host; SELECT v FROM none; SELECT v FROM m GROUP BY time(1m); SHOW DATABASES';
    const { text } = await get(q, { epoch: 'ms', chunked: 'true', chunk_size: '1' });
    const series = (host: string, at: number, v: number) => ({
      ...{ name: 'm', tags: { host }, columns: ['time', 'v'], values: [[T + at, v]] },
    });
    expect(text.split('\n')).toEqual([
      ...[
        { statement_id: 0, series: [{ ...series('a', 0, 1), partial: true }], partial: true },
        { statement_id: 0, series: [series('a', 1000, 3)], partial: true },
        { statement_id: 0, series: [series('b', 500, 2)] },
        { statement_id: 1 },
        { statement_id: 2, error: 'GROUP BY requires at least one aggregate function' },
      ].map((result) => JSON.stringify({ results: [result] })),
      '',
    ]);
  });

  it.each(['application/csv', 'text/csv', 'text/csv; charset=utf-8, application/json;q=0.5'])(
    'answer CSV for Accept: %s',
    async (accept) => {
      const q =
        'SELECT v FROM m GROUP BY host; SELECT v, s FROM m; SELECT v FROM none; SELECT v FROM m GROUP BY time(1m)';
      const { headers, text } = await get(q, {}, { headers: { accept } });
      expect(headers.get('content-type')).toBe(accept.split(';')[0]);
      expect(text).toBe(
        'name,tags,time,v\n' +
          `m,host=a,${T}000000,1\nm,host=a,${T + 1000}000000,3\nm,host=b,${T + 500}000000,2\n\n` +
          `name,tags,time,v,s\nm,,${T}000000,1,\nm,,${T + 500}000000,2,"x,""y"\nm,,${T + 1000}000000,3,\n\n` +
          'error\nGROUP BY requires at least one aggregate function\n',
      );
    },
  );

  it('answer JSON for MessagePack, as InfluxDB does where it cannot send it', async () => {
    const { headers } = await get('SHOW DATABASES', {}, { headers: { accept: 'application/x-msgpack' } });
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('take bound parameters', async () => {
    const params = JSON.stringify({ host: 'a', least: 1.5 });
    const { text } = await get('SELECT v FROM m WHERE host = $host AND v > $least', { params, epoch: 'ms' });
    expect(text).toContain(`"values":[[${T + 1000},3]]`);
  });

  it.each([
    ['no statement', {}, 'missing required parameter "q"'],
    ['an unknown unit', { q: 'SHOW DATABASES', epoch: 'x' }, 'epoch must be one of ns, u, ms, s, m, h'],
    ['a wrong chunk size', { q: 'SHOW DATABASES', chunked: 'true', chunk_size: 'x' }, /^chunk_size must be/],
    ['parameters that are not JSON', { q: 'SHOW DATABASES', params: 'x' }, /^error parsing query parameters: /],
    ['parameters that are a list', { q: 'SHOW DATABASES', params: '[1]' }, /^error parsing query parameters: /],
    [
      'a missing parameter',
      { q: 'SELECT v FROM m WHERE host = $host' },
      'error parsing query: missing parameter: host',
    ],
    ['what is not a statement', { q: 'HELLO' }, /^error parsing query: found HELLO, expected SELECT, /],
    ['a statement that is not supported', { q: 'DROP DATABASE "Greenhouse"' }, /^error parsing query: DROP/],
  ])('refuse %s with a 400', async (_name, query, error) => {
    const { status, headers, text } = await send('GET', `/query?${new URLSearchParams(query).toString()}`, {
      key: scene.reader,
    });
    const body = JSON.parse(text) as { error: string };
    expect([status, Object.keys(body)]).toEqual([400, ['error']]);
    expect(body.error).toMatch(error);
    expect(headers.get('x-influxdb-error')).toBe(body.error);
    expect(headers.get('x-influxdb-version')).toMatch(/^1\./);
  });

  it('name another database in the result, and stop at the first failure', async () => {
    const { status, text } = await get('SELECT v FROM m; SHOW DATABASES', { db: 'Absent' });
    expect([status, text]).toEqual([200, '{"results":[{"statement_id":0,"error":"database not found: Absent"}]}\n']);
  });
});

describe('the rights of /query', () => {
  it('let an Admin key query each bucket of its organization, by name or id', async () => {
    const bucketId = await makeBucket(server, 'Cellar');
    const key = server.adminKey;
    expect((await send('POST', `/write?db=${bucketId}`, { key, body: 'c v=5 1000000' })).status).toBe(204);
    for (const db of ['Cellar', bucketId, 'Cellar/autogen'])
      expect((await get('SELECT v FROM c', { db, epoch: 'ms' }, { key })).text).toContain('"values":[[1,5]]');
    expect((await get('SELECT v FROM c', {}, { key })).text).toContain('"error":"database name required"');
    const names = (await get('SHOW DATABASES', {}, { key })).text;
    expect(names).toContain('["Cellar"]');
    const stranger = await makeOrganization(server);
    expect((await get('SHOW DATABASES', {}, { key: stranger })).text).not.toContain('Cellar');
    expect((await get('SELECT v FROM c', { db: bucketId }, { key: stranger })).text).toContain('database not found');
  });

  it('keep a key of a bucket to its bucket, also in FROM', async () => {
    const other = await makeBucket(server, 'Cellar');
    for (const q of [`SELECT v FROM "${other}".."m"`, `SHOW MEASUREMENTS ON "${other}"`])
      expect((await get(q)).text).toContain(`"error":"database not found: ${other}"`);
  });

  it('keep a key that is bound to a data source to it', async () => {
    const [{ _id: dataSourceId } = { _id: '' }] = (await scene.sources()).filter(({ name }) => name === 'm,host=b');
    const { key } = await makeKey(server, scene.bucketId, 'read', { dataSourceId });
    expect((await get('SELECT v FROM m', { epoch: 'ms' }, { key })).text).toContain(`"values":[[${T + 500},2]]`);
    expect((await get('SHOW SERIES', {}, { key })).text).toContain('"values":[["m,host=b"]]');
    expect((await get('SHOW TAG VALUES WITH KEY = host', {}, { key })).text).toContain('"values":[["host","b"]]');
  });

  it('let a write-only key create its database, and read nothing', async () => {
    const { key } = await makeKey(server, scene.bucketId, 'write', { writeOnly: true });
    expect((await post('CREATE DATABASE "Greenhouse"', { key })).text).toBe('{"results":[{"statement_id":0}]}\n');
    for (const q of ['SELECT v FROM m', 'SHOW DATABASES', 'CREATE DATABASE "Greenhouse"; SHOW MEASUREMENTS'])
      expect(await post(q, { key })).toMatchObject({
        status: 403,
        text: '{"error":"Write-only keys cannot read data"}',
      });
    expect((await get('SHOW DATABASES', {}, { key })).status).toBe(403);
  });

  it('refuse CREATE for other buckets and with GET', async () => {
    expect(await post('CREATE DATABASE "Absent"')).toMatchObject({
      ...{ status: 404, text: '{"error":"database not found: \\"Absent\\""}' },
    });
    expect(await get('CREATE DATABASE "Greenhouse"', {}, { key: scene.key })).toMatchObject({
      ...{ status: 400, text: '{"error":"CREATE must be sent with POST"}' },
    });
  });

  it('take the key as a Basic password or as p, but not from a page of another site', async () => {
    const authorization = `Basic ${Buffer.from(`any:${scene.reader}`).toString('base64')}`;
    const basic = (headers = {}) =>
      get('SHOW DATABASES', {}, { key: undefined, headers: { authorization, ...headers } });
    const inUrl = (headers = {}) => get('SHOW DATABASES', { u: 'any', p: scene.reader }, { key: undefined, headers });
    const crossSite = { 'sec-fetch-site': 'cross-site' };
    expect([(await basic()).status, (await inUrl()).status]).toEqual([200, 200]);
    expect([(await basic(crossSite)).status, (await inUrl(crossSite)).status]).toEqual([401, 401]);
    expect(server.logs.join('')).not.toContain(scene.reader);
  });
});
