import { MAX_PLAIN_BYTES } from '../../src/common/http/compression/encoded-answers';
import { callEncoded, type EncodedAnswer, type EncodedCall } from '../support/encoded';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const START = Date.parse('2024-01-15T00:00:00Z');
const POINTS = 4000;
const BROWSER = 'gzip, deflate, br, zstd';
/** CORS is on, so that answers depend on the origin as well. */
const VARY = 'Origin, Accept-Encoding';

let server: TestApp;
let bucketId: string;
let read: string;
let sourceId: string;
beforeAll(async () => {
  server = await startApp({ DAKKIO_CORS_ORIGINS: 'https://dash.example,https://other.example' });
  bucketId = await makeBucket(server);
  read = (await makeKey(server, bucketId, 'read')).key;
  const { call, adminKey: key } = server;
  const made = await call('POST', `/api/buckets/${bucketId}/sources`, {
    key,
    body: { name: 'Climate', schema: { t: 'number', note: 'string' } },
  });
  sourceId = made.body.dataSource._id as string;
  for (let begin = 0; begin < POINTS; begin += 1000) {
    const dataPoints = Array.from({ length: 1000 }, (_, index) => ({
      ...{ dataSourceId: sourceId, timestamp: START + (begin + index) * 1000 },
      values: { t: Math.sin(begin + index), note: `Note ${begin + index} für alle` },
    }));
    expect((await call('POST', '/api/data/batch', { key, body: { bucketId, dataPoints } })).status).toBe(201);
  }
});
afterAll(() => server.stop());

const send = (path: string, call: EncodedCall = {}): Promise<EncodedAnswer> =>
  callEncoded(server.url + path, { key: server.adminKey, ...call });
const points = (limit: number, more: object = {}) => ({
  body: { bucketId, filters: { dataSourceId: sourceId, startTime: START, limit }, downsampling: false, ...more },
});
const query = (limit: number, call: EncodedCall, more?: object) =>
  send('/api/data/query', { ...points(limit, more), key: read, ...call });
const codingOf = ({ headers }: EncodedAnswer) => headers['content-encoding'];

describe('an answer above 1 KB', () => {
  it.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    [BROWSER, 'br'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
  ])('is compressed for a client that accepts %s: with %s', async (accepts, coding) => {
    const plain = await query(50, {});
    const answer = await query(50, { accepts });
    expect([answer.status, codingOf(answer), answer.headers.vary]).toEqual([200, coding, VARY]);
    expect(answer.text).toBe(plain.text);
    expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
    expect(answer.bytes.length).toBeLessThan(plain.bytes.length / 3);
    expect(answer.headers['content-type']).toBe(plain.headers['content-type']);
  });

  it.each([undefined, '', 'identity', 'identity;q=0', '*;q=0', 'gzip;q=0', 'deflate', 'identity, gzip;q=0.5'])(
    'is sent as it is with Accept-Encoding: %s',
    async (accepts) => {
      const answer = await query(50, { accepts });
      expect([answer.status, codingOf(answer), answer.headers.vary]).toEqual([200, undefined, VARY]);
      expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
      expect(JSON.parse(answer.text).data).toHaveLength(50);
    },
  );

  it('is compressed when it is an error', async () => {
    const filters = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`field${index}`, 1]));
    const answer = await send('/api/data/query', { body: { bucketId, filters }, accepts: 'gzip' });
    expect([answer.status, codingOf(answer), answer.headers['x-error-code']]).toEqual([
      ...[400, 'gzip', 'unknown_property'],
    ]);
    expect(JSON.parse(answer.text).details).toHaveLength(60);
  });

  it('has the same headers for HEAD', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, index) => makeBucket(server, `Bucket ${index} ${'x'.repeat(50)}`)));
    const [get, head] = [
      await send('/api/buckets', { accepts: 'gzip' }),
      await send('/api/buckets', { method: 'HEAD', accepts: 'gzip' }),
    ];
    expect(codingOf(get)).toBe('gzip');
    for (const name of ['content-encoding', 'content-length', 'vary', 'content-type'])
      expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
    expect(head.bytes).toHaveLength(0);
  });
});

it('sends an answer of up to 1 KB as it is', async () => {
  for (const path of ['/health/live', `/api/buckets/${bucketId}`, `/api/buckets/${bucketId}/sources/${sourceId}`]) {
    const { status, headers, bytes } = await send(path, { accepts: BROWSER });
    expect([path, status, headers['content-encoding'], headers.vary]).toEqual([path, 200, undefined, 'Origin']);
    expect(bytes.length).toBeLessThanOrEqual(MAX_PLAIN_BYTES);
  }
});

describe('an answer that is sent while it is made', () => {
  it.each([
    ['a query', {}, {}],
    ['a query in columns', { format: 'columns' }, {}],
    ['a query as CSV', {}, { Accept: 'text/csv' }],
  ])('is compressed in pieces: %s', async (_what, more, headers) => {
    const plain = await query(POINTS, { headers }, more);
    const answer = await query(POINTS, { headers, accepts: BROWSER }, more);
    expect([plain.status, codingOf(plain), plain.headers['transfer-encoding']]).toEqual([200, undefined, 'chunked']);
    expect([answer.status, codingOf(answer), answer.headers.vary]).toEqual([200, 'gzip', VARY]);
    expect([answer.headers['content-length'], answer.headers['transfer-encoding']]).toEqual([undefined, 'chunked']);
    expect(answer.text).toBe(plain.text);
    expect(answer.bytes.length).toBeLessThan(plain.bytes.length / 3);
    expect(answer.headers['content-type']).toBe(plain.headers['content-type']);
  });

  it('is sent as it is to a client without gzip', async () => {
    const answer = await query(POINTS, { accepts: 'br' });
    expect([answer.status, codingOf(answer), answer.headers.vary]).toEqual([200, undefined, VARY]);
    expect(JSON.parse(answer.text).data).toHaveLength(POINTS);
  });

  it('is compressed as a short CSV too, with its length', async () => {
    const answer = await query(100, { accepts: 'gzip', headers: { Accept: 'text/csv' } });
    expect([answer.status, codingOf(answer)]).toEqual([200, 'gzip']);
    expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.text.split('\n')).toHaveLength(102);
  });
});

describe('an answer with a secret', () => {
  const keys = Array.from({ length: 30 }, (_, index) => ({ name: `Sensor ${index}`, type: 'write' }));

  it.each(['application/json', 'text/csv'])('is sent as it is: new keys as %s', async (accept) => {
    const answer = await send(`/api/buckets/${bucketId}/keys/bulk`, {
      ...{ body: { keys }, accepts: BROWSER, headers: { Accept: accept } },
    });
    expect([answer.status, codingOf(answer)]).toEqual([201, undefined]);
    expect(answer.bytes.length).toBeGreaterThan(MAX_PLAIN_BYTES);
    expect(answer.text.match(/dakkio_w_/g)?.length).toBeGreaterThanOrEqual(30);
  });

  it('is sent as it is: a new alert rule with its webhook secret', async () => {
    const answer = await send('/api/alerts', {
      accepts: BROWSER,
      body: {
        ...{ bucketId, dataSourceId: sourceId, name: 'Hot', webhookUrl: 'https://hooks.example/alerts' },
        condition: Array.from({ length: 10 }, (_, index) => `t is greater than ${30 + index}`).join(' or '),
      },
    });
    expect([answer.status, codingOf(answer)]).toEqual([201, undefined]);
    expect(answer.bytes.length).toBeGreaterThan(MAX_PLAIN_BYTES);
    expect(answer.text).toContain('whsec_');
  });

  it('is unlike a list of keys, which shows their beginnings only', async () => {
    const answer = await send(`/api/buckets/${bucketId}/keys`, { accepts: 'gzip' });
    expect([answer.status, codingOf(answer)]).toEqual([200, 'gzip']);
    expect(answer.text).toMatch(/dakkio_w_\w{4}\.\.\./);
  });
});

describe('the documents', () => {
  const DOCUMENTS = [
    ...['/docs', '/docs-json', '/docs-yaml', '/docs/errors', '/docs/swagger-ui-init.js'],
    ...['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui-standalone-preset.js'],
  ];

  it.each(DOCUMENTS)('are compressed: %s', async (path) => {
    const call = { headers: { Accept: 'text/html' } };
    const plain = await send(path, call);
    for (const coding of ['gzip', 'br']) {
      const answer = await send(path, { ...call, accepts: coding });
      expect([answer.status, codingOf(answer), answer.text === plain.text]).toEqual([200, coding, true]);
      expect(answer.headers.vary).toMatch(/Accept-Encoding$/);
      expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
      expect(answer.bytes.length).toBeLessThan(plain.bytes.length * 0.6);
    }
  });

  it('have an ETag for each coding, and 304 for the one that the client holds', async () => {
    const codings = [undefined, 'gzip', 'br'];
    const etags = await Promise.all(
      codings.map(async (accepts) => (await send('/docs-json', { accepts })).headers.etag),
    );
    expect(new Set(etags).size).toBe(3);
    for (const [index, accepts] of codings.entries())
      for (const [held, etag = ''] of etags.entries()) {
        const { status, headers, bytes } = await send('/docs-json', { accepts, headers: { 'If-None-Match': etag } });
        expect([accepts, held, status]).toEqual([accepts, held, held === index ? 304 : 200]);
        expect([headers.etag, headers.vary]).toEqual([etags[index], VARY]);
        if (status === 304) expect([bytes.length, headers['content-encoding']]).toEqual([0, undefined]);
      }
  });
});

it('compresses nothing with DAKKIO_COMPRESSION=off', async () => {
  const other = await startApp({ DAKKIO_COMPRESSION: 'off' });
  try {
    for (const path of ['/docs-json', '/'])
      expect(
        (await callEncoded(other.url + path, { accepts: BROWSER, headers: { Accept: 'text/html' } })).headers,
      ).toEqual(expect.not.objectContaining({ 'content-encoding': expect.anything() }));
  } finally {
    await other.stop();
  }
});
