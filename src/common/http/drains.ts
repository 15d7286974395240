import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/**
 * Bytes that are read and discarded after the last response of a connection. Many clients read the response only after they
 * have sent the whole request; closing earlier would reset the connection before they see it.
 */
export const MAX_DRAINED_BYTES = 67_108_864;
/** Connections that get the full limit at the same time. Others are closed after 1 MiB. */
export const MAX_DRAINED_AT_ONCE = 256;
export const MAX_DRAINED_BYTES_OF_OTHERS = 1_048_576;
/** The maximum time in total, and the maximum time without data from the client. */
export const LONGEST_DRAIN_MILLIS = 30_000;
export const LONGEST_DRAIN_PAUSE_MILLIS = 2000;
/** Chunks, usually of 64 KiB, that are read per turn of the event loop. */
const PIECES_PER_TURN = 16;

const waiting: Readable[] = [];
let draining = 0;

/**
 * Reads and discards what a client still sends after the server has closed its side, up to limits of bytes and time.
 * Connections take turns, so that they do not block other requests.
 *
 * @param incoming the request whose body is still arriving, or the socket itself once no parser reads it
 */
export function drain(socket: Socket, incoming: Readable): void {
  const isOneOfMany = draining >= MAX_DRAINED_AT_ONCE;
  draining += 1;
  const close = () => socket.destroy();
  const last = setTimeout(close, LONGEST_DRAIN_MILLIS);
  const quiet = setTimeout(close, LONGEST_DRAIN_PAUSE_MILLIS);
  socket.once('close', () => {
    draining -= 1;
    clearTimeout(last);
    clearTimeout(quiet);
  });
  // On the connection: a body can be sent in chunks of one byte, each with five bytes around it.
  const before = socket.bytesRead;
  incoming.on('data', () => {
    const drained = socket.bytesRead - before;
    if (isOneOfMany && drained > MAX_DRAINED_BYTES_OF_OTHERS) return close();
    incoming.pause();
    // Keep it open: a client that reads while it sends still has time to read the response.
    if (drained > MAX_DRAINED_BYTES) return;
    quiet.refresh();
    if (waiting.push(incoming) === 1) setImmediate(startNext);
  });
}

function startNext(): void {
  for (const incoming of waiting.splice(0, PIECES_PER_TURN)) incoming.resume();
  if (waiting.length > 0) setImmediate(startNext);
}
