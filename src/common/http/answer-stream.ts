import { beginEncoding } from './compression/encoded-answers';
import { CallerGone } from './yield';
import type { LeanResponse } from './lean-messages';
import { answerThenClose, leavesBodyUnread } from './unread-body';

/** Maximum number of characters per write. */
export const CHARACTERS_AT_ONCE = 65_536;

/** Sends the headers of a JSON response whose length is not known yet. It is compressed if the client accepts it. */
export function beginJson(response: LeanResponse, status: 200 | 201 = 200): void {
  beginEncoding(response);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}

/** Sends a complete JSON response with its length. */
export function sendWholeJson(response: LeanResponse, json: string, status: 200 | 201 = 200): void {
  if (leavesBodyUnread(response.req)) answerThenClose(response, status, json);
  else response.sendJson(status, json);
}

/**
 * Writes one chunk of a response. Resolves when the client has read enough for the next chunk.
 *
 * @throws CallerGone when the client closes its connection
 */
export async function writeChunk(response: LeanResponse, chunk: string | Buffer): Promise<void> {
  const bytes = response.encoder ? await response.encoder.next(chunk) : chunk;
  if (response.closed || response.destroyed) throw new CallerGone();
  if (writeNow(response, bytes)) return;
  return new Promise((resolve, reject) => {
    const settle = (outcome: () => void) => {
      response.off('drain', drained).off('close', closed);
      outcome();
    };
    const drained = () => settle(resolve);
    const closed = () => settle(() => reject(new CallerGone()));
    response.on('drain', drained).on('close', closed);
  });
}

/**
 * Writes to the socket at once. Otherwise Node does so after the current turn of work, which would not count the time: a hundred
 * connections would all be written to in one turn.
 *
 * @param done called when the system has taken the bytes
 * @returns whether the response takes more
 */
export function writeNow(response: LeanResponse, bytes: string | Buffer, done?: () => void): boolean {
  const { socket } = response;
  socket?.cork();
  const takesMore = response.write(bytes, done);
  socket?.uncork();
  return takesMore;
}

/**
 * Sends the end of a response that `writeChunk` has begun.
 *
 * @throws CallerGone when the client closes its connection
 */
export async function endChunks(response: LeanResponse, rest = ''): Promise<void> {
  const bytes = response.encoder ? await response.encoder.last(rest) : rest;
  if (response.closed || response.destroyed) throw new CallerGone();
  response.end(bytes);
}
