// npm test leaves this out: many requests at once on a connection.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Express } from 'express';
import { readConfig } from '../../src/common/config/config';
import { MAX_PIPELINED_REQUESTS } from '../../src/common/http/connections/connection';
import { LeanExpressAdapter } from '../../src/common/http/lean-express.adapter';
import { RawConnection, rawRequest } from '../support/raw';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

/** A server whose `/wait` replies when the test allows it. */
async function startWaiting(settings: Partial<ReturnType<typeof readConfig>> = {}) {
  const adapter = new LeanExpressAdapter({ ...readConfig({}), ...settings });
  const waiting: ((body: string) => void)[] = [];
  const bodies: string[] = [];
  const app = adapter.getInstance<Express>();
  app.get('/wait', (_request, response) => void waiting.push((body) => response.send(body)));
  app.post('/body', (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      bodies.push(text);
      response.send(text);
    });
  });
  app.get('/large', (_request, response) => void response.send(Buffer.alloc(8_000_000, 'x')));
  adapter.initHttpServer();
  await new Promise<void>((resolve) => adapter.listen(0, '127.0.0.1', resolve));
  const { port } = adapter.getHttpServer().address() as { port: number };
  const count = (callback: (error: Error | null, count: number) => void) =>
    adapter.getHttpServer().getConnections(callback);
  const requests = { received: 0 };
  adapter.getHttpServer().on('request', () => (requests.received += 1));
  return { port, waiting, bodies, requests, count, stop: () => adapter.close() };
}

describe('pipelined requests', () => {
  it('all get replies when many connections send many at once, and other clients keep theirs', async () => {
    const server = await startWaiting();
    const other = await RawConnection.open(server.port);
    const ask = async () => {
      await other.send(rawRequest('POST /body', [], 'fence'));
      expect((await other.next()).body).toBe('fence');
    };
    await ask();
    const perConnection = 300;
    const connections = await Promise.all(Array.from({ length: 12 }, () => RawConnection.open(server.port)));
    for (const one of connections) await one.send(rawRequest('GET /wait').repeat(perConnection));
    await ask();
    let answered = 0;
    const all = Promise.all(
      connections.map(async (one) => {
        for (let index = 0; index < perConnection; index++) {
          expect((await one.next()).status).toBe(200);
          answered += 1;
        }
      }),
    );
    const end = performance.now() + 20_000;
    while (answered < 12 * perConnection && performance.now() < end) {
      for (const reply of server.waiting.splice(0)) reply('x');
      await ask();
    }
    await all;
    await server.stop();
  });

  it('are received a few at a time once a flood has come, and all get replies in order', async () => {
    const server = await startWaiting();
    const flood = await RawConnection.open(server.port);
    const early = await RawConnection.open(server.port);
    await flood.send(rawRequest('GET /wait').repeat(600));
    await until('the requests have come', () => server.requests.received === 600);
    const late = await RawConnection.open(server.port);
    const perConnection = 1200;
    const body = 'abc'.repeat(100_000);
    const pipeline =
      rawRequest('GET /wait').repeat(perConnection) + rawRequest('GET /large') + rawRequest('POST /body', [], body);
    for (const one of [early, late]) void one.send(pipeline);
    await until('the requests have come', () => server.waiting.length === 3 * MAX_PIPELINED_REQUESTS);
    // Both have sent thousands. A piece of 1 KiB has at most 57 requests.
    expect(server.requests.received - 600).toBeLessThan(2 * (2 * MAX_PIPELINED_REQUESTS + 57));
    let sent = 0;
    const replies = Promise.all(
      [early, late].map(async (one) => {
        for (let index = 0; index < perConnection; index++) expect((await one.next()).status).toBe(200);
        expect((await one.next()).body).toHaveLength(8_000_000);
        expect((await one.next()).body).toBe(body);
      }),
    );
    const isDone = replies.then(() => true);
    for (
      ;
      sent < 600 + 2 * perConnection;
      await until('the requests have come', () => server.waiting.length > 0 || sent === 600 + 2 * perConnection)
    )
      for (const reply of server.waiting.splice(0)) {
        reply('x');
        sent += 1;
      }
    expect(await isDone).toBe(true);
    for (const one of [flood, early, late]) one.destroy();
    await server.stop();
  });

  it('start 32 at a time in order, and all get a reply', async () => {
    const server = await startWaiting();
    const connection = await RawConnection.open(server.port);
    const count = 3 * MAX_PIPELINED_REQUESTS + 5;
    await connection.send(rawRequest('GET /wait').repeat(count));
    await until('the requests have come', () => server.waiting.length >= MAX_PIPELINED_REQUESTS);
    const other = await RawConnection.open(server.port);
    await other.send(rawRequest('POST /body', [], 'fence'));
    expect((await other.next()).body).toBe('fence');
    expect(server.waiting.length).toBe(MAX_PIPELINED_REQUESTS);

    // The second reply waits for the first: until that is sent, no further request starts.
    server.waiting[1]?.('answer 1');
    await other.send(rawRequest('POST /body', [], 'fence'));
    await other.next();
    expect(server.waiting.length).toBe(MAX_PIPELINED_REQUESTS);
    server.waiting[0]?.('answer 0');
    await until('the requests have come', () => server.waiting.length === MAX_PIPELINED_REQUESTS + 2);

    for (let index = 2; index < count; index++) {
      await until('the requests have come', () => server.waiting.length > index);
      server.waiting[index]?.(`answer ${index}`);
    }
    for (let index = 0; index < count; index++) expect((await connection.next()).body).toBe(`answer ${index}`);
    connection.destroy();
    other.destroy();
    await server.stop();
  });

  it('keep their bodies, also one that is still arriving', async () => {
    const server = await startWaiting();
    const connection = await RawConnection.open(server.port);
    const first = rawRequest('GET /wait').repeat(MAX_PIPELINED_REQUESTS);
    const posts = Array.from({ length: 50 }, (_, index) => rawRequest('POST /body', [], `body ${index}`)).join('');
    const last = rawRequest('POST /body', ['Content-Length: 300000']);
    await connection.send(first + posts + last + 'y'.repeat(100_000));
    const sending = connection.send('y'.repeat(200_000));
    await until('the requests have come', () => server.waiting.length === MAX_PIPELINED_REQUESTS);
    for (const answer of server.waiting) answer('first');
    for (let index = 0; index < MAX_PIPELINED_REQUESTS; index++) expect((await connection.next()).body).toBe('first');
    for (let index = 0; index < 50; index++) expect((await connection.next()).body).toBe(`body ${index}`);
    await sending;
    expect((await connection.next()).body).toBe('y'.repeat(300_000));
    connection.destroy();
    await server.stop();
  });

  it('do not start while large replies before them wait for the client', async () => {
    const server = await startWaiting();
    const socket = connect({ port: server.port, host: '127.0.0.1' });
    socket.pause().write(rawRequest('GET /large') + rawRequest('POST /body', [], 'next'));
    const other = await RawConnection.open(server.port);
    for (let turn = 0; turn < 5; turn++) {
      await other.send(rawRequest('POST /body', [], 'fence'));
      await other.next();
    }
    expect(server.bodies).not.toContain('next');
    socket.resume();
    await until('the requests have come', () => server.bodies.includes('next'));
    socket.destroy();
    other.destroy();
    await server.stop();
  });

  it('end with their connection, without affecting others', async () => {
    const server = await startWaiting();
    const connection = await RawConnection.open(server.port);
    await connection.send(rawRequest('GET /wait').repeat(1000));
    await until('the requests have come', () => server.waiting.length === MAX_PIPELINED_REQUESTS);
    connection.reset();
    await connection.closed;
    for (const answer of server.waiting) answer('too late');
    const other = await RawConnection.open(server.port);
    await other.send(rawRequest('POST /body', [], 'alive'));
    expect((await other.next()).body).toBe('alive');
    expect(server.waiting.length).toBe(MAX_PIPELINED_REQUESTS);
    other.destroy();
    await server.stop();
  });
});

describe('a client that does not read its reply', () => {
  it('is disconnected, but not one that reads slowly', async () => {
    const server = await startWaiting({ stalledReaderSeconds: 2 });
    const [stalled, slow] = [0, 1].map(() => connect({ port: server.port, host: '127.0.0.1' }));
    let taken = 0;
    slow?.on('data', (chunk: Buffer) => {
      taken += chunk.length;
      slow.pause();
    });
    const reading = setInterval(() => slow?.resume(), 50);
    for (const socket of [stalled, slow]) socket?.write(rawRequest('GET /large'));
    stalled?.pause().on('error', () => {});
    const began = Date.now();
    await until('the requests have come', () => taken > 0);
    // The client's socket shows the end only when it is read, so the test checks the server's socket.
    const connections = () => new Promise<number>((resolve) => server.count((_error, count) => resolve(count)));
    while ((await connections()) > 1 && Date.now() - began < 20_000)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await connections()).toBe(1);
    expect(Date.now() - began).toBeGreaterThan(1500);
    clearInterval(reading);
    slow?.removeAllListeners('data').on('data', (chunk: Buffer) => (taken += chunk.length));
    slow?.resume();
    await until('the requests have come', () => taken > 8_000_000);
    stalled?.destroy();
    slow?.destroy();
    await server.stop();
  });
});

describe('a pipelining attack of 75 KB', () => {
  let server: TestApp;
  beforeAll(async () => (server = await startApp()));
  afterAll(() => server.stop());

  it('costs little memory, and does not block other clients', async () => {
    await (await fetch(`${server.url}/docs/swagger-ui-init.js`)).text();
    const before = process.memoryUsage();
    const sockets = Array.from({ length: 20 }, () => connect({ port: server.port, host: '127.0.0.1' }).pause());
    for (const socket of sockets) {
      socket.on('error', () => {}).write(rawRequest('GET /docs/swagger-ui-init.js').repeat(1500));
      await once(socket, 'connect');
    }
    for (let turn = 0; turn < 20; turn++) {
      const answer = await server.call('GET', '/api/keys/self', { key: server.adminKey });
      expect(answer.status).toBe(200);
    }
    const after = process.memoryUsage();
    // Thirty thousand replies of about 700 KB were requested: 20 GB.
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(300_000_000);
    for (const socket of sockets) socket.destroy();
  });
});
