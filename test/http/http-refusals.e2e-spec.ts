// Runs on PostgreSQL too: routes refuse the same requests on both databases.
import { makeBucket, makeKey } from '../support/make';
import { exchange, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

const UNAUTHORIZED = { error: 'Unauthorized', message: 'Invalid or missing API key' };
const NEW_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let server: TestApp;
let bucketId: string;
let readKey: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  readKey = (await makeKey(server, bucketId, 'read')).key;
});
afterAll(() => server.stop());

describe('the key of a request', () => {
  const send = async (...lines: string[]) => {
    const [answer] = await exchange(server.port, rawRequest('GET /api/keys/self', [...lines, 'Connection: close']));
    return answer;
  };
  const admin = () => server.adminKey;

  it.each<[string, () => string[]]>([
    ['X-API-Key', () => [`X-API-Key: ${admin()}`]],
    ['X-API-Key in any case, with blanks around', () => [`x-aPi-kEY:  \t${admin()} `]],
    ['Bearer', () => [`Authorization: Bearer ${admin()}`]],
    ['Bearer in any case, with blanks', () => [`Authorization: bEARER   ${admin()} `]],
    ['both, the same', () => [`X-API-Key: ${admin()}`, `Authorization: Bearer ${admin()}`]],
    ['X-API-Key beside Basic', () => [`X-API-Key: ${admin()}`, 'Authorization: Basic dTpw']],
  ])('is accepted as %s', async (_what, lines) => {
    const answer = await send(...lines());
    expect([answer?.status, answer?.body.apiKey.type]).toEqual([200, 'admin']);
  });

  it.each<[string, () => string[]]>([
    ['nothing', () => []],
    ['an empty X-API-Key', () => ['X-API-Key:']],
    ['both, different', () => [`X-API-Key: ${admin()}`, `Authorization: Bearer ${readKey}`]],
    [
      'both, the Bearer in another case',
      () => [`X-API-Key: ${admin()}`, `Authorization: Bearer ${admin().toUpperCase()}`],
    ],
    ['X-API-Key twice', () => [`X-API-Key: ${admin()}`, `X-API-Key: ${admin()}`]],
    ['X-API-Key twice, different', () => [`X-API-Key: ${admin()}`, `x-api-key: ${readKey}`]],
    ['Authorization twice', () => [`Authorization: Bearer ${admin()}`, `Authorization: Bearer ${admin()}`]],
    ['Authorization twice beside X-API-Key', () => [`X-API-Key: ${admin()}`, 'Authorization: a', 'Authorization: b']],
    ['Basic', () => [`Authorization: Basic ${Buffer.from(`:${admin()}`).toString('base64')}`]],
    ['a bare Authorization', () => [`Authorization: ${admin()}`]],
    ['a key with a byte more', () => [`X-API-Key: ${admin()}x`]],
    ['two keys in one line', () => [`X-API-Key: ${admin()}, ${admin()}`]],
    ['a proxy header', () => [`Proxy-Authorization: Bearer ${admin()}`]],
    ['a cookie', () => [`Cookie: X-API-Key=${admin()}`]],
  ])('is refused as %s', async (_what, lines) => {
    expect(await send(...lines())).toEqual({
      status: 401,
      headers: expect.objectContaining({ 'www-authenticate': 'ApiKey realm="dakkio"', 'cache-control': 'no-store' }),
      body: UNAUTHORIZED,
    });
  });

  it('is refused in the query', async () => {
    expect((await server.call('GET', `/api/keys/self?api_key=${server.adminKey}`)).status).toBe(401);
  });
});

describe('the order of checks', () => {
  // Each row fixes the first fault of the row before, and keeps all others.
  it.each([
    ['an unknown route', 404, 'Route not found: POST /api/bucket', { path: '/api/bucket', key: 'none' }],
    ['a wrong method', 405, 'Method PUT is not allowed here. Allowed: GET, HEAD, POST', { method: 'PUT', key: 'none' }],
    ['no key', 401, UNAUTHORIZED.message, { key: 'none' }],
    ['a key of the wrong type', 403, 'Only Admin keys can create API keys', { key: 'read' }],
    ['another type of body', 415, 'Content-Type must be application/json', { type: 'text/plain' }],
    ['too large a body', 413, 'Request body must be 262144 bytes or less', { body: '{'.repeat(262_145) }],
    ['no JSON', 400, 'Request body is not valid JSON', { body: '{' }],
    ['a bad path', 400, 'Invalid bucket ID format', {}],
    ['a bad body', 400, 'Key name is required', { id: '0'.repeat(24) }],
    [
      'a long query',
      400,
      'The query string has more than 100 parameters',
      {
        ...{ id: '0'.repeat(24), body: '{"name":"x","type":"read"}' },
        query: `?x=1${'&x=1'.repeat(100)}`,
      },
    ],
    ['a bad query', 400, 'Unknown query parameter: x', { id: '0'.repeat(24), body: '{"name":"x","type":"read"}' }],
    ['no such bucket', 404, 'Bucket not found', { id: '0'.repeat(24), body: '{"name":"x","type":"read"}', query: '' }],
  ])('%s: %i', async (_what, status, message, fault) => {
    const request = {
      method: 'POST',
      key: 'admin',
      type: 'application/json',
      body: '{}',
      id: 'nope',
      query: '?x=1',
      ...fault,
    };
    const path = 'path' in fault ? fault.path : `/api/buckets/${request.id}/keys`;
    const key = { none: undefined, read: readKey, admin: server.adminKey }[request.key];
    const headers = { 'Content-Type': request.type };
    const answer = await server.call(request.method, path + request.query, { key, headers, body: request.body });
    expect([answer.status, answer.body.message]).toEqual([status, message]);
  });
});

describe('an unknown route', () => {
  it.each([
    '/api',
    '/api/',
    '/api/nope',
    '/nope?x=1',
    '/api/buckets/a/b/c',
    '/healthy',
    '/api//buckets',
    '/%61pi/buckets',
    '/favicon.ico',
  ])('is named by its path: %s', async (path) => {
    const { status, body } = await server.call('GET', path);
    const shown = path.replace('?x=1', '');
    expect([status, body]).toEqual([404, { error: 'Not Found', message: `Route not found: GET ${shown}` }]);
  });
});

describe('a method', () => {
  it.each([
    ['PATCH', '/api/buckets', 'GET, HEAD, POST'],
    ['DELETE', '/api/buckets/', 'GET, HEAD, POST'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['POST', '/docs', 'GET, HEAD'],
    ['PUT', '/api/keys/self', 'DELETE, GET, HEAD, PATCH'],
    ['PROPFIND', '/api/buckets/x', 'DELETE, GET, HEAD, PATCH, PUT'],
  ])('that a path does not support is distinguished from an unknown path: %s %s', async (method, path, allowed) => {
    const { status, headers, body } = await server.call(method, path);
    const message = `Method ${method} is not allowed here. Allowed: ${allowed}`;
    expect([status, headers.get('allow'), body]).toEqual([405, allowed, { error: 'Method Not Allowed', message }]);
  });

  it('OPTIONS lists the methods of a path, and needs no key', async () => {
    const { status, headers, body } = await server.call('OPTIONS', '/api/buckets');
    expect([status, headers.get('allow'), body]).toEqual([204, 'GET, HEAD, POST', '']);
    expect((await server.call('OPTIONS', '/nope')).status).toBe(404);
  });

  it('HEAD returns the headers of GET without the body', async () => {
    for (const [path, key] of [
      ['/api/buckets', server.adminKey],
      ['/api/buckets', undefined],
      ['/health/ready', undefined],
    ] as const) {
      const get = await server.call('GET', path, { key });
      const head = await server.call('HEAD', path, { key });
      expect([head.status, head.body]).toEqual([get.status, '']);
      for (const name of ['content-type', 'content-length', 'cache-control', 'www-authenticate'])
        expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
  });

  it('is not overridden by a header', async () => {
    const headers = { 'X-HTTP-Method-Override': 'DELETE' };
    const { status } = await server.call('GET', `/api/buckets/${bucketId}`, { key: server.adminKey, headers });
    expect(status).toBe(200);
    expect((await server.call('GET', `/api/buckets/${bucketId}`, { key: server.adminKey })).status).toBe(200);
  });
});

it('a trailing slash of a path is ignored', async () => {
  expect((await server.call('GET', '/api/keys/self/', { key: readKey })).status).toBe(200);
});

describe('X-Request-Id', () => {
  const answers: [string, string, string, number][] = [
    ['an answer', 'GET', '/health/live', 200],
    ['an unknown route', 'GET', '/nope', 404],
    ['a wrong method', 'PUT', '/api/buckets', 405],
    ['a 401', 'GET', '/api/buckets', 401],
    ['the API page', 'GET', '/docs', 200],
    ['a part of that page', 'GET', '/docs/swagger-ui.css', 200],
    ['the API document', 'GET', '/docs-json', 200],
    ['OPTIONS', 'OPTIONS', '/api/buckets', 204],
    ['a broken path', 'GET', '/api/buckets/%zz', 400],
  ];
  it.each(answers)(
    'of the client is returned on %s, or a new one when it sent none',
    async (_what, method, path, status) => {
      const headers = { 'X-Request-Id': 'job-17/4:a=b+c@d.e_f' };
      const own = await server.call(method, path, { headers });
      expect([own.status, own.headers.get('x-request-id')]).toEqual([status, 'job-17/4:a=b+c@d.e_f']);
      const none = await server.call(method, path);
      expect(none.headers.get('x-request-id')).toMatch(NEW_ID);
    },
  );

  it.each(['', 'a b', 'x'.repeat(129), '"', '<script>', 'ä', 'a,b'])(
    'is new where the one sent is not sane: %s',
    async (id) => {
      const [answer] = await exchange(
        server.port,
        rawRequest('GET /health/live', [`X-Request-Id: ${id}`, 'Connection: close']),
      );
      expect(answer?.headers['x-request-id']).toMatch(NEW_ID);
    },
  );

  it('is new when two were sent', async () => {
    const lines = ['X-Request-Id: a', 'X-Request-Id: b', 'Connection: close'];
    const [answer] = await exchange(server.port, rawRequest('GET /health/live', lines));
    expect(answer?.headers['x-request-id']).toMatch(NEW_ID);
  });
});

describe('a reply', () => {
  it('does not reveal the server software, and forbids caching and sniffing', async () => {
    const { headers } = await server.call('GET', '/health/live');
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': '15',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(NEW_ID),
      date: expect.any(String),
      connection: 'keep-alive',
      'keep-alive': 'timeout=65',
    });
  });
});

describe('a file of the API page', () => {
  it.each([
    [416, 'Range Not Satisfiable', { Range: 'bytes=99999999-' }],
    [412, 'Precondition Failed', { 'If-Match': '"x"' }],
  ])('is refused in the documented shape: %i', async (status, title, headers) => {
    const answer = await server.call('GET', '/docs/favicon-32x32.png', { headers });
    expect([answer.status, answer.body]).toEqual([status, { error: title, message: title }]);
  });
});
