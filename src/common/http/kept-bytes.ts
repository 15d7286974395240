import { createHash } from 'node:crypto';
import { writeChunk } from './answer-stream';
import type { LeanRequest, LeanResponse } from './lean-messages';
import { SharedTurns } from './shared-turns';
import { CallerGone } from './yield';

const PIECE_BYTES = 65_536;
/** Of all connections: a hundred that take a piece each in the same turn of the event loop would block it for 20 ms. */
const turns = new SharedTurns();

/** A response body that many clients get from one shared buffer. */
export interface KeptBytes {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
  /** The content coding of the bytes. */
  readonly encoding?: string | undefined;
}

/** An ETag for exactly these bytes (RFC 9110 §8.8.3), or for a content coding of them. */
export function etagOf(bytes: Buffer, encoding?: string): string {
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 27);
  return encoding === undefined ? `"${digest}"` : `"${digest}-${encoding}"`;
}

/**
 * Sends the bytes, nothing but headers to HEAD, or 304 to a client that has them already. By default a browser asks again each time, and
 * gets a 304 while its copy is current.
 *
 * @param more headers that come on top, or instead of `Cache-Control: no-cache`
 */
export function sendKept(
  request: LeanRequest,
  response: LeanResponse,
  { bytes, type, etag, encoding }: KeptBytes,
  more: Readonly<Record<string, string>> = {},
): void {
  const headers = { ETag: etag, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff', ...more };
  if (response.statusCode === 200 && holds(request.headers['if-none-match'], etag)) {
    response.removeHeader('Content-Type');
    response.writeHead(304, headers).end();
    return;
  }
  if (encoding !== undefined) response.setHeader('Content-Encoding', encoding);
  response.writeHead(response.statusCode, { ...headers, 'Content-Type': type, 'Content-Length': bytes.length });
  if (request.method === 'HEAD') response.end();
  else void sendInPieces(response, bytes, request.clientAddress);
}

/** Sends one piece at a time, in turns with other connections: one write could copy megabytes for each connection. */
async function sendInPieces(response: LeanResponse, bytes: Buffer, clientAddress: string): Promise<void> {
  try {
    let sent = 0;
    for (; bytes.length - sent > PIECE_BYTES; sent += PIECE_BYTES) {
      const piece = bytes.subarray(sent, sent + PIECE_BYTES);
      await turns.run(clientAddress, () => writeChunk(response, piece));
    }
    response.end(bytes.subarray(sent));
  } catch (cause) {
    if (!(cause instanceof CallerGone)) throw cause;
  }
}

/** Whether `If-None-Match` names this ETag, weakly compared (RFC 9110 §13.1.2). */
function holds(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
