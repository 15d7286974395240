// Runs on PostgreSQL too: each database rejects different values, so routes must refuse all of them.
import { makeBucket } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const NAME_REQUIRED = 'Bucket name is required';
const RETENTION = 'retentionDays must be a whole number from 1 to 3650, or null';
const LIMIT = 'limit must be a whole number from 1 to 1000';
const OFFSET = 'offset must be a whole number from 0 to 9007199254740991';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

const send = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { key: server.adminKey, ...(body !== undefined && { body }) });
const create = (body: unknown) => send('POST', '/api/buckets', body);

/** The body of a 400: details for several problems, or for one inside a nested value. */
function problems(...found: (readonly [path: (string | number)[], message: string])[]) {
  const details = found.map(([path, message]) => ({ path, message }));
  const isOneNested = details.length === 1 && details[0]?.path.length === 2;
  return { error: 'Validation Error', message: details[0]?.message, ...(!isOneNested && { details }) };
}

describe('an unknown property', () => {
  it.each(['Name', ' name'])('is refused with the nearest known name: "%s"', async (name) => {
    const { status, body } = await create({ name: 'Greenhouse', [name]: {} });
    const message = `Unknown property: ${name}`;
    const details = [{ path: ['body', name], message, hint: 'did you mean name?' }];
    expect([status, body]).toEqual([400, { error: 'Validation Error', message, details }]);
  });

  it.each(['admin', '_id', '', 'constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty'])(
    'is refused: "%s"',
    async (name) => {
      const { status, body } = await create(`{"name":"Greenhouse",${JSON.stringify(name)}:{}}`);
      expect([status, body]).toEqual([400, problems([['body', name], `Unknown property: ${name}`])]);
    },
  );

  it('is reported after problems of known fields', async () => {
    const { body } = await create('{"__proto__":1,"b":1,"retentionDays":0,"a":1}');
    expect(body).toEqual(
      problems(
        [['body', 'name'], NAME_REQUIRED],
        [['body', 'retentionDays'], RETENTION],
        [['body', '__proto__'], 'Unknown property: __proto__'],
        [['body', 'b'], 'Unknown property: b'],
        [['body', 'a'], 'Unknown property: a'],
      ),
    );
  });

  it.each([
    ['{"name":{"constructor":"x"}}', ['name', 'constructor']],
    ['{"name":{"prototype":{}}}', ['name', 'prototype']],
    ['{"name":{"a":[0,{"__proto__":{"admin":true}}]}}', ['name', 'a', 1, '__proto__']],
    ['{"other":[{"constructor":{"name":"Array"}}]}', ['other', 0, 'constructor']],
  ])('is refused when a nested name pollutes prototypes: %s', async (body, path) => {
    const answer = await create(body);
    expect([answer.status, answer.body]).toEqual([
      400,
      problems([['body', ...path], `Unknown property: ${path.at(-1)}`]),
    ]);
  });

  it('may have any name that JSON allows', async () => {
    const { body } = await create('{"name":"x","\\ud800 $& <name> \\u0000":1}');
    expect(body).toEqual(problems([['body', '\ud800 $& <name> \u0000'], 'Unknown property: \ud800 $& <name> \u0000']));
  });

  it('is reported for at most the first 100', async () => {
    const many = Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`p${index}`, 1]));
    const { status, body } = await create(many);
    expect([status, body.message, body.details.length]).toEqual([400, NAME_REQUIRED, 100]);
  });
});

describe('a value', () => {
  it.each([
    [{ name: ['x'] }, 'name', 'Bucket name must be a string'],
    [{ name: { then: 1 } }, 'name', 'Bucket name must be a string'],
    [{ name: { toString: 'x' } }, 'name', 'Bucket name must be a string'],
    [{ name: { length: 3 } }, 'name', 'Bucket name must be a string'],
    [{ name: 1 }, 'name', 'Bucket name must be a string'],
    [{ name: false }, 'name', 'Bucket name must be a string'],
    [{ name: '' }, 'name', NAME_REQUIRED],
    [{ name: ' \u2003\u00a0' }, 'name', NAME_REQUIRED],
    [{ name: null }, 'name', NAME_REQUIRED],
    [{}, 'name', NAME_REQUIRED],
    [{ name: 'a\0b' }, 'name', 'Bucket name must not contain control characters'],
    [{ name: 'a\u0085b' }, 'name', 'Bucket name must not contain control characters'],
    [{ name: 'a\ud800b' }, 'name', 'Bucket name must not contain half of a surrogate pair'],
    [{ name: '\udc00\ud800' }, 'name', 'Bucket name must not contain half of a surrogate pair'],
    [{ name: '🌱'.repeat(101) }, 'name', 'Bucket name must be 100 characters or less'],
    [{ name: 'x', description: 'a\0' }, 'description', 'Bucket description must not contain control characters'],
    [{ name: 'x', retentionDays: '7' }, 'retentionDays', RETENTION],
    [{ name: 'x', retentionDays: 1.5 }, 'retentionDays', RETENTION],
    [{ name: 'x', retentionDays: [7] }, 'retentionDays', RETENTION],
    ['{"name":"x","retentionDays":1e999}', 'retentionDays', RETENTION],
  ])('%j is refused for its %s: %s', async (body, field, message) => {
    const answer = await create(body);
    expect([answer.status, answer.body]).toEqual([400, problems([['body', field], message])]);
  });

  it('of a name is kept in NFC, and counted in code points', async () => {
    const { status, body } = await create({ name: ' Gewa\u0308chshaus ' });
    expect([status, body.bucket.name]).toEqual([201, ' Gew\u00e4chshaus ']);
    expect((await create({ name: '🌱'.repeat(100) })).body.bucket.name).toBe('🌱'.repeat(100));
    expect((await create({ name: 'a\u0308'.repeat(100) })).status).toBe(201);
  });

  it('of null counts as not given when a field is optional', async () => {
    const { status, body } = await create({ name: 'x', description: null, retentionDays: null });
    expect([status, body.bucket.description, body.bucket.retentionDays]).toEqual([201, '', null]);
  });

  it('nested a hundred thousand levels deep causes no 5xx', async () => {
    const { status, body } = await create(`{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
    expect([status, body.message]).toEqual([400, 'Request body is nested too deeply. At most 32 levels are allowed']);
  });
});

describe('a query', () => {
  const unknown = (name: string) => problems([['query', name], `Unknown query parameter: ${name}`]);

  it.each([
    ['GET', '/api/buckets?page=2', 'page', undefined],
    ['GET', '/api/buckets?limit=1&__proto__=x', '__proto__', undefined],
    ['GET', '/api/buckets?limit[a]=1', 'limit[a]', undefined],
    ['GET', '/api/buckets?=x', '', undefined],
    ['GET', '/api/keys/self?verbose', 'verbose', undefined],
    ['GET', '/health/live?constructor=1', 'constructor', undefined],
    ['POST', '/api/buckets?dryRun=1', 'dryRun', { name: 'x' }],
  ])('%s %s: its "%s" is refused', async (method, path, name, body) => {
    const answer = await send(method, path, body);
    expect([answer.status, answer.body]).toEqual([400, unknown(name)]);
  });

  it('is refused with the nearest known parameter', async () => {
    const { status, body } = await send('GET', '/api/buckets?Limit=1');
    const message = 'Unknown query parameter: Limit';
    const details = [{ path: ['query', 'Limit'], message, hint: 'did you mean limit?' }];
    expect([status, body]).toEqual([400, { error: 'Validation Error', message, details }]);
  });

  it('is validated together with the body, known fields first', async () => {
    const { body } = await send('POST', '/api/buckets?dryRun=1&x=2', { a: 1 });
    expect(body).toEqual(
      problems(
        [['body', 'name'], NAME_REQUIRED],
        [['body', 'a'], 'Unknown property: a'],
        [['query', 'dryRun'], 'Unknown query parameter: dryRun'],
        [['query', 'x'], 'Unknown query parameter: x'],
      ),
    );
  });

  it.each(['?', '?&', '?&&'])('may be empty: %s', async (query) => {
    expect((await send('GET', `/api/buckets${query}`)).status).toBe(200);
  });

  it.each([
    ...['0', '1001', 'abc', '1.5', '', '-1', '+1', '1e2', '0x1', ' 1', '١', 'NaN', '99999999999999999999'].map(
      (text) => [`limit=${encodeURIComponent(text)}`, 'limit', LIMIT],
    ),
    ['limit=1&limit=2', 'limit', LIMIT],
    ['limit', 'limit', LIMIT],
    ...['-1', 'abc', '1.5', '', '9007199254740992'].map((text) => [`offset=${text}`, 'offset', OFFSET]),
    ['offset=0&offset=0', 'offset', OFFSET],
  ])('?%s is refused', async (query, field = '', message = '') => {
    for (const path of ['/api/buckets', '/api/keys', `/api/buckets/${bucketId}/keys`]) {
      const { status, body } = await send('GET', `${path}?${query}`);
      expect([status, body]).toEqual([400, problems([['query', field], message])]);
    }
  });

  it('reports both bounds', async () => {
    const { body } = await send('GET', '/api/buckets?x=1&offset=-1&limit=0');
    expect(body).toEqual(
      problems(
        [['query', 'limit'], LIMIT],
        [['query', 'offset'], OFFSET],
        [['query', 'x'], 'Unknown query parameter: x'],
      ),
    );
  });

  it.each([
    ['', { limit: 100, offset: 0 }],
    ['?limit=1', { limit: 1, offset: 0 }],
    ['?limit=1000&offset=9007199254740991', { limit: 1000, offset: Number.MAX_SAFE_INTEGER }],
    ['?limit=0007', { limit: 7, offset: 0 }],
  ])('returns the requested page: %s', async (query, page) => {
    const { status, body } = await send('GET', `/api/buckets${query}`);
    expect([status, body.pagination]).toMatchObject([200, page]);
  });
});

describe('an id in a path', () => {
  const badId = problems([['path', 'bucketId'], 'Invalid bucket ID format']);
  const patch = (path: string, body: unknown) => send('PATCH', path, body);

  it('is accepted in upper case', async () => {
    const { status, body } = await send('GET', `/api/buckets/${bucketId.toUpperCase()}`);
    expect([status, body.bucket._id]).toEqual([200, bucketId]);
  });
  it('is reported alone when it is invalid, whatever else is wrong', async () => {
    const { status, body } = await patch('/api/buckets/nope?x=1', { name: 1, admin: true });
    expect([status, body]).toEqual([400, badId]);
  });
  it('is reported after a body that is not JSON', async () => {
    expect((await patch('/api/buckets/nope', '{')).body.message).toBe('Request body is not valid JSON');
  });
  it.each(['%00', '%0d%0a', 'a%2Fb', '..%2f..', '%F0%9F%8C%B1', "'%20OR%201=1--", '٠'.repeat(24), 'x'.repeat(9000)])(
    'is refused: %s',
    async (id) => {
      const { status, body } = await send('GET', `/api/buckets/${id}`);
      expect([status, body]).toEqual([400, badId]);
    },
  );
  it.each(['/api/buckets/%zz', '/api/buckets/%', '/api/buckets/%ff/keys', '/%zz', '/docs/%zz'])(
    'is refused where it is not validly encoded: %s',
    async (path) => {
      const { status, body } = await send('GET', path);
      const nowhere = [404, { error: 'Not Found', message: `Route not found: GET ${path}` }];
      const broken = [400, { error: 'Validation Error', message: 'Request path is not validly encoded' }];
      expect([status, body]).toEqual(path.startsWith('/api/') ? broken : nowhere);
    },
  );
});
