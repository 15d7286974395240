import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  errorBody,
  EXPECTATION_FAILED,
  HEADERS_TOO_LARGE,
  HOST_MISSING,
  METHOD_NOT_ALLOWED,
  REQUEST_MALFORMED,
  REQUEST_TIMEOUT,
  type Refusal,
} from '../errors';
import type { LeanRequest, LeanResponse } from './lean-messages';

/** Gives what the HTTP parser itself refuses the shape of every other error. */
export function refuseBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    refuseOnSocket(socket, refusalFor(error.code));
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    refuseOnSocket(
      socket,
      { ...METHOD_NOT_ALLOWED, message: 'Method CONNECT is not allowed here. Allowed: none' },
      'Allow: \r\n',
    );
  });
  server.on('checkExpectation', (_request: LeanRequest, response: LeanResponse) => {
    response.shouldKeepAlive = false;
    response.sendJson(EXPECTATION_FAILED.status, JSON.stringify(errorBody(417, EXPECTATION_FAILED.message)));
  });
}

/** Answers a request of HTTP/1.1 without a Host header, which RFC 9112 §3.2 wants refused. */
export function refuseWithoutHost(request: LeanRequest, response: LeanResponse): boolean {
  if (request.httpVersion !== '1.1') return false;
  response.shouldKeepAlive = false;
  response.sendJson(HOST_MISSING.status, JSON.stringify(errorBody(HOST_MISSING.status, HOST_MISSING.message)));
  return true;
}

function refusalFor(code: string | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return HEADERS_TOO_LARGE;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return REQUEST_TIMEOUT;
  return REQUEST_MALFORMED;
}

interface SocketWithAnswer extends Duplex {
  readonly _httpMessage?: { readonly headersSent: boolean } | null;
}

function refuseOnSocket(socket: SocketWithAnswer, { status, message }: Refusal, extraHeader = ''): void {
  // An answer that has begun must not get a second one mixed in.
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(errorBody(status, message));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n` +
      `X-Request-Id: ${randomUUID()}\r\n${extraHeader}Connection: close\r\n\r\n${body}`,
  );
}
