import type { Socket } from 'node:net';
import { repeat, type Repetition } from '../../repeat';
import type { Connection } from './connection';

/** Bytes of answers, over all connections, that wait for their readers. */
export const MOST_WAITING_BYTES = 67_108_864;
/** So many bytes more are noted before all of them are counted again. */
const COUNTED_AGAIN_AFTER_BYTES = 4_194_304;
const LOOKED_AT_EVERY_MILLIS = 1000;

interface Progress {
  /** Bytes that the system has taken from the connection so far. */
  taken: number;
  /** When that last changed, in milliseconds of the monotonic clock. */
  since: number;
}

/** The connections whose answers wait for their readers: closes those that take nothing, and the largest when there is too much. */
export class WaitingAnswers {
  private readonly waiting = new Map<Connection, Progress>();
  private notedBytes = 0;
  private countedBytes = 0;
  private repetition: Repetition | undefined;

  /** @param stalledMillis how long a reader may take nothing */
  constructor(
    private readonly stalledMillis: number,
    private readonly mostBytes = MOST_WAITING_BYTES,
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
    if (isMany && this.countedBytes + this.notedBytes > this.mostBytes) this.closeLargest();
  }

  /** Closes every connection whose reader has taken nothing for too long. */
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

  /** Counts what waits, and while that is too much closes the connection with the most. */
  private closeLargest(): void {
    const sizes = [...this.waiting.keys()]
      .map((connection) => ({ connection, bytes: connection.socket.destroyed ? 0 : connection.waitingBytes }))
      .sort((one, other) => one.bytes - other.bytes);
    let total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total > this.mostBytes) {
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

/** Node's handle of a socket, of which only this figure has no public name. */
interface Handled {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/** Bytes that the system has taken: all that were written, less what waits in Node and below it. */
function takenOf(socket: Socket): number {
  const queued = (socket as Socket & Handled)._handle?.writeQueueSize ?? 0;
  return socket.bytesWritten - socket.writableLength - queued;
}
