import { makeBucket } from '../support/make';
import { exchange, RawConnection, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

const UNAUTHORIZED = { error: 'Unauthorized', message: 'Invalid or missing API key' };
const MALFORMED = { error: 'Validation Error', message: 'Request is not valid HTTP' };
const NOT_FOUND = (method: string, path: string) => ({
  error: 'Not Found',
  message: `Route not found: ${method} ${path}`,
});

let server: TestApp;
let keyLine: string;
beforeAll(async () => {
  server = await startApp();
  await makeBucket(server);
  keyLine = `X-API-Key: ${server.adminKey}`;
});
afterAll(() => server.stop());

const CREATE = JSON.stringify({ name: 'Greenhouse' });
const JSON_LINE = 'Content-Type: application/json';

describe('the HTTP parser', () => {
  it.each([
    ['a first line that is none', 'hello\r\n\r\n'],
    ['an unknown method', 'FROB / HTTP/1.1\r\nHost: test\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: test\r\n\r\n'],
    ['a TLS handshake', Buffer.from('16030100a5010000a1030300', 'hex')],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: test\r\nnonsense\r\n\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: test\r\nX-A: a\0b\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost: test\r\nContent-Length : 2\r\n\r\n{}'],
    ['a bad length', rawRequest('POST /api/buckets', ['Content-Length: 1x'])],
    ['two lengths', rawRequest('POST /api/buckets', ['Content-Length: 2', 'Content-Length: 3'])],
    ['a length beside chunks', rawRequest('POST /x', ['Content-Length: 2', 'Transfer-Encoding: chunked'])],
    ['a transfer coding that does not end in chunked', rawRequest('POST /api/buckets', ['Transfer-Encoding: gzip'])],
  ])('refuses %s with 400 in the documented shape, and closes', async (_what, bytes) => {
    const answers = await exchange(server.port, bytes);
    expect(answers).toEqual([
      {
        status: 400,
        headers: expect.objectContaining({
          'content-type': 'application/json; charset=utf-8',
          connection: 'close',
          'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        }),
        body: MALFORMED,
      },
    ]);
  });

  it('refuses an invalid chunk in the middle of a body', async () => {
    const lines = [keyLine, JSON_LINE, 'Transfer-Encoding: chunked', 'X-Request-Id: mine'];
    const [answer, ...others] = await exchange(server.port, rawRequest('POST /api/buckets', lines, 'zz\r\n'));
    expect([answer?.status, answer?.body, others]).toEqual([400, MALFORMED, []]);
    expect(answer?.headers['x-request-id']).toBe('mine');
  });

  it('reports an incomplete body when the client closes its side in the middle of it', async () => {
    const connection = await RawConnection.open(server.port);
    await connection.send(rawRequest('POST /api/buckets', [keyLine, JSON_LINE, 'Content-Length: 100'], '{"name"'));
    connection.end();
    const answers = await connection.rest();
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [400, { error: 'Validation Error', message: 'Request body ended before it was complete' }],
    ]);
  });

  it('refuses oversized headers with 431, which a client that is still sending can read', async () => {
    const connection = await RawConnection.open(server.port);
    await connection.send('GET /api/buckets HTTP/1.1\r\nHost: test\r\n');
    for (let line = 0; line < 40; line++) await connection.send(`X-Line-${line}: ${'x'.repeat(8000)}\r\n`);
    const { status, headers, body } = await connection.next();
    expect([status, headers.connection, body]).toEqual([
      431,
      'close',
      { error: 'Request Header Fields Too Large', message: 'Request headers are too large' },
    ]);
    await connection.closed;
  });

  it('answers complete requests before it refuses the invalid rest', async () => {
    const answers = await exchange(
      server.port,
      rawRequest('POST /api/buckets', [keyLine, JSON_LINE], CREATE) +
        rawRequest('GET /health/ready') +
        'nonsense\r\n\r\n',
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 400]);
    expect(answers[2]?.body).toEqual(MALFORMED);
  });
});

describe('the Host header', () => {
  it.each(['1.0', '1.1'])('may be absent only in HTTP/1.0: %s', async (version) => {
    const [answer] = await exchange(server.port, `GET /health/live HTTP/${version}\r\nConnection: close\r\n\r\n`);
    expect([answer?.status, answer?.headers.connection, answer?.body]).toEqual(
      version === '1.0'
        ? [200, 'close', { status: 'ok' }]
        : [400, 'close', { error: 'Validation Error', message: 'Host header is required' }],
    );
  });

  it('must not be repeated', async () => {
    const [answer, ...others] = await exchange(server.port, rawRequest('GET /health/live', ['Host: other']));
    expect([answer?.status, answer?.body, others]).toEqual([
      400,
      { error: 'Validation Error', message: 'Host header must be given once' },
      [],
    ]);
  });
});

describe('Expect', () => {
  const expecting = ['Expect: 100-continue', JSON_LINE, `Content-Length: ${CREATE.length}`];

  it('requests the body only after the key was accepted', async () => {
    const connection = await RawConnection.open(server.port);
    await connection.send(rawRequest('POST /api/buckets', [keyLine, ...expecting]));
    expect((await connection.next()).status).toBe(100);
    await connection.send(CREATE);
    expect((await connection.next()).status).toBe(201);
    connection.destroy();
  });

  it.each([
    ['without a key', 401, 'POST /api/buckets', () => expecting],
    ['to an unknown route', 404, 'POST /api/nope', () => expecting],
    ['with another type', 415, 'POST /api/buckets', () => [keyLine, 'Expect: 100-continue', 'Content-Length: 9']],
    [
      'with too large a body',
      413,
      'POST /api/buckets',
      () => [keyLine, 'Expect: 100-continue', JSON_LINE, 'Content-Length: 9999999'],
    ],
  ])('%s: answers %i and never requests the body', async (_what, status, line, headers) => {
    const answers = await exchange(server.port, rawRequest(line, headers()));
    expect(answers.map((answer) => [answer.status, answer.headers.connection])).toEqual([[status, 'close']]);
  });

  it('lets a client that did not wait read its refusal', async () => {
    const connection = await RawConnection.open(server.port);
    const sent = connection.send(
      rawRequest('POST /api/buckets', ['Expect: 100-continue', 'Content-Length: 600000'], 'x'.repeat(600_000)),
    );
    expect((await connection.next()).body).toEqual(UNAUTHORIZED);
    await sent;
    await connection.closed;
  });

  it('closes after the reply when it never requested the body', async () => {
    const answers = await exchange(
      server.port,
      rawRequest('GET /health/live', ['Expect: 100-continue', 'Content-Length: 10']),
    );
    expect(answers.map(({ status, headers }) => [status, headers.connection])).toEqual([[200, 'close']]);
  });

  it('refuses any other expectation with 417', async () => {
    const answers = await exchange(server.port, rawRequest('GET /health/live', ['Expect: tea', 'X-Request-Id: mine']));
    expect(answers).toEqual([
      {
        status: 417,
        headers: expect.objectContaining({ connection: 'close', 'x-request-id': 'mine' }),
        body: { error: 'Expectation Failed', message: 'Only Expect: 100-continue is understood' },
      },
    ]);
  });
});

describe('a connection', () => {
  it('answers requests in the order of their arrival', async () => {
    const connection = await RawConnection.open(server.port);
    await connection.send(
      rawRequest('POST /api/buckets', [keyLine, JSON_LINE], CREATE) +
        rawRequest('GET /api/first') +
        rawRequest('HEAD /health/ready') +
        rawRequest('GET /api/buckets') +
        rawRequest('GET /health/live', ['Connection: close']),
    );
    expect((await connection.next()).status).toBe(201);
    expect((await connection.next()).body).toEqual(NOT_FOUND('GET', '/api/first'));
    expect((await connection.next({ toHead: true })).status).toBe(200);
    expect((await connection.next()).body).toEqual(UNAUTHORIZED);
    expect((await connection.next()).body).toEqual({ status: 'ok' });
    await connection.closed;
  });

  it('stays open after an early 401, and never parses the unread body as a request', async () => {
    const connection = await RawConnection.open(server.port);
    const body = rawRequest('GET /api/smuggled');
    await connection.send(rawRequest('POST /api/buckets', [JSON_LINE, `Content-Length: ${body.length}`]));
    expect((await connection.next()).body).toEqual(UNAUTHORIZED);
    await connection.send(body + rawRequest('GET /health/live', ['Connection: close']));
    expect((await connection.rest()).map((answer) => answer.body)).toEqual([{ status: 'ok' }]);
  });

  it('ignores an Upgrade header', async () => {
    const [answer] = await exchange(
      server.port,
      rawRequest('GET /health/live', ['Connection: Upgrade, close', 'Upgrade: websocket']),
    );
    expect([answer?.status, answer?.body]).toEqual([200, { status: 'ok' }]);
  });

  it('reads a path from the absolute form of a request', async () => {
    const [answer] = await exchange(server.port, rawRequest('GET http://test/health/live?', ['Connection: close']));
    expect([answer?.status, answer?.body]).toEqual([200, { status: 'ok' }]);
  });

  it.each(['http://[::1', 'http://%', 'http://%@a', '/\\a@?#', '/a#b', 'x://a:b:c', '*', '//', '///api/buckets'])(
    'gives the target %s the one shape too',
    async (target) => {
      const [answer] = await exchange(server.port, rawRequest(`GET ${target}`, ['Connection: close']));
      expect([400, 404]).toContain(answer?.status);
      expect(Object.keys(answer?.body)).toEqual(['error', 'message']);
    },
  );
});

describe('CONNECT', () => {
  it('is not allowed', async () => {
    const answers = await exchange(
      server.port,
      'CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n',
    );
    expect(answers).toEqual([
      {
        status: 405,
        headers: expect.objectContaining({ allow: '', connection: 'close', 'x-request-id': 'mine' }),
        body: { error: 'Method Not Allowed', message: 'Method CONNECT is not allowed here. Allowed: none' },
      },
    ]);
  });

  it('does not affect the server when its client resets the connection', async () => {
    const connection = await RawConnection.open(server.port);
    await connection.send('CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.next();
    connection.reset();
    expect((await server.call('GET', '/health/ready')).status).toBe(200);
  });
});
