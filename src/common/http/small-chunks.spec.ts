import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Readable } from 'node:stream';
import express from 'express';
import { guardConnections } from './connections/connection-guard';
import { SMALL_CHUNKS_PER_REQUEST } from './connections/connection';
import { MAX_HELD_PER_TURN } from './connections/read-turns';
import { leanMessages } from './lean-messages';
import { SmallChunks } from './small-chunks';

const SETTINGS = {
  ...{ maxConnections: 100, maxConnectionsPerAddress: 100, stalledReaderSeconds: 30 },
  ...{ trustedProxies: [], docs: false, compression: false },
};
const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const CHUNKS = 60_000;
const BODY = `${'1\r\nx\r\n'.repeat(CHUNKS)}0\r\n\r\n`;
/** Node reads 64 KiB at once. */
const CHUNKS_PER_READ = Math.ceil(65_536 / '1\r\nx\r\n'.length);

it('joins small chunks of one turn of the event loop, and keeps their order with large ones', async () => {
  const passed: (string | null)[] = [];
  const body = new Readable({ read: () => {} });
  let small = 0;
  const pass = (bytes: Buffer | null) => {
    passed.push(bytes === null ? null : bytes.toString());
    return true;
  };
  const chunks = new SmallChunks(body, pass, () => (small += 1));
  const large = 'y'.repeat(2000);
  for (let index = 0; index < 16; index++) chunks.take(Buffer.from('a'));
  for (let index = 0; index < 100; index++) chunks.take(Buffer.from('b'));
  expect(passed).toEqual(Array(16).fill('a'));
  await setImmediate();
  expect(passed.slice(16)).toEqual(['b'.repeat(100)]);
  chunks.take(Buffer.from('c'));
  chunks.take(Buffer.from(large));
  chunks.take(Buffer.from('d'));
  chunks.take(null);
  expect(passed.slice(17)).toEqual(['c', large, 'd', null]);
  expect(small).toBe(118);
  await setImmediate();
  expect(passed).toHaveLength(21);
});

it('asks for no more once what it has joined fills the buffer of the body', () => {
  const chunks = new SmallChunks(
    new Readable({ read: () => {}, highWaterMark: 100 }),
    () => true,
    () => {},
  );
  const goesOn = Array.from({ length: 120 }, () => chunks.take(Buffer.from('a')));
  expect(goesOn.indexOf(false)).toBe(16 + 99);
});

it('parses a bounded number of small chunks in a turn of the event loop, of all connections together', async () => {
  const messages = leanMessages(express(), SETTINGS);
  let [now, most] = [0, 0];
  let isRunning = true;
  const Counting = class extends messages.IncomingMessage {
    override push(chunk: unknown): boolean {
      most = Math.max(most, ++now);
      return super.push(chunk);
    }
  };
  const server = createServer({ ...messages, IncomingMessage: Counting });
  const lengths: number[] = [];
  const take = guardConnections(server, SETTINGS, (request, response) => {
    let length = 0;
    request.on('data', (chunk: Buffer) => (length += chunk.length));
    request.on('end', () => {
      lengths.push(length);
      response.end('x');
    });
  });
  server.on('request', take as never);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const clients = Array.from({ length: 10 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  await Promise.all(clients.map((client) => once(client, 'connect')));
  for (const client of clients) client.resume().write(HEAD + BODY);
  const counting = (async () => {
    while (isRunning) {
      now = 0;
      await setImmediate();
    }
  })();
  while (lengths.length < clients.length) await setImmediate();
  isRunning = false;
  await counting;
  expect(lengths).toEqual(Array(clients.length).fill(CHUNKS));
  expect(most).toBeLessThanOrEqual(MAX_HELD_PER_TURN * SMALL_CHUNKS_PER_REQUEST + CHUNKS_PER_READ);
  clients.forEach((client) => client.destroy());
  server.close();
});
