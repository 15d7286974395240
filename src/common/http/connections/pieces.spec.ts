import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { until } from '../../../../test/support/until';
import { parseInPieces, SHORTEST_PIECE } from './pieces';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const PER_PIECE = Math.ceil(SHORTEST_PIECE / REQUEST.length);

/** A server that parses each connection in pieces, until `most` requests have begun. */
async function startServer(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const state = { begun: 0, most: Infinity, sockets: [] as Socket[] };
  const server = createServer((request, response) => {
    state.begun += 1;
    handle(request, response);
  });
  server.on('connection', (socket) => {
    state.sockets.push(socket);
    const reader = {
      get begun() {
        return state.begun;
      },
      get mayParse() {
        return state.begun < state.most;
      },
    };
    parseInPieces(socket, reader);
    // Once only.
    parseInPieces(socket, reader);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  client.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  const stop = async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { state, client, received: () => text, stop };
}

const countOf = (text: string, part: string) => text.split(part).length - 1;

describe('input that is parsed in pieces', () => {
  it('stops after the piece in which it must, and continues where it stopped', async () => {
    const { state, client, received, stop } = await startServer((_request, response) => response.end('x'));
    state.most = 10;
    client.write(REQUEST.repeat(1000));
    await until('the input has been parsed', () => state.begun >= 10);
    // Answers have left and Node has resumed the socket meanwhile.
    await until('the input has been parsed', () => countOf(received(), '200 OK') === state.begun);
    expect(state.begun).toBeLessThanOrEqual(10 + PER_PIECE);
    state.most = Infinity;
    state.sockets[0]?.resume();
    await until('the input has been parsed', () => countOf(received(), '200 OK') === 1000);
    expect(state.begun).toBe(1000);
    await stop();
  });

  it('gives bodies whole, in few parts', async () => {
    const bodies: string[] = [];
    let parts = 0;
    const { client, stop } = await startServer((request, response) => {
      let body = '';
      request.setEncoding('latin1').on('data', (chunk: string) => {
        body += chunk;
        parts += 1;
      });
      request.on('end', () => {
        bodies.push(body);
        response.end('x');
      });
    });
    const sent = ['a', 'b'.repeat(3 * SHORTEST_PIECE), Array.from({ length: 200_000 }, (_, n) => n % 10).join('')];
    client.write(
      sent.map((body) => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`).join(''),
    );
    await until('the input has been parsed', () => bodies.length === sent.length);
    expect(bodies).toEqual(sent);
    // 200 pieces of the shortest length, without doubling.
    expect(parts).toBeLessThan(60);
    await stop();
  });

  it('waits while Node has paused it, because responses are not read', async () => {
    const size = 200_000;
    const { state, client, received, stop } = await startServer((_request, response) => response.end('y'.repeat(size)));
    client.pause();
    client.write(REQUEST.repeat(100));
    await until('the input has been parsed', () => state.sockets[0]?.isPaused() === true);
    expect(state.begun).toBeLessThan(100);
    client.resume();
    await until('the input has been parsed', () => received().length > 100 * size);
    await until('the input has been parsed', () => countOf(received(), '200 OK') === 100);
    await stop();
  });
});
