import type { Socket } from 'node:net';

/** Why nothing is read from a client for now. */
export type PauseReason = 'connecting' | 'unanswered' | 'limit' | 'memory' | 'unread' | 'stopping' | 'turn' | 'mapping';

/** Bytes of answers that a client leaves unread before nothing more is read from it. */
export const MAX_UNREAD_BYTES = 16_384;

/** Reads from a socket as long as nothing speaks against it, and writes several packets at once. */
export class SocketFlow {
  private readonly reasons = new Set<PauseReason>();
  /** Packets that are written at the end of this turn. */
  private packets: Buffer[] = [];
  /** Since when the client leaves answers unread, by `performance.now()`. */
  unreadSince: number | undefined;

  /** @param resumed is called when reading goes on */
  constructor(
    private readonly socket: Socket,
    private readonly resumed: () => void,
  ) {}

  get isPaused(): boolean {
    return this.reasons.size > 0;
  }

  /** Whether packets that have arrived must wait, for another reason than that it is not their turn. */
  get isBlocked(): boolean {
    return this.reasons.size > (this.reasons.has('turn') ? 1 : 0);
  }

  pause(reason: PauseReason): void {
    if (this.reasons.size === 0) this.socket.pause();
    this.reasons.add(reason);
  }

  resume(reason: PauseReason): void {
    if (!this.reasons.delete(reason) || this.reasons.size > 0) return;
    this.socket.resume();
    this.resumed();
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
}
