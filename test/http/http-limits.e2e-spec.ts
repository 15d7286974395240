// npm test leaves this out: hostile requests, repeated.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { MAX_DRAINED_BYTES } from '../../src/common/http/drains';
import { RawConnection, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

const TIMEOUT = { error: 'Request Timeout', message: 'Request did not arrive completely in time' };
const UNAUTHORIZED = { error: 'Unauthorized', message: 'Invalid or missing API key' };
const JSON_LINE = 'Content-Type: application/json';
const MEGABYTE = 1_048_576;
const MAX_SENT = MAX_DRAINED_BYTES + 16 * MEGABYTE;

let server: TestApp;
let keyLine: string;
beforeAll(async () => {
  server = await startApp();
  keyLine = `X-API-Key: ${server.adminKey}`;
});
afterAll(() => server.stop());

/** A connection, and the server's socket of it. */
async function bothEnds(options?: { keepsOwnSide: boolean }, to = server): Promise<[RawConnection, Socket]> {
  const accepted = once(to.app.getHttpServer(), 'connection');
  const connection = await RawConnection.open(to.port, options);
  const [socket] = (await accepted) as [Socket];
  return [connection, socket];
}

it('answers 408 to a request that does not arrive in time, and closes even if the client does not', async () => {
  const impatient = await startApp({ DAKKIO_REQUEST_TIMEOUT_SECONDS: '2' });
  const keyLine = `X-API-Key: ${impatient.adminKey}`;
  const unfinished = {
    'no byte': '',
    'half a head': 'GET /api/buckets HTTP/1.1\r\nHost: test\r\n',
    'half a body': rawRequest('POST /api/buckets', [keyLine, JSON_LINE, 'Content-Length: 100'], '{"name"'),
    'half a chunk': rawRequest('POST /api/buckets', [keyLine, JSON_LINE, 'Transfer-Encoding: chunked'], '5\r\n{'),
    'half a second request': rawRequest('POST /api/buckets', [keyLine, JSON_LINE], '{"name":"Shed"}') + 'GET / HTT',
  };
  const connections = [];
  for (const bytes of Object.values(unfinished)) {
    const [connection, socket] = await bothEnds({ keepsOwnSide: true }, impatient);
    await connection.send(bytes);
    connections.push({ connection, socket });
  }
  expect((await connections.at(-1)?.connection.next())?.status).toBe(201);
  for (const { connection, socket } of connections) {
    const { status, headers, body } = await connection.next();
    expect([status, headers.connection, body]).toEqual([408, 'close', TIMEOUT]);
    expect(headers['x-error-code']).toBe('request_timeout');
    if (!socket.destroyed) await once(socket, 'close');
    connection.destroy();
  }
  await impatient.stop();
});

it('reads a limited number of bytes after an invalid request', async () => {
  const [connection, socket] = await bothEnds();
  const sending = connection.send(Buffer.concat([Buffer.from('nonsense\r\n\r\n'), Buffer.alloc(MAX_SENT)]));
  expect((await connection.next()).status).toBe(400);
  if (!socket.destroyed) await once(socket, 'close');
  await sending;
  expect(socket.bytesRead).toBeLessThan(MAX_DRAINED_BYTES + 1.5 * MEGABYTE);
});

describe('the body of a refused request', () => {
  it.each([
    ['of a known length', () => `Content-Length: ${MAX_SENT}`, (bytes: Buffer) => bytes],
    [
      'in chunks',
      () => 'Transfer-Encoding: chunked',
      (bytes: Buffer) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]),
    ],
  ])(
    '%s: the client can read its 401, and the server reads a limited number of bytes',
    async (_what, header, frame) => {
      const [connection, socket] = await bothEnds();
      await connection.send(rawRequest('POST /api/buckets', [JSON_LINE, header()]));
      const piece = frame(Buffer.alloc(MEGABYTE));
      const sending = Promise.all(Array.from({ length: MAX_SENT / MEGABYTE }, () => connection.send(piece)));

      const { status, headers, body } = await connection.next();
      expect([status, headers.connection, body]).toEqual([401, 'close', UNAUTHORIZED]);
      if (!socket.destroyed) await once(socket, 'close');
      await sending;
      expect(socket.bytesRead).toBeLessThan(MAX_DRAINED_BYTES + 1.5 * MEGABYTE);
    },
  );

  it.each([
    ['GET /health/live', 200],
    ['GET /docs-json', 200],
    ['OPTIONS /api/buckets', 204],
    ['HEAD /health/live', 200],
    ['POST /nowhere', 404],
  ])('is not awaited after %s', async (line, status) => {
    const [connection, socket] = await bothEnds({ keepsOwnSide: true });
    await connection.send(rawRequest(line, ['Transfer-Encoding: chunked']));
    const answer = await connection.next({ toHead: line.startsWith('HEAD') });
    expect([answer.status, answer.headers.connection]).toEqual([status, 'close']);
    if (!socket.destroyed) await once(socket, 'close');
    connection.destroy();
  });

  it('is refused with 413 while it streams past the limit, and the client can read that', async () => {
    const [connection, socket] = await bothEnds();
    await connection.send(rawRequest('POST /api/buckets', [keyLine, JSON_LINE, 'Transfer-Encoding: chunked']));
    const piece = `${MEGABYTE.toString(16)}\r\n${' '.repeat(MEGABYTE)}\r\n`;
    const sending = Promise.all(Array.from({ length: MAX_SENT / MEGABYTE }, () => connection.send(piece)));

    const { status, headers, body } = await connection.next();
    expect([status, headers.connection, body]).toEqual([
      413,
      'close',
      { error: 'Payload Too Large', message: 'Request body must be 262144 bytes or less' },
    ]);
    if (!socket.destroyed) await once(socket, 'close');
    await sending;
    expect(socket.bytesRead).toBeLessThan(MAX_DRAINED_BYTES + 1.5 * MEGABYTE);
  });

  it('is refused with 413 by its Content-Length', async () => {
    const connection = await RawConnection.open(server.port);
    await connection.send(rawRequest('POST /api/buckets', [keyLine, JSON_LINE, 'Content-Length: 4194305']));
    expect((await connection.next()).status).toBe(413);
    connection.destroy();
  });
});
