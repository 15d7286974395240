/** The memory of large packets that arrive or wait for their commit, over all connections, and the same again for small ones. */
export const ROOM_BYTES = 67_108_864;
/** Packets up to this size are small. No memory is reserved for them while they arrive. */
export const SMALL_PACKET_BYTES = 16_384;

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/** Shares memory between connections. Who does not fit waits for its turn, without reading. */
export class PacketRoom {
  private used = 0;
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly most = ROOM_BYTES) {}

  /** Whether more is used than there is. */
  get isOverdrawn(): boolean {
    return this.used > this.most;
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

/** Memory for small and for large packets, so that clients that send large ones do not keep the others waiting. */
export class PacketRooms {
  readonly small = new PacketRoom();
  readonly large = new PacketRoom();

  for(bytes: number): PacketRoom {
    return bytes > SMALL_PACKET_BYTES ? this.large : this.small;
  }
}
