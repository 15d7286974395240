import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Answer } from './connections/connection';
import { drain } from './drains';

/** A body up to this size is read and discarded after the response, so that the connection can be reused. */
const DRAINED_ON_KEEP_ALIVE_BYTES = 65_536;
/** A request and the state of its body. */
interface BodyState extends IncomingMessage {
  /** The client waits for "100 Continue" before it sends the body. */
  readonly awaitsContinue: boolean;
  /** Whether a body reader has begun to read the body. */
  readonly bodyTaken: boolean;
}

/** Whether a request has an unread body that is not small. */
export function leavesBodyUnread(request: BodyState): boolean {
  if (request.readableEnded || request.complete) return false;
  if (request.headers['transfer-encoding'] !== undefined) return true;
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0) return false;
  return request.awaitsContinue || request.bodyTaken || length > DRAINED_ON_KEEP_ALIVE_BYTES;
}

/**
 * Sends a response while the client may still be sending, and closes the connection. The rest of the request is discarded
 * up to limits of bytes and time: closing at once would reset the connection before the client reads the response.
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
  // Earlier responses of the connection are sent before this one.
  response.write(json, () => {
    const { socket } = request;
    request.once('end', () => socket.destroySoon());
    closeWhenRead(socket, request);
    // From here on the connection counts as idle and may be closed for a new one.
    const answer = response as ServerResponse & Answer;
    answer.line?.done(answer);
  });
}

/**
 * Closes the server's side of a connection after the last response, and the connection when the client closes its side or
 * at the limits of `drain`.
 *
 * @param incoming the request whose body is still arriving, or the socket itself once no parser reads it
 */
export function closeWhenRead(socket: Socket, incoming: Readable = socket): void {
  if (socket.destroyed) return;
  if (socket.readableEnded) socket.destroySoon();
  else drain(socket.end(), incoming);
}
