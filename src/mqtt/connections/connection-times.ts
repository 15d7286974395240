import type { SocketFlow } from './socket-flow';

/** A client has to send its key within this time. */
export const CONNECT_MILLIS = 10_000;
/** A client has to read what it is answered, and to end a packet that it has begun, within this time. */
export const LONGEST_STALL_MILLIS = 30_000;
const KEEP_ALIVES = 1.5;

/** Why a connection has to end: its client is gone or does not read, a packet is not completed, or the client is silent. */
export type TimeFault = 'stalled' | 'cut short' | 'silent';

/** Measures how long a client takes. All times are those of `performance.now()`. */
export class ConnectionTimes {
  private readonly openedAt = performance.now();
  private heardAt = this.openedAt;
  private packetSince: number | undefined;

  /** Bytes have arrived. */
  noteHeard(): void {
    this.heardAt = performance.now();
  }

  /** @param isWithin whether a packet has arrived in part */
  notePacket(isWithin: boolean): void {
    this.packetSince = isWithin ? (this.packetSince ?? performance.now()) : undefined;
  }

  /** @param keepAliveMillis undefined for a client that is not connected yet; 0 for one that does not have to be heard */
  fault(
    now: number,
    flow: Pick<SocketFlow, 'unreadSince' | 'isPaused'>,
    keepAliveMillis: number | undefined,
  ): TimeFault | undefined {
    if (isLongAgo(flow.unreadSince, now)) return 'stalled';
    if (flow.isPaused) {
      // The client cannot be heard, so the time does not count.
      this.heardAt = now;
      if (this.packetSince !== undefined) this.packetSince = now;
      return undefined;
    }
    if (keepAliveMillis === undefined) return now - this.openedAt > CONNECT_MILLIS ? 'stalled' : undefined;
    if (isLongAgo(this.packetSince, now)) return 'cut short';
    return keepAliveMillis > 0 && now - this.heardAt > keepAliveMillis * KEEP_ALIVES ? 'silent' : undefined;
  }
}

function isLongAgo(since: number | undefined, now: number): boolean {
  return since !== undefined && now - since > LONGEST_STALL_MILLIS;
}
