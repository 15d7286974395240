import { getEventListeners, once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { FORBIDDEN_ADDRESSES, FORBIDDEN_FORMS } from '../../../test/support/forbidden-addresses';
import { parseOpenRanges } from '../../common/open-ranges';
import { realNetwork, send, type Network } from './send';
import { readTarget, type Target } from './webhook-url';

const message = { headers: {}, body: '{}' };

/** A receiver in a thread that does not run: once two are in its queue, the third gets no handshake until the gate opens. */
const BUSY_RECEIVER = `
  const { parentPort, workerData: gate } = require('node:worker_threads');
  const server = require('node:http').createServer((_, response) => response.writeHead(204).end());
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(gate, 0, 0);
  });`;

/** A network that notes what it is asked to connect to, and never does. */
function watched(answers: readonly (readonly string[])[]): Network & { posted: string[]; looked: number } {
  const network = {
    posted: [] as string[],
    looked: 0,
    lookup: () => Promise.resolve(answers[Math.min(network.looked++, answers.length - 1)] ?? []),
    post: (addresses: readonly string[]) => {
      network.posted.push(...addresses);
      return Promise.reject<IncomingMessage>(new Error('Not in this test'));
    },
  };
  return network;
}

const targetOf = (url: string, open = parseOpenRanges([])): Target => {
  const target = readTarget(url, open);
  if (typeof target === 'string') throw new Error(target);
  return target;
};

it('rejects a name if any of its addresses is forbidden: the first, the last or another', async () => {
  const target = targetOf('https://example.com/');
  for (const address of FORBIDDEN_ADDRESSES)
    for (const answer of [[address], ['93.184.215.14', address], [address, '93.184.215.14']]) {
      const network = watched([answer]);
      const { error } = await send(target, message, [], { network });
      expect([address, network.posted, error]).toEqual([address, [], expect.stringMatching(/^The address is private/)]);
    }
});

it('resolves and checks a name at every attempt, and connects only to checked addresses', async () => {
  const network = watched([['93.184.215.14'], ['127.0.0.1'], ['93.184.215.15']]);
  const target = targetOf('https://example.com/');
  for (let attempt = 0; attempt < 3; attempt++) await send(target, message, [], { network });
  expect([network.looked, network.posted]).toEqual([3, ['93.184.215.14', '93.184.215.15']]);
});

describe('on the real network', () => {
  it('opens no connection to the loopback, by name or address', async () => {
    let connections = 0;
    const servers = await Promise.all(
      ['127.0.0.1', '::1'].map(async (host) => {
        const server = createServer((socket) => {
          connections += 1;
          socket.destroy();
        }).listen(0, host);
        await once(server, 'listening');
        return server;
      }),
    );
    for (const server of servers) {
      const { port } = server.address() as AddressInfo;
      // The port is open elsewhere, so that it is the address alone that is judged.
      const open = parseOpenRanges([`11.0.0.0/8:${port}`]);
      const { error } = await send(targetOf(`http://localhost:${port}/`, open), message, open);
      expect(error).toMatch(/^The address is private/);
      for (const form of FORBIDDEN_FORMS) expect(typeof readTarget(`http://${form}:${port}/`, open)).toBe('string');
    }
    expect(connections).toBe(0);
    for (const server of servers) server.close();
  });

  it('gives up on a receiver that does not answer in time', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = parseOpenRanges(['127.0.0.1']);
    const { status, error } = await send(targetOf(`http://127.0.0.1:${port}/`, open), message, open, {
      timeoutMillis: 50,
    });
    expect([status, error]).toEqual([null, 'No answer within 0.05 seconds']);
    server.close();
  });

  it('tries the next address when the first refuses the connection', async () => {
    const server = createHttpServer((_, response) => response.writeHead(204).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = parseOpenRanges(['127.0.0.0/8', '[::1]']);
    for (const others of [['127.0.0.9'], ['::1'], ['::1', '127.0.0.9']]) {
      const network = { ...realNetwork, lookup: () => Promise.resolve([...others, '127.0.0.1']) };
      const { status } = await send(targetOf(`http://hooks.test:${port}/`, open), message, open, { network });
      expect([others, status]).toEqual([others, 204]);
    }
    server.close();
  });

  it('waits for a handshake that takes a second, instead of using an address that refuses', async () => {
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const receiver = new Worker(BUSY_RECEIVER, { eval: true, workerData: gate });
    const [port] = (await once(receiver, 'message')) as [number];
    const queue = [1, 2].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(queue.map((socket) => once(socket, 'connect')));
    const open = parseOpenRanges(['127.0.0.0/8']);
    const network = { ...realNetwork, lookup: () => Promise.resolve(['127.0.0.1', '127.0.0.9']) };
    const sent = send(targetOf(`http://hooks.test:${port}/`, open), message, open, { network });
    setTimeout(() => Atomics.notify(gate, 0), 500);
    const attempt = await sent;
    for (const socket of queue) socket.destroy();
    // Before anything is judged: a thread that waits would keep the tests from ending.
    Atomics.notify(gate, 0);
    await receiver.terminate();
    expect(attempt).toMatchObject({ status: 204, error: null });
  });

  it('ends at once when the server stops, and leaves no listener on its signal', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = parseOpenRanges(['127.0.0.1']);
    const stop = new AbortController();
    const sent = () => send(targetOf(`http://127.0.0.1:${port}/`, open), message, open, { stop: stop.signal });
    const first = sent();
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    for (const { error } of [await first, await sent()]) expect(error).toBe('The server stopped before an answer came');
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    server.close();
  });

  it.each([
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'The answer was not valid HTTP'],
    ['HTTP/1.1 100 Continue\r\n\r\n', 'No answer within 0.2 seconds'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'The answer was not valid HTTP'],
    [`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 'The answer was not valid HTTP'],
  ])('ends the attempt when the receiver answers %j', async (said, wanted) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).write(said);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = parseOpenRanges(['127.0.0.1']);
    const target = targetOf(`http://127.0.0.1:${port}/`, open);
    expect((await send(target, message, open, { timeoutMillis: 200 })).error).toBe(wanted);
    server.close();
  });

  it('reports a refused connection', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const open = parseOpenRanges(['127.0.0.1']);
    expect((await send(targetOf(`http://127.0.0.1:${port}/`, open), message, open)).error).toBe(
      'The connection was refused',
    );
  });
});
