import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import {
  BODY_CUT_SHORT,
  errorBody,
  EXPECTATION_FAILED,
  HEADERS_TOO_LARGE,
  HOST_MISSING,
  HOST_REPEATED,
  METHOD_NOT_ALLOWED,
  PATH_NOT_DECODABLE,
  REQUEST_MALFORMED,
  REQUEST_TIMEOUT,
  type Refusal,
} from '../errors';
import { errorHeaders } from './error-headers';
import type { LeanRequest, LeanResponse } from './lean-messages';
import { SharedTurns } from './shared-turns';
import { answerThenClose, closeWhenRead } from './unread-body';

/** A server socket with its current response, an undocumented field of Node. */
interface ServerSocket extends Socket {
  readonly _httpMessage?: LeanResponse | null;
}

/** Without user name and password, which RFC 9110 §4.2.4 forbids. */
const ABSOLUTE_TARGET = /^https?:\/\/[^@/?#]+(?:[/?#]|$)/i;

/** Answers requests that the HTTP parser rejects with the standard error body. */
export function refuseBrokenRequests(server: Server, { docs }: { readonly docs: boolean }): void {
  const refused = new WeakSet<Socket>();
  // Thousands of connections can fail at once.
  const turns = new SharedTurns();
  const refuse = (socket: ServerSocket, how: (answer: LeanResponse | undefined) => void) => {
    // The parser reports an error for each chunk after the first bad one.
    if (refused.has(socket)) return;
    refused.add(socket);
    void turns.run(socket.remoteAddress ?? '', () => afterEarlierAnswers(socket, how));
  };
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuse(socket as ServerSocket, (answer) => {
      const refusal = refusalFor(error.code, answer);
      if (refusal === REQUEST_TIMEOUT && answer?.req.mayArriveLate) refused.delete(socket as ServerSocket);
      else refuseOnSocket(socket as ServerSocket, refusal, { docs, requestId: answer?.req.requestId });
    });
  });
  server.on('connect', (request, socket) => {
    // Node no longer handles errors of this socket: an unhandled one would end the process.
    socket.on('error', () => socket.destroy());
    const refusal = { ...METHOD_NOT_ALLOWED, message: 'Method CONNECT is not allowed here. Allowed: none' };
    const { requestId } = request as unknown as LeanRequest;
    const extras = { docs, requestId, headers: ['Allow', ''] };
    refuse(socket as ServerSocket, () => refuseOnSocket(socket as ServerSocket, refusal, extras));
  });
  server.on('checkExpectation', (_request, response) => refuseAndClose(response as never, EXPECTATION_FAILED));
}

/** Refuses invalid requests that the parser accepts: a wrong number of Host headers (RFC 9112 §3.2), or an invalid target. */
export function refuseStrange(request: LeanRequest, response: LeanResponse): boolean {
  const hosts = countHosts(request.rawHeaders);
  if (hosts > 1) return refuseAndClose(response, HOST_REPEATED);
  if (hosts === 0 && request.httpVersion === '1.1') return refuseAndClose(response, HOST_MISSING);
  const { url } = request;
  if (url.startsWith('/') || url === '*' || (ABSOLUTE_TARGET.test(url) && URL.canParse(url))) return false;
  return refuseAndClose(response, PATH_NOT_DECODABLE);
}

/** Answers requests whose path Express cannot parse. Its own answer would be an HTML page. */
export function refuseUnroutable(response: LeanResponse, error: unknown): void {
  // After an error or a partial response, an error reply is no longer possible.
  if (error || response.headersSent) response.destroy();
  else refuseAndClose(response, PATH_NOT_DECODABLE);
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count;
}

function refuseAndClose(response: LeanResponse, { status, code, message }: Refusal): true {
  response.setErrorCode(code);
  answerThenClose(response, status, JSON.stringify(errorBody(status, message)));
  return true;
}

/** Waits for the responses to earlier complete requests, so that clients match the refusal to the right request. */
function afterEarlierAnswers(socket: ServerSocket, act: (answer: LeanResponse | undefined) => void): void {
  const answer = socket._httpMessage ?? undefined;
  if (answer?.req.complete) answer.once('close', () => afterEarlierAnswers(socket, act));
  else act(answer);
}

function refusalFor(code: string | undefined, answer: LeanResponse | undefined): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW') return HEADERS_TOO_LARGE;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return REQUEST_TIMEOUT;
  return code === 'HPE_INVALID_EOF_STATE' && answer ? BODY_CUT_SHORT : REQUEST_MALFORMED;
}

interface SocketReply {
  /** Whether the errors page is served, which the reply links to. */
  readonly docs: boolean;
  readonly requestId?: string | undefined;
  /** Alternating names and values. */
  readonly headers?: readonly string[];
}

/** Sends an error on a connection for which Node created no request, and closes it. */
export function refuseOnSocket(
  socket: ServerSocket,
  { status, code, message }: Refusal,
  { docs, requestId = randomUUID(), headers = [] }: SocketReply,
): void {
  if (!socket.writable) return;
  // A response that has begun must not be mixed with a second one.
  if (socket._httpMessage?.headersSent) {
    socket.destroySoon();
    return;
  }
  const body = JSON.stringify(errorBody(status, message));
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n` +
      `X-Request-Id: ${requestId}\r\n${headerLines([...headers, ...errorHeaders(code, { docs, prefix: '' })])}` +
      `Connection: close\r\n\r\n${body}`,
  );
  closeWhenRead(socket);
}

function headerLines(headers: readonly string[]): string {
  let lines = '';
  for (let index = 0; index < headers.length; index += 2) lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
}
