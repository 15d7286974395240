import type { Caller } from '../../scheduling/fair-queue';
import { SMALL_PACKET_BYTES, type PacketRoom, type PacketRooms } from './packet-room';
import type { SocketFlow } from './socket-flow';

/** The memory that a connection uses for the packet that is arriving. */
export class PacketMemory {
  private reserved = 0;
  private giveUp: (() => void) | undefined;

  constructor(
    private readonly rooms: PacketRooms,
    private readonly flow: SocketFlow,
    private readonly caller: Caller,
  ) {}

  /** Reserves memory for a large packet of which not all has arrived. Until there is some, nothing is read. */
  reserve(bytes: number): void {
    if (bytes > SMALL_PACKET_BYTES && this.reserved === 0) this.request(this.rooms.large, bytes);
  }

  /** The packet that was arriving has been taken: its message has memory of its own. */
  packetTaken(): void {
    this.freeReserved();
    if (this.rooms.small.isOverdrawn(this.caller)) this.request(this.rooms.small, 0);
  }

  /** The connection is over. */
  release(): void {
    this.giveUp?.();
    this.giveUp = undefined;
    this.freeReserved();
  }

  private freeReserved(): void {
    const { reserved } = this;
    this.reserved = 0;
    if (reserved > 0) this.rooms.large.release(this.caller, reserved);
  }

  private request(room: PacketRoom, bytes: number): void {
    if (this.giveUp) return;
    this.giveUp = room.request(this.caller, bytes, () => {
      this.giveUp = undefined;
      this.reserved += bytes;
      this.flow.resume('memory');
    });
    if (this.giveUp) this.flow.pause('memory');
    else this.reserved += bytes;
  }
}
