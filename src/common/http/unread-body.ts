import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Answer } from './connections/connection';
import { drain } from './drains';

/** A body up to here is read and thrown away after its answer, so that the connection can serve on. */
const DRAINED_ON_KEEP_ALIVE_BYTES = 65_536;
/** A request, and what is known of its body. */
interface BodyState extends IncomingMessage {
  /** The client waits for "100 Continue" before it sends the body. */
  readonly awaitsContinue: boolean;
  /** Whether a body reader has begun to take the body in. */
  readonly bodyTaken: boolean;
}

/** Whether a request still has a body on its way that nobody has read and that is not small. */
export function leavesBodyUnread(request: BodyState): boolean {
  if (request.readableEnded || request.complete) return false;
  if (request.headers['transfer-encoding'] !== undefined) return true;
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0) return false;
  return request.awaitsContinue || request.bodyTaken || length > DRAINED_ON_KEEP_ALIVE_BYTES;
}

/**
 * Answers while the client may still be sending, and ends the connection. What comes after is taken in up to a bound of
 * bytes and of time: closing at once would reset the connection under the answer.
 */
export function answerThenClose(response: ServerResponse, status: number, json: string): void {
  const request = response.req;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(json),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // The answers to earlier requests of the connection have left before this one has.
  response.write(json, () => {
    const { socket } = request;
    request.once('end', () => socket.destroySoon());
    closeWhenHeard(socket, request);
    // From here on it may be closed for a new connection, like one that is idle.
    const answer = response as ServerResponse & Answer;
    answer.line?.done(answer);
  });
}

/**
 * Ends a connection whose last answer is sent, and lets go of it when the client has closed its side or at the bounds.
 *
 * @param incoming what still comes: the request whose body is on its way, or the bare connection once no parser reads it
 */
export function closeWhenHeard(socket: Socket, incoming: Readable = socket): void {
  if (socket.destroyed) return;
  if (socket.readableEnded) socket.destroySoon();
  else drain(socket.end(), incoming);
}
