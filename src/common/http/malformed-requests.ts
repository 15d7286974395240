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
import { answerThenClose, closeWhenHeard } from './unread-body';

/** A connection of the server, with the answer that is due on it next: Node's own field, which has no public name. */
interface ServerSocket extends Socket {
  readonly _httpMessage?: LeanResponse | null;
}

/** Without a user's name and password, which RFC 9110 §4.2.4 lets nobody send. */
const ABSOLUTE_TARGET = /^https?:\/\/[^@/?#]+(?:[/?#]|$)/i;

/** Gives what the HTTP parser itself refuses the shape of every other error. */
export function refuseBrokenRequests(server: Server, { docs }: { readonly docs: boolean }): void {
  const refused = new WeakSet<Socket>();
  // Thousands of connections can break off at once.
  const turns = new SharedTurns();
  const refuse = (socket: ServerSocket, how: (answer: LeanResponse | undefined) => void) => {
    // The parser complains of each piece that comes after the first bad one.
    if (refused.has(socket)) return;
    refused.add(socket);
    void turns.run(socket.remoteAddress ?? '', () => afterEarlierAnswers(socket, how));
  };
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuse(socket as ServerSocket, (answer) =>
      refuseOnSocket(socket as ServerSocket, refusalFor(error.code, answer), {
        docs,
        requestId: answer?.req.requestId,
      }),
    );
  });
  server.on('connect', (request, socket) => {
    // Node has let go of this connection: an error on it that nobody heard would end the process.
    socket.on('error', () => socket.destroy());
    const said = { ...METHOD_NOT_ALLOWED, message: 'Method CONNECT is not allowed here. Allowed: none' };
    const { requestId } = request as unknown as LeanRequest;
    const extras = { docs, requestId, headers: ['Allow', ''] };
    refuse(socket as ServerSocket, () => refuseOnSocket(socket as ServerSocket, said, extras));
  });
  server.on('checkExpectation', (_request, response) => refuseAndClose(response as never, EXPECTATION_FAILED));
}

/** Refuses what the parser lets pass and HTTP does not: the wrong number of Host headers (RFC 9112 §3.2), or a target that is no URL. */
export function refuseStrange(request: LeanRequest, response: LeanResponse): boolean {
  const hosts = countHosts(request.rawHeaders);
  if (hosts > 1) return refuseAndClose(response, HOST_REPEATED);
  if (hosts === 0 && request.httpVersion === '1.1') return refuseAndClose(response, HOST_MISSING);
  const { url } = request;
  if (url.startsWith('/') || url === '*' || (ABSOLUTE_TARGET.test(url) && URL.canParse(url))) return false;
  return refuseAndClose(response, PATH_NOT_DECODABLE);
}

/** Answers what Express has no path of, and so no route for; its own answer would be a page of HTML. */
export function refuseUnroutable(response: LeanResponse, error: unknown): void {
  // Then an error could not be told either: whoever failed has begun an answer, or cannot make one.
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

/** Waits for the answers to whole requests that came before, so that no client takes this refusal for one of theirs. */
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
  /** Names and values by turns. */
  readonly headers?: readonly string[];
}

/** Sends an error on a connection for which Node has made no request, and closes it. */
export function refuseOnSocket(
  socket: ServerSocket,
  { status, code, message }: Refusal,
  { docs, requestId = randomUUID(), headers = [] }: SocketReply,
): void {
  if (!socket.writable) return;
  // An answer that has begun must not get a second one mixed in.
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
  closeWhenHeard(socket);
}

function headerLines(headers: readonly string[]): string {
  let lines = '';
  for (let index = 0; index < headers.length; index += 2) lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
}
