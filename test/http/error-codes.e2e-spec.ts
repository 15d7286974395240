import { makeBucket, makeKey } from '../support/make';
import { exchange, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

const ABSENT = '0'.repeat(24);
const linkTo = (code: string, prefix = '') => `<${prefix}/docs/errors#${code}>; rel="help"`;

let server: TestApp;
let bucketId: string;
let otherBucketId: string;
let readKey: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  otherBucketId = await makeBucket(server);
  readKey = (await makeKey(server, bucketId, 'read')).key;
});
afterAll(() => server.stop());

/** The error fields and headers that a client gets besides the message. */
async function seen(method: string, path: string, options: Parameters<TestApp['call']>[2] = {}) {
  const { status, headers } = await server.call(method, path, options);
  return [status, headers.get('x-error-code'), headers.get('link')];
}
const error = (status: number, code: string) => [status, code, linkTo(code)];

describe('an error reply of a route', () => {
  const admin = () => ({ key: server.adminKey });

  it.each<[status: number, code: string, call: () => Promise<unknown[]>]>([
    [404, 'route_not_found', () => seen('GET', '/api/nope')],
    [405, 'method_not_allowed', () => seen('PUT', '/api/buckets')],
    [401, 'unauthorized', () => seen('GET', '/api/buckets')],
    [401, 'unauthorized', () => seen('HEAD', '/api/buckets')],
    [403, 'admin_key_required', () => seen('GET', '/api/buckets', { key: readKey })],
    [403, 'read_only_key', () => seen('POST', '/api/data', { key: readKey, body: {} })],
    [415, 'unsupported_content_type', () => seen('POST', '/api/buckets', { ...admin(), body: '{}', headers: { 'Content-Type': 'text/xml' } })], // prettier-ignore
    [413, 'body_too_large', () => seen('POST', '/api/buckets', { ...admin(), body: ' '.repeat(300_000) })],
    [400, 'body_not_json', () => seen('POST', '/api/buckets', { ...admin(), body: '{' })],
    [400, 'body_not_object', () => seen('POST', '/api/buckets', { ...admin(), body: [] })],
    [400, 'invalid_field', () => seen('POST', '/api/buckets', { ...admin(), body: {} })],
    [400, 'invalid_field', () => seen('POST', '/api/buckets', { ...admin(), body: { colour: 'red' } })],
    [400, 'unknown_property', () => seen('POST', '/api/buckets', { ...admin(), body: { name: 'Lab', colour: 'red' } })],
    [400, 'unknown_property', () => seen('POST', '/api/data/query', { ...admin(), body: { filters: { metadata: JSON.parse('{"__proto__":1}') } } })], // prettier-ignore
    [400, 'unknown_query_parameter', () => seen('GET', '/api/buckets?colour=red', admin())],
    [400, 'conflicting_fields', () => seen('GET', `/api/buckets?after=${ABSENT}&offset=1`, admin())],
    [400, 'path_not_decodable', () => seen('GET', '/api/buckets/%E0%A4%A', admin())],
    [400, 'bucket_id_required', () => seen('POST', '/api/data/query', { ...admin(), body: {} })],
    [404, 'bucket_not_accessible', () => seen('GET', `/api/buckets/${ABSENT}`, admin())],
    [404, 'api_key_not_found', () => seen('GET', `/api/buckets/${bucketId}/keys/${ABSENT}`, admin())],
  ])('has its code and a link to its explanation: %i %s', async (status, code, call) => {
    expect(await call()).toEqual(error(status, code));
  });

  it('uses the first of several problems, like the message', async () => {
    const reversed = { bucketId, filters: { startTime: 'now', endTime: 'now-1h' } };
    const body = { ...reversed, filters: { ...reversed.filters, limit: 0 } };
    expect(await seen('POST', '/api/data/query', { key: readKey, body: reversed })).toEqual(
      error(400, 'invalid_time_range'),
    );
    expect(await seen('POST', '/api/data/query', { key: readKey, body })).toEqual(error(400, 'invalid_field'));
  });

  it('adds neither to a successful reply', async () => {
    expect(await seen('GET', '/api/buckets', admin())).toEqual([200, null, null]);
  });
});

describe('an error reply of the HTTP server', () => {
  it.each<[status: number, code: string, bytes: string]>([
    [400, 'malformed_request', 'GARBAGE\r\n\r\n'],
    [400, 'invalid_host_header', 'GET /api/buckets HTTP/1.1\r\n\r\n'],
    [400, 'invalid_host_header', 'GET /api/buckets HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    [400, 'path_not_decodable', rawRequest('GET http://')],
    [405, 'method_not_allowed', rawRequest('CONNECT example.com:443')],
    [417, 'expectation_failed', rawRequest('POST /api/buckets', ['Expect: cake', 'Content-Length: 2'])],
    [431, 'headers_too_large', rawRequest('GET /', [`X-Large: ${'x'.repeat(20_000)}`])],
  ])('has a code and a link: %i %s', async (status, code, bytes) => {
    const [answer] = await exchange(server.port, bytes);
    expect([answer?.status, answer?.headers['x-error-code'], answer?.headers.link]).toEqual(error(status, code));
  });
});

describe('the code', () => {
  it('is the same for every invalid key', async () => {
    const deleted = await makeKey(server, bucketId, 'read');
    await server.call('DELETE', `/api/buckets/${bucketId}/keys/${deleted._id}`, { key: server.adminKey });
    const disabled = await makeKey(server, bucketId, 'read');
    const disable = { key: server.adminKey, body: { enabled: false } };
    await server.call('PATCH', `/api/buckets/${bucketId}/keys/${disabled._id}`, disable);
    const replies = await Promise.all(
      [undefined, '', 'x', `${readKey}x`, deleted.key, disabled.key].map((key) =>
        seen('GET', '/api/keys/self', { key }),
      ),
    );
    expect(replies).toEqual(replies.map(() => error(401, 'unauthorized')));
  });

  it('does not distinguish an absent bucket from one of another organization', async () => {
    const absent = await seen('POST', '/api/data/query', { key: readKey, body: { bucketId: ABSENT } });
    const others = await seen('POST', '/api/data/query', { key: readKey, body: { bucketId: otherBucketId } });
    expect([absent, others]).toEqual([error(403, 'bucket_not_accessible'), error(403, 'bucket_not_accessible')]);
  });
});

describe('the link', () => {
  it('points to a section of the page', async () => {
    const { headers } = await server.call('GET', '/api/nope');
    const [, target = ''] = /^<(.+)>/.exec(headers.get('link') ?? '') ?? [];
    const { pathname, hash } = new URL(target, server.url);
    const page = await server.call('GET', pathname);
    expect(page.status).toBe(200);
    expect(page.body).toContain(`id="${hash.slice(1)}"`);
  });

  it.each([
    ['/dakkio', '/dakkio'],
    ['/a/b.c/', '/a/b.c'],
    ['//evil.example', ''],
    ['/../x', ''],
    ['/a>; rel="x"', ''],
    ['https://evil.example', ''],
    ['/a, /b', ''],
  ])('has the prefix that a trusted proxy sends: %s', async (sent, prefix) => {
    const headers = { 'X-Forwarded-Prefix': sent };
    const proxied = await startApp({ DAKKIO_TRUSTED_PROXIES: '127.0.0.1' });
    const { headers: answered } = await proxied.call('GET', '/api/nope', { headers });
    await proxied.stop();
    expect(answered.get('link')).toBe(linkTo('route_not_found', prefix));
    expect(await seen('GET', '/api/nope', { headers })).toEqual(error(404, 'route_not_found'));
  });

  it('is omitted when the page is not served', async () => {
    const bare = await startApp({ DAKKIO_DOCS: 'off' });
    const routed = await bare.call('GET', '/api/nope');
    const [unparsed] = await exchange(bare.port, 'GARBAGE\r\n\r\n');
    await bare.stop();
    expect([routed.headers.get('x-error-code'), routed.headers.get('link')]).toEqual(['route_not_found', null]);
    expect([unparsed?.headers['x-error-code'], unparsed?.headers.link]).toEqual(['malformed_request', undefined]);
  });
});
