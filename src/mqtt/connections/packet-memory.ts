import type { PacketRoom } from './packet-room';
import type { SocketFlow } from './socket-flow';

/** Packets up to this size are not reserved memory for while they arrive. */
export const SMALL_PACKET_BYTES = 16_384;

/** The memory that a connection uses for the packet that is arriving. */
export class PacketMemory {
  private reserved = 0;
  private giveUp: (() => void) | undefined;

  constructor(
    private readonly room: PacketRoom,
    private readonly flow: SocketFlow,
  ) {}

  /** Reserves memory for a packet of which not all has arrived. Until there is some, nothing is read. */
  reserve(bytes: number): void {
    if (bytes > SMALL_PACKET_BYTES && this.reserved === 0) this.request(bytes);
    else if (this.room.isFull) this.request(0);
  }

  /** The packet that was arriving has been taken: its messages have memory of their own. */
  packetTaken(): void {
    if (this.reserved > 0) this.room.release(this.reserved);
    this.reserved = 0;
    if (this.room.isFull) this.request(0);
  }

  /** The connection is over. */
  release(): void {
    this.giveUp?.();
    this.giveUp = undefined;
    if (this.reserved > 0) this.room.release(this.reserved);
    this.reserved = 0;
  }

  private request(bytes: number): void {
    if (this.giveUp) return;
    this.giveUp = this.room.request(bytes, () => {
      this.giveUp = undefined;
      this.reserved += bytes;
      this.flow.resume('memory');
    });
    if (this.giveUp) this.flow.pause('memory');
    else this.reserved += bytes;
  }
}
