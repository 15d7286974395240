import { gzipSync } from 'node:zlib';
import { startApp, type TestApp } from '../support/test-app';

const CREATE = JSON.stringify({ name: 'Greenhouse' });
const NOT_JSON = 'Request body is not valid JSON';
const NOT_OBJECT = 'Request body must be a JSON object';
const NOT_GZIP = 'Request body is not valid gzip';
const NOT_UTF8 = 'Request body is not valid UTF-8';
const TOO_DEEP = 'Request body is nested too deeply. At most 32 levels are allowed';
const TYPE = 'Content-Type must be application/json';
const CHARSET = 'The charset of the request body must be utf-8';
const ENCODING = 'Content-Encoding must be gzip or identity';

let server: TestApp;
beforeAll(async () => {
  server = await startApp({ DAKKIO_BODY_LIMIT_BYTES: '20000' });
});
afterAll(() => server.stop());

/** Sends bytes to the route that creates buckets. */
async function post(body: RequestInit['body'], headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}/api/buckets`, {
    method: 'POST',
    headers: { 'X-API-Key': server.adminKey, 'Content-Type': 'application/json', ...headers },
    ...(body !== undefined && { body, duplex: 'half' }),
  });
  return { status: answer.status, body: await answer.json() };
}

const refused = (status: number, error: string, message: string) => ({ status, body: { error, message } });
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('a JSON body', () => {
  it.each([
    ['nothing', undefined, NOT_JSON],
    ['an empty text', '', NOT_JSON],
    ['blanks', '  \n', NOT_JSON],
    ['an open object', '{"name":"Greenhouse"', NOT_JSON],
    ['two objects', '{} {}', NOT_JSON],
    ['single quotes', "{'name':'Greenhouse'}", NOT_JSON],
    ['a trailing comma', '{"name":"Greenhouse",}', NOT_JSON],
    ['a comment', '{"name":"Greenhouse"} // mine', NOT_JSON],
    ['NaN', '{"retentionDays":NaN}', NOT_JSON],
    ['UTF-16', Buffer.from(CREATE, 'utf16le'), NOT_JSON],
    ['two byte order marks', `\uFEFF\uFEFF${CREATE}`, NOT_JSON],
    ['an array', '[]', NOT_OBJECT],
    ['a string', '"Greenhouse"', NOT_OBJECT],
    ['a number', '1', NOT_OBJECT],
    ['true', 'true', NOT_OBJECT],
    ['null', 'null', NOT_OBJECT],
    ['Latin-1', bytes('{"name":"Gew', [0xe4], 'chshaus"}'), NOT_UTF8],
    ['half of a UTF-8 character', bytes('{"name":"', [0xe2, 0x82], '"}'), NOT_UTF8],
    ['an overlong NUL', bytes('{"name":"', [0xc0, 0x80], '"}'), NOT_UTF8],
    ['a surrogate in UTF-8', bytes('{"name":"', [0xed, 0xa0, 0x80], '"}'), NOT_UTF8],
    ['33 levels', nested(33), TOO_DEEP],
    ['3,000 levels', nested(3000), TOO_DEEP],
    ['5,000 levels of arrays', `{"name":${'['.repeat(5000)}${']'.repeat(5000)}}`, TOO_DEEP],
  ])('is refused when it is %s', async (_what, body, message) => {
    expect(await post(body)).toEqual(refused(400, 'Validation Error', message));
  });

  it.each([
    ['blanks around it', ` \r\n\t${CREATE} `],
    ['a byte order mark before it', `\uFEFF${CREATE}`],
    ['escapes in it', '{"n\\u0061me":"Gr\\u0065enhouse"}'],
    ['the same name twice, of which the last counts', '{"name":1,"name":"Greenhouse"}'],
  ])('may have %s', async (_what, body) => {
    expect(await post(body)).toMatchObject({ status: 201, body: { bucket: { name: 'Greenhouse' } } });
  });
});

describe('Content-Type', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;CHARSET="UTF-8"',
    'application/json ; charset=utf8',
    'application/json; version=1',
    'application/json;',
  ])('may be %s', async (type) => {
    expect((await post(CREATE, { 'Content-Type': type })).status).toBe(201);
  });

  it.each([
    ['', TYPE],
    ['text/plain', TYPE],
    ['text/json', TYPE],
    ['application/x-www-form-urlencoded', TYPE],
    ['multipart/form-data; boundary=x', TYPE],
    ['application/merge-patch+json', TYPE],
    ['application/jsonx', TYPE],
    ['text/plain; application/json', TYPE],
    ['application/json, application/json', TYPE],
    ['application/json; charset=latin1', CHARSET],
    ['application/json; charset=utf-16', CHARSET],
    ['application/json; a=b; charset="iso-8859-1"', CHARSET],
    ['application/json; charset=', CHARSET],
  ])('must not be "%s"', async (type, message) => {
    expect(await post(CREATE, { 'Content-Type': type })).toEqual(refused(415, 'Unsupported Media Type', message));
  });
});

describe('Content-Encoding', () => {
  const gzip = { 'Content-Encoding': 'gzip' };

  it.each([
    ['gzip', gzipSync(CREATE)],
    ['GZIP', gzipSync(CREATE)],
    ['x-gzip', gzipSync(CREATE)],
    ['gzip', Buffer.concat([gzipSync('{"name":'), gzipSync('"Greenhouse"}')])],
    ['identity', CREATE],
  ])('may be %s', async (encoding, body) => {
    expect(await post(body, { 'Content-Encoding': encoding })).toMatchObject({
      status: 201,
      body: { bucket: { name: 'Greenhouse' } },
    });
  });

  it.each(['br', 'deflate', 'zstd', 'gzip, gzip', 'aws-chunked', 'x'])('must not be %s', async (encoding) => {
    expect(await post(CREATE, { 'Content-Encoding': encoding })).toEqual(
      refused(415, 'Unsupported Media Type', ENCODING),
    );
  });

  it.each([
    ['plain JSON', CREATE],
    ['nothing', ''],
    ['half of it', gzipSync(CREATE).subarray(0, 20)],
    ['a broken checksum', Buffer.concat([gzipSync(CREATE).subarray(0, -8), Buffer.alloc(8)])],
  ])('gzip is not %s', async (_what, body) => {
    expect(await post(body, gzip)).toEqual(refused(400, 'Validation Error', NOT_GZIP));
  });

  it('is decompressed only up to the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(15_000_000, ' '), { level: 9 });
    expect(bomb.length).toBeLessThan(20_000);
    expect(await post(bomb, gzip)).toEqual(
      refused(413, 'Payload Too Large', 'Request body must be 20000 bytes or less'),
    );
  });
});

describe('the size of a body', () => {
  const padded = (length: number) => CREATE.padEnd(length);
  const streamed = (text: string) => new Blob([text]).stream();
  const tooLarge = refused(413, 'Payload Too Large', 'Request body must be 20000 bytes or less');

  it('may equal the limit', async () => {
    expect((await post(padded(20_000))).status).toBe(201);
    expect((await post(streamed(padded(20_000)))).status).toBe(201);
    expect((await post(gzipSync(padded(20_000)), { 'Content-Encoding': 'gzip' })).status).toBe(201);
  });
  it('is refused one byte above it', async () => {
    expect(await post(padded(20_001))).toEqual(tooLarge);
    expect(await post(streamed(padded(20_001)))).toEqual(tooLarge);
    expect(await post(gzipSync(padded(20_001)), { 'Content-Encoding': 'gzip' })).toEqual(tooLarge);
  });
  it('is checked after the type, and before the content', async () => {
    const body = 'x'.repeat(20_001);
    expect((await post(body, { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect(await post(body)).toEqual(tooLarge);
  });
});
