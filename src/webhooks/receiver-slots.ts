import { RECEIVER_LENGTH } from './webhook.entity';

/** Bounded, so that a slow receiver does not delay the others. */
export const MAX_PER_RECEIVER = 8;

/** The running attempts of this server by receiver, which has `MAX_PER_RECEIVER` slots. */
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

  freeSlotsOf(receiver: string): number {
    let taken = 0;
    for (const one of this.receivers.values()) if (one === receiver) taken += 1;
    return Math.max(0, MAX_PER_RECEIVER - taken);
  }

  /** Whether no attempt to a receiver is running. */
  isIdle(receiver: string): boolean {
    return this.freeSlotsOf(receiver) === MAX_PER_RECEIVER;
  }
}

/** The host and port of a URL, which share a limit on running attempts; cut to the length of the column. */
export function receiverOf(url: string): string {
  return new URL(url).host.slice(0, RECEIVER_LENGTH);
}
