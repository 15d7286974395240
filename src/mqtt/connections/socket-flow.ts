import type { Socket } from 'node:net';

/** Why nothing is read from a client for now. */
export type PauseReason = 'connecting' | 'unanswered' | 'limit' | 'memory' | 'unread' | 'stopping';

/** Reads from a socket as long as nothing speaks against it, and writes several packets at once. */
export class SocketFlow {
  private readonly reasons = new Set<PauseReason>();
  private isCorked = false;
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

  pause(reason: PauseReason): void {
    if (this.reasons.size === 0) this.socket.pause();
    this.reasons.add(reason);
  }

  resume(reason: PauseReason): void {
    if (!this.reasons.delete(reason) || this.reasons.size > 0) return;
    this.socket.resume();
    this.resumed();
  }

  write(bytes: Buffer): void {
    const { socket } = this;
    if (!socket.writable) return;
    if (!this.isCorked) {
      this.isCorked = true;
      socket.cork();
      process.nextTick(() => {
        this.isCorked = false;
        socket.uncork();
      });
    }
    if (socket.write(bytes) || this.unreadSince !== undefined) return;
    this.unreadSince = performance.now();
    this.pause('unread');
    socket.once('drain', () => {
      this.unreadSince = undefined;
      this.resume('unread');
    });
  }
}
