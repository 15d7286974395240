import type { Caller } from '../../scheduling/fair-queue';
import type { ArrivedBytes, ArrivedShare } from './arrived-bytes';
import { SMALL_PACKET_BYTES, type PacketRoom, type PacketRooms } from './packet-room';
import type { SocketFlow } from './socket-flow';

/** What bounds the memory of all connections. */
interface MemoryBounds {
  readonly rooms: PacketRooms;
  readonly arrived: ArrivedBytes;
}

/** The memory that a connection uses for packets that are arriving, and for those that have arrived and wait. */
export class PacketMemory {
  private reserved = 0;
  private giveUp: (() => void) | undefined;
  private readonly rooms: PacketRooms;
  private readonly share: ArrivedShare;

  constructor(
    { rooms, arrived }: MemoryBounds,
    private readonly flow: SocketFlow,
    private readonly caller: Caller,
  ) {
    this.rooms = rooms;
    this.share = arrived.join(caller.line, {
      stop: () => flow.pause('share'),
      resume: () => flow.resume('share'),
    });
  }

  /** @param bytes that have arrived and are not answered */
  arrived(bytes: number): void {
    this.share.hold(this.flow.holdsPackets ? bytes : 0);
  }

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
    this.share.leave();
  }

  private freeReserved(): void {
    const { reserved } = this;
    if (reserved === 0) return;
    this.reserved = 0;
    this.share.isExempt = false;
    this.rooms.large.release(this.caller, reserved);
  }

  private request(room: PacketRoom, bytes: number): void {
    if (this.giveUp) return;
    this.giveUp = room.request(this.caller, bytes, () => {
      this.giveUp = undefined;
      this.take(bytes);
      this.flow.resume('memory');
    });
    if (this.giveUp) this.flow.pause('memory');
    else this.take(bytes);
  }

  private take(bytes: number): void {
    this.reserved += bytes;
    // The packet must be completed, so that this memory becomes free.
    if (bytes > 0) this.share.isExempt = true;
  }
}
