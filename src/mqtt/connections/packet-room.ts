/** The memory of packets that arrive, or wait for their commit, over all connections. */
export const ROOM_BYTES = 67_108_864;

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/** Shares memory between connections. Who does not fit waits for its turn, without reading. */
export class PacketRoom {
  private used = 0;
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly most = ROOM_BYTES) {}

  get isFull(): boolean {
    return this.used > this.most || this.waiting.size > 0;
  }

  /** Counts what is in memory already. */
  take(bytes: number): void {
    this.used += bytes;
  }

  release(bytes: number): void {
    this.used -= bytes;
    for (const one of this.waiting) {
      if (!this.fits(one.bytes)) return;
      this.waiting.delete(one);
      this.used += one.bytes;
      one.go();
    }
  }

  /** Takes bytes now, or waits for them. @returns undefined if they are taken, or a function that gives up waiting */
  request(bytes: number, go: () => void): (() => void) | undefined {
    if (this.waiting.size === 0 && this.fits(bytes)) {
      this.used += bytes;
      return undefined;
    }
    const waiting = { bytes, go };
    this.waiting.add(waiting);
    return () => this.waiting.delete(waiting);
  }

  private fits(bytes: number): boolean {
    return this.used === 0 || this.used + bytes <= this.most;
  }
}
