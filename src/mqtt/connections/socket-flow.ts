import type { Socket } from 'node:net';
import { chunkTurns } from '../../common/http/chunk-turns';

/** Why nothing is read from a client for now. */
export type PauseReason =
  'connecting' | 'unanswered' | 'limit' | 'memory' | 'unread' | 'stopping' | 'turn' | 'mapping' | 'share' | 'chunk';

/** Reasons for which packets that have arrived are answered all the same, or when it is their turn. */
const OPEN_REASONS: readonly PauseReason[] = ['turn', 'share', 'chunk'];

/** Bytes of answers that a client leaves unread before nothing more is read from it. */
export const MAX_UNREAD_BYTES = 16_384;

/** Node's internal handle of a socket. `pause()` of a socket lets it read up to 64 KiB more. */
interface Handled {
  readonly _handle?: { reading: boolean; readStart(): unknown; readStop(): unknown } | null;
}

/** Reads from a socket as long as nothing speaks against it, and writes several packets at once. */
export class SocketFlow {
  private readonly reasons = new Set<PauseReason>();
  /** Reads the next chunk. */
  private readonly nextChunk = {
    step: () => {
      this.resume('chunk');
      return false;
    },
  };
  /** Packets that are written at the end of this turn. */
  private packets: Buffer[] = [];
  private isHandleStopped = false;
  /** Since when the client leaves answers unread, by `performance.now()`. */
  unreadSince: number | undefined;

  /** @param unblocked is called when packets that have arrived can be answered again */
  constructor(
    private readonly socket: Socket,
    private readonly unblocked: () => void,
  ) {}

  get isPaused(): boolean {
    return this.reasons.size > 0;
  }

  /** Whether packets that have arrived cannot be answered yet, for another reason than that it is not their turn. */
  get isBlocked(): boolean {
    const { reasons } = this;
    return reasons.size > 0 && reasons.size > OPEN_REASONS.filter((reason) => reasons.has(reason)).length;
  }

  /** Whether packets that have arrived wait for the server, not for the client. */
  get holdsPackets(): boolean {
    return this.reasons.has('turn') || this.isBlocked;
  }

  pause(reason: PauseReason): void {
    if (this.reasons.size === 0) this.stopReading();
    this.reasons.add(reason);
  }

  resume(reason: PauseReason): void {
    if (!this.reasons.delete(reason)) return;
    if (this.reasons.size === 0) this.startReading();
    if (reason !== 'share' && reason !== 'chunk' && !this.isBlocked) this.unblocked();
  }

  /** Reads the next chunk of a large packet when it is the turn of this connection. */
  readInTurn(): void {
    this.pause('chunk');
    chunkTurns.add(this.nextChunk);
  }

  /** Sends a packet. The client has to read: if it leaves too much unread, nothing more is read from it. */
  write(bytes: Buffer): void {
    this.packets.push(bytes);
    if (this.packets.length === 1) process.nextTick(() => this.flush());
  }

  /** Sends what was written, as one piece of memory. */
  flush(): void {
    const { socket, packets } = this;
    if (packets.length === 0) return;
    this.packets = [];
    const [first] = packets;
    if (!socket.writable || !first) return;
    const isTaken = socket.write(packets.length === 1 ? first : Buffer.concat(packets));
    if (isTaken || this.unreadSince !== undefined) return;
    this.unreadSince = performance.now();
    this.pause('unread');
    socket.once('drain', () => {
      this.unreadSince = undefined;
      this.resume('unread');
    });
  }

  /** Sends a last packet. What still arrives is discarded, so that the end of the other side is noticed. */
  end(last: Buffer | undefined): void {
    chunkTurns.remove(this.nextChunk);
    if (last) this.write(last);
    this.flush();
    this.socket.end();
    this.socket.removeAllListeners('data');
    this.startReading();
  }

  private stopReading(): void {
    this.socket.pause();
    const handle = (this.socket as Handled)._handle;
    if (!handle?.reading) return;
    this.isHandleStopped = true;
    handle.reading = false;
    handle.readStop();
  }

  private startReading(): void {
    const handle = (this.socket as Handled)._handle;
    if (this.isHandleStopped && handle && !this.socket.destroyed) {
      handle.reading = true;
      handle.readStart();
    }
    this.isHandleStopped = false;
    this.socket.resume();
  }
}
