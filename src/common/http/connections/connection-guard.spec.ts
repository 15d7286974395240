import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import express from 'express';
import { leanMessages } from '../lean-messages';
import { guardConnections, MAX_FIRST_PER_TURN } from './connection-guard';
import { STEPS_PER_TURN } from './connection-turns';

const SETTINGS = {
  ...{ maxConnections: 10, maxConnectionsPerAddress: 10, stalledReaderSeconds: 30 },
  ...{ trustedProxies: [], docs: false, compression: false },
};
const REQUESTS = 200;
const TEXT = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(REQUESTS);
const BYTES = Buffer.alloc(1_000_000);

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

it('lets go of the requests of a connection as soon as it is closed', async () => {
  const received: WeakRef<ServerResponse>[] = [];
  const server = createServer(leanMessages(express(), SETTINGS));
  const take = guardConnections(server, SETTINGS, (_request, response) => response.end(BYTES));
  server.on('request', (request, response) => {
    received.push(new WeakRef(response));
    take(request as never, response as never);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const closed = new Promise((resolve) => server.once('connection', (socket: Socket) => socket.once('close', resolve)));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.write(TEXT);
  while (received.length < REQUESTS) await setImmediate();
  client.destroy();
  await closed;
  // What waited for the event loop has run.
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  collectGarbage();
  expect(received.filter((one) => one.deref())).toHaveLength(0);
  server.close();
});

it('begins the first requests of many new connections in turns, and those that were used before at once', async () => {
  const connections = { maxConnections: 200, maxConnectionsPerAddress: 200 };
  const settings = { ...SETTINGS, ...connections };
  const server = createServer(leanMessages(express(), settings));
  const perTurn = [0];
  let handled = 0;
  const take = guardConnections(server, settings, (_request, response) => {
    perTurn[perTurn.length - 1] = (perTurn.at(-1) ?? 0) + 1;
    handled += 1;
    response.end('x');
  });
  server.on('request', take as never);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 150 }, () => connect(port, '127.0.0.1').resume());
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  while ((await open()) < clients.length) await setImmediate();
  const sendAll = async () => {
    perTurn.splice(0, perTurn.length, 0);
    handled = 0;
    for (const client of clients) client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    while (handled < clients.length) {
      await setImmediate();
      perTurn.push(0);
    }
    return Math.max(...perTurn);
  };
  expect(await sendAll()).toBeLessThanOrEqual(MAX_FIRST_PER_TURN + STEPS_PER_TURN);
  expect(await sendAll()).toBeGreaterThan(MAX_FIRST_PER_TURN + STEPS_PER_TURN);
  clients.forEach((client) => client.destroy());
  server.close();
});
