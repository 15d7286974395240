// npm test leaves this out: hostile requests, repeated.
import type { Express, Response } from 'express';
import { readConfig } from '../../src/common/config/config';
import { LeanExpressAdapter } from '../../src/common/http/lean-express.adapter';
import { RawConnection, rawRequest } from '../support/raw';

async function start(environment: Record<string, string>) {
  const adapter = new LeanExpressAdapter(readConfig(environment));
  const waiting: Response[] = [];
  const app = adapter.getInstance<Express>();
  app.get('/now', (_request, response) => void response.send('now'));
  app.get('/wait', (_request, response) => void waiting.push(response));
  adapter.initHttpServer();
  await new Promise<void>((resolve) => adapter.listen(0, '127.0.0.1', resolve));
  const { port } = adapter.getHttpServer().address() as { port: number };
  const open = () => RawConnection.open(port);
  return { open, waiting, stop: () => adapter.close() };
}

/** An idle connection that got a reply. */
async function idle(server: { open: () => Promise<RawConnection> }): Promise<RawConnection> {
  const connection = await server.open();
  await connection.send(rawRequest('GET /now'));
  await connection.next();
  return connection;
}

const REFUSED = (code: string, message: string) => ({
  status: 503,
  headers: expect.objectContaining({
    'content-type': 'application/json; charset=utf-8',
    connection: 'close',
    'retry-after': '5',
    'x-error-code': code,
    link: `</docs/errors#${code}>; rel="help"`,
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  }),
  body: { error: 'Service Unavailable', message },
});
const FULL = REFUSED(
  'too_many_connections',
  'The server has too many open connections. Please try again in a few seconds',
);
const FULL_ADDRESS = REFUSED(
  'too_many_connections_from_address',
  'Your address has too many open connections. Close some, or reuse them',
);

describe.each([
  ['in all', { DAKKIO_MAX_CONNECTIONS: '3' }, FULL],
  ['of one address', { DAKKIO_MAX_CONNECTIONS_PER_ADDRESS: '3' }, FULL_ADDRESS],
])('connections %s', (_what, environment, refused) => {
  it('close the longest idle one for a new one', async () => {
    const server = await start(environment);
    const oldest = await idle(server);
    const others = [await idle(server), await idle(server)];
    const next = await idle(server);
    await oldest.closed;
    for (const connection of [...others, next]) {
      await connection.send(rawRequest('GET /now'));
      expect((await connection.next()).body).toBe('now');
      connection.destroy();
    }
    await server.stop();
  });

  it('count as idle before their first request', async () => {
    const server = await start(environment);
    const silent = await server.open();
    const half = await server.open();
    await half.send('GET /now HTTP/1.1\r\nHost: te');
    const [third, next] = [await idle(server), await idle(server)];
    await silent.closed;
    for (const connection of [half, third, next]) connection.destroy();
    await server.stop();
  });

  it('refuse a new one with 503 while all are busy, and accept it when one has closed', async () => {
    const server = await start(environment);
    const busy = [await server.open(), await server.open(), await server.open()];
    for (const connection of busy) await connection.send(rawRequest('GET /wait'));
    while (server.waiting.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const extra = await server.open();
    await extra.send(rawRequest('GET /now'));
    expect(await extra.rest()).toEqual([refused]);
    expect(server.waiting.length).toBe(3);

    server.waiting[0]?.send('done');
    expect((await busy[0]?.next())?.body).toBe('done');
    const next = await idle(server);
    for (const response of server.waiting.slice(1)) response.send('done');
    expect((await busy[1]?.next())?.body).toBe('done');
    for (const connection of [extra, next, ...busy]) connection.destroy();
    await server.stop();
  });
});

it('does not count the connections of trusted proxies', async () => {
  const server = await start({
    DAKKIO_MAX_CONNECTIONS: '2',
    DAKKIO_MAX_CONNECTIONS_PER_ADDRESS: '1',
    DAKKIO_TRUSTED_PROXIES: '127.0.0.0/8',
  });
  const connections = [await idle(server), await idle(server), await idle(server)];
  for (const connection of connections) {
    await connection.send(rawRequest('GET /now'));
    expect((await connection.next()).body).toBe('now');
    connection.destroy();
  }
  await server.stop();
});

it('does not count closed connections', async () => {
  const server = await start({ DAKKIO_MAX_CONNECTIONS: '2', DAKKIO_MAX_CONNECTIONS_PER_ADDRESS: '2' });
  for (let round = 0; round < 30; round++) {
    const connection = await server.open();
    await connection.send(rawRequest('GET /now', ['Connection: close']));
    expect((await connection.rest()).map(({ body }) => body as string)).toEqual(['now']);
    connection.destroy();
  }
  await server.stop();
});
