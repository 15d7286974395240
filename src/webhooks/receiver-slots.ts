import { RECEIVER_LENGTH } from './webhook.entity';

/** So that one that keeps us waiting does not keep the others waiting too. */
export const MOST_PER_RECEIVER = 8;

/** What is under way from this server, and to whom: each receiver has eight slots. */
export class ReceiverSlots {
  private readonly receivers = new Map<string, string>();

  acquire(id: string, receiver: string): void {
    this.receivers.set(id, receiver);
  }

  release(id: string): void {
    this.receivers.delete(id);
  }

  isHeld(id: string): boolean {
    return this.receivers.has(id);
  }

  /** How many slots of a receiver are free. */
  freeSlotsOf(receiver: string): number {
    let taken = 0;
    for (const one of this.receivers.values()) if (one === receiver) taken += 1;
    return Math.max(0, MOST_PER_RECEIVER - taken);
  }

  /** Whether nothing is under way to a receiver. */
  isIdle(receiver: string): boolean {
    return this.freeSlotsOf(receiver) === MOST_PER_RECEIVER;
  }
}

/** Where a webhook's URL leads, by which deliveries are counted: its host and port, cut to what the column holds. */
export function receiverOf(url: string): string {
  return new URL(url).host.slice(0, RECEIVER_LENGTH);
}
