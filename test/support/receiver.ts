import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';

/** A received request. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: any;
  /** The server name (SNI) that the sender requested in TLS. */
  readonly servername: string | false | undefined;
}

const TLS = join(__dirname, 'tls');
/** The CA of the certificate of https receivers, which is valid only for `localhost`. */
export const AUTHORITY_FILE = join(TLS, 'ca.pem');

export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** A webhook receiver on the loopback with configurable replies. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** How many connections were ever opened to it. */
  readonly connections: () => number;
  /** How it replies from now on. The default is 204. */
  behave(behaviour: Behaviour): void;
  /** Resolves once so many have come in, with the last of these. */
  waitFor(count: number): Promise<Received>;
  close(): Promise<void>;
}

export const answering =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(status, headers).end();

export async function startReceiver(port = 0, { isTls = false } = {}): Promise<Receiver> {
  const received: Received[] = [];
  const waiting: { count: number; resolve: (last: Received) => void }[] = [];
  let behaviour = answering(204);
  let connections = 0;
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined).on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const { servername } = request.socket as Partial<TLSSocket> as { servername?: string | false };
      received.push({ path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text), servername });
      behaviour(response, request);
      for (const { count, resolve } of waiting) if (received.length >= count) resolve(received[count - 1] as Received);
    });
  };
  const pem = (name: string) => readFileSync(join(TLS, `${name}.pem`));
  const server = isTls ? createTlsServer({ key: pem('key'), cert: pem('cert') }, handle) : createServer(handle);
  server.on('connection', () => (connections += 1));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    url: isTls ? `https://localhost:${own}` : `http://127.0.0.1:${own}`,
    port: own,
    received,
    connections: () => connections,
    behave: (next) => (behaviour = next),
    waitFor: (count) =>
      new Promise((resolve) => {
        const there = received[count - 1];
        if (there) resolve(there);
        else waiting.push({ count, resolve });
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
