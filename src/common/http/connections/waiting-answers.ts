import type { Socket } from 'node:net';
import { repeat, type Repetition } from '../../repeat';
import type { Connection } from './connection';

/** Maximum of unread response bytes over all connections. */
export const MAX_WAITING_BYTES = 67_108_864;
/** Bytes that are noted before all connections are counted again. */
const COUNTED_AGAIN_AFTER_BYTES = 4_194_304;
const LOOKED_AT_EVERY_MILLIS = 1000;

interface Progress {
  /** Bytes that the operating system has accepted so far. */
  taken: number;
  /** When that last changed, in milliseconds of the monotonic clock. */
  since: number;
}

/** Tracks connections with unread responses. Closes those whose clients do not read, and the largest ones over the limit. */
export class WaitingAnswers {
  private readonly waiting = new Map<Connection, Progress>();
  private notedBytes = 0;
  private countedBytes = 0;
  private repetition: Repetition | undefined;

  /** @param stalledMillis how long a client may read nothing */
  constructor(
    private readonly stalledMillis: number,
    private readonly maxBytes = MAX_WAITING_BYTES,
    private readonly now: () => number = () => performance.now(),
  ) {}

  start(): void {
    this.repetition = repeat(LOOKED_AT_EVERY_MILLIS, () => this.closeStalled());
  }

  stop(): void {
    void this.repetition?.stop();
  }

  note(connection: Connection, bytes: number): void {
    if (!this.waiting.has(connection))
      this.waiting.set(connection, { taken: takenOf(connection.socket), since: this.now() });
    this.notedBytes += bytes;
    const isMany = this.notedBytes > COUNTED_AGAIN_AFTER_BYTES;
    if (isMany && this.countedBytes + this.notedBytes > this.maxBytes) this.closeLargest();
  }

  /** A closed connection leads to its socket, which leads to every request that the socket has received: megabytes. */
  forget(connection: Connection): void {
    this.waiting.delete(connection);
  }

  /** Closes every connection whose client has read nothing for too long. */
  closeStalled(): void {
    const now = this.now();
    for (const [connection, progress] of this.waiting) {
      const { socket } = connection;
      if (socket.destroyed || connection.waitingBytes === 0) {
        this.waiting.delete(connection);
        continue;
      }
      const taken = takenOf(socket);
      if (taken !== progress.taken) {
        progress.taken = taken;
        progress.since = now;
      } else if (now - progress.since >= this.stalledMillis) {
        connection.abort();
      }
    }
  }

  /** Counts the unread bytes, and closes the connections with the most until the total is within the limit. */
  private closeLargest(): void {
    const sizes = [...this.waiting.keys()]
      .map((connection) => ({ connection, bytes: connection.socket.destroyed ? 0 : connection.waitingBytes }))
      .sort((one, other) => one.bytes - other.bytes);
    let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total > this.maxBytes) {
      const largest = sizes.pop();
      if (!largest) break;
      total -= largest.bytes;
      this.waiting.delete(largest.connection);
      largest.connection.abort();
    }
    this.countedBytes = total;
    this.notedBytes = 0;
  }
}

/** Node's internal handle of a socket. Only `writeQueueSize` has no public equivalent. */
interface Handled {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/** Returns the bytes that the operating system has accepted: all written bytes minus those queued in Node and libuv. */
function takenOf(socket: Socket): number {
  const queued = (socket as Socket & Handled)._handle?.writeQueueSize ?? 0;
  return socket.bytesWritten - socket.writableLength - queued;
}
