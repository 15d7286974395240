import { FairQueue, type Caller } from '../../scheduling/fair-queue';

/** The memory of large packets that arrive or wait for their commit, over all connections, and the same again for small ones. */
export const ROOM_BYTES = 67_108_864;
/** Packets up to this size are small. No memory is reserved for them while they arrive. */
export const SMALL_PACKET_BYTES = 16_384;

/** The part of it that one rotation line can use up. */
const SHARE = 1 / 4;

interface Waiting {
  readonly bytes: number;
  readonly go: () => void;
}

/**
 * Shares memory between connections. Who finds none free waits for its turn, without reading: round robin by organization and rotation
 * line. The last packet that is let in may exceed the bound.
 */
export class PacketRoom {
  private used = 0;
  private readonly ofLine = new Map<string, number>();
  private readonly waiting = new FairQueue<Waiting>();

  constructor(private readonly most = ROOM_BYTES) {}

  /** Whether more is used than there is, in all or for a rotation line. */
  isOverdrawn({ line }: Caller): boolean {
    return this.used > this.most || this.usedBy(line) > this.most * SHARE;
  }

  /** Counts what is in memory already. */
  take({ line }: Caller, bytes: number): void {
    const now = this.usedBy(line) + bytes;
    this.used += bytes;
    if (now > 0) this.ofLine.set(line, now);
    else this.ofLine.delete(line);
  }

  release(caller: Caller, bytes: number): void {
    this.take(caller, -bytes);
    while (this.used < this.most) {
      const next = this.waiting.take((one) => this.isFree(one));
      if (!next) return;
      this.take(next.caller, next.item.bytes);
      next.item.go();
    }
  }

  /** Takes bytes now, or waits for them. @returns undefined if they are taken, or a function that gives up waiting */
  request(caller: Caller, bytes: number, go: () => void): (() => void) | undefined {
    if (this.waiting.sizeOfLine(caller) === 0 && this.isFree(caller)) {
      this.take(caller, bytes);
      return undefined;
    }
    const waiting = { bytes, go };
    this.waiting.add(caller, waiting);
    return () => this.waiting.remove(caller, waiting);
  }

  private isFree({ line }: Caller): boolean {
    return this.used < this.most && this.usedBy(line) < this.most * SHARE;
  }

  private usedBy(line: string): number {
    return this.ofLine.get(line) ?? 0;
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
