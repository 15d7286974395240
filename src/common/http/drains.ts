import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/**
 * What is taken in and thrown away after the last answer of a connection, as many clients read nothing before they have sent all.
 * Closing sooner resets the connection, and they never see the answer.
 */
export const MOST_DRAINED_BYTES = 67_108_864;
/** Connections for which so much is taken in. Others are closed after 1 MiB. */
export const MOST_DRAINED_AT_ONCE = 256;
export const MOST_DRAINED_BYTES_OF_OTHERS = 1_048_576;
/** How long that may take in all, and how long the client may send nothing meanwhile. */
export const LONGEST_DRAIN_MILLIS = 30_000;
export const LONGEST_DRAIN_PAUSE_MILLIS = 2000;
/** Pieces, of 64 KiB mostly, that are taken in before other requests have their turn. */
const PIECES_PER_TURN = 16;

const waiting: Readable[] = [];
let draining = 0;

/**
 * Takes in what a client still sends on a connection whose side of ours is closed, up to bounds of bytes and of time. Connections
 * take turns, so that other requests do not wait for floods.
 *
 * @param incoming what still comes: the request whose body is on its way, or the bare connection once no parser reads it
 */
export function drain(socket: Socket, incoming: Readable): void {
  const isOneOfMany = draining >= MOST_DRAINED_AT_ONCE;
  draining += 1;
  const close = () => socket.destroy();
  const last = setTimeout(close, LONGEST_DRAIN_MILLIS);
  const quiet = setTimeout(close, LONGEST_DRAIN_PAUSE_MILLIS);
  socket.once('close', () => {
    draining -= 1;
    clearTimeout(last);
    clearTimeout(quiet);
  });
  let drained = 0;
  incoming.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (isOneOfMany && drained > MOST_DRAINED_BYTES_OF_OTHERS) return close();
    incoming.pause();
    // Not closed: a client that reads while it sends still has time to see the answer.
    if (drained > MOST_DRAINED_BYTES) return;
    quiet.refresh();
    if (waiting.push(incoming) === 1) setImmediate(goOn);
  });
}

function goOn(): void {
  for (const incoming of waiting.splice(0, PIECES_PER_TURN)) incoming.resume();
  if (waiting.length > 0) setImmediate(goOn);
}
