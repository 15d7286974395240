import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import express from 'express';
import { leanMessages } from '../lean-messages';
import { guardConnections } from './connection-guard';

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
