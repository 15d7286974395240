import { RawConnection, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';

const CREATE = JSON.stringify({ name: 'Greenhouse' });

let server: TestApp;
beforeEach(async () => {
  server = await startApp();
});

/** A connection with a request that has passed the key guard and waits for its body. */
async function openRequest(): Promise<RawConnection> {
  const connection = await RawConnection.open(server.port);
  const lines = [`X-API-Key: ${server.adminKey}`, 'Content-Type: application/json', 'Expect: 100-continue'];
  await connection.send(rawRequest('POST /api/buckets', [...lines, `Content-Length: ${CREATE.length}`]));
  expect((await connection.next()).status).toBe(100);
  return connection;
}

/** A connection that was answered, and is kept alive. */
async function openIdle(): Promise<RawConnection> {
  const connection = await RawConnection.open(server.port);
  await connection.send(rawRequest('GET /health/live'));
  expect((await connection.next()).headers.connection).toBe('keep-alive');
  return connection;
}

describe('closing the application', () => {
  it('finishes running requests, sends Connection: close, and accepts no new connection', async () => {
    const running = await openRequest();
    const idle = await openIdle();
    const closed = server.stop();
    await idle.closed;
    await expect(RawConnection.open(server.port)).rejects.toThrow('ECONNREFUSED');
    await running.send(CREATE);
    const { status, headers, body } = await running.next();
    expect([status, headers.connection, body.bucket.name]).toEqual([201, 'close', 'Greenhouse']);
    await running.closed;
    await closed;
  });

  it('closes after that reply, and ignores pipelined requests', async () => {
    const running = await openRequest();
    const idle = await openIdle();
    const closed = server.stop();
    // The stop searches for leaked keys first. The close has started when the idle connection ends.
    await idle.closed;
    await running.send(CREATE + rawRequest('GET /health/ready'));
    expect((await running.rest()).map(({ status }) => status)).toEqual([201]);
    await closed;
  });

  it('does not wait for a stalled client', async () => {
    const stuck = await openRequest();
    const idle = await RawConnection.open(server.port);
    await server.stop();
    await Promise.all([stuck.closed, idle.closed]);
  });
});
