import type { LeanRequest, LeanResponse } from './lean-messages';

/** A body up to here is read and thrown away after a refusal, so that the connection can serve on. */
const DRAINED_ON_KEEP_ALIVE_BYTES = 65_536;
/** What is taken in of a larger one before the connection is closed: a client that is still sending can read the answer. */
const DRAINED_BEFORE_CLOSE_BYTES = 1_048_576;
const LONGEST_DRAIN_MILLIS = 2000;

/** Whether a request still has a body on its way that nobody has read and that is not small. */
export function leavesBodyUnread(request: LeanRequest): boolean {
  if (request.readableEnded || request.complete) return false;
  if (request.headers['transfer-encoding'] !== undefined) return true;
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0) return false;
  return request.awaitsContinue || request.bodyTaken || length > DRAINED_ON_KEEP_ALIVE_BYTES;
}

/**
 * Sends a refusal while the client may still be sending, and closes the connection: at once when the body has come to
 * its end, else when a bound of bytes or of time is reached. Closing earlier would reset the connection under the answer.
 */
export function endAfterRefusal(response: LeanResponse, status: number, json: string): void {
  const request = response.req;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(json),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
  });
  if (request.method === 'HEAD' || request.awaitsContinue) {
    response.end(json);
    return;
  }
  response.write(json);

  let drained = 0;
  const finish = () => {
    clearTimeout(timer);
    request.off('data', count).pause();
    response.end();
  };
  const count = (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > DRAINED_BEFORE_CLOSE_BYTES) finish();
  };
  const timer = setTimeout(finish, LONGEST_DRAIN_MILLIS);
  request.on('data', count).once('end', finish).once('close', finish).resume();
}
