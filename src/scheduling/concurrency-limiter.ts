import { FairQueue, type Caller } from './fair-queue';

/** The limits on running and queued work. */
export interface ConcurrencyLimits {
  readonly atOnce: number;
  readonly atOncePerOrganization: number;
  readonly atOncePerLine: number;
  readonly waiting: number;
  readonly waitingPerLine: number;
}

/** A queued piece of work. Exactly one of these is called, once. */
export interface Waiter {
  /** Its slot is acquired. */
  start(): void;
  /** It is evicted in favour of callers with fewer waiters. */
  refuse(): void;
}

/**
 * Limits concurrent long work per rotation line, per organization and in total. Work beyond the limits is queued and served round
 * robin by organization and rotation line. If the queue is full, work of the organization with the most waiters is evicted.
 */
export class ConcurrencyLimiter {
  private readonly queue = new FairQueue<Waiter>();
  private readonly byOrganization = new Map<string, number>();
  private readonly byLine = new Map<string, number>();
  private count = 0;

  constructor(private readonly bounds: ConcurrencyLimits) {}

  get running(): number {
    return this.count;
  }

  get waiting(): number {
    return this.queue.size;
  }

  waitingOf(caller: Caller): number {
    return this.queue.sizeOfLine(caller);
  }

  /** Acquires a slot if one is free for this caller, and returns whether it did. */
  tryAcquire(caller: Caller): boolean {
    if (!this.isFree(caller)) return false;
    this.add(caller, 1);
    return true;
  }

  /** Queues for a slot. Returns false if the queue is full for this caller. */
  enqueue(caller: Caller, waiter: Waiter): boolean {
    const { queue, bounds } = this;
    if (queue.sizeOfLine(caller) >= bounds.waitingPerLine) return false;
    if (queue.size >= bounds.waiting && !this.evictFor(caller)) return false;
    queue.add(caller, waiter);
    return true;
  }

  /** Removes a waiter from the queue. */
  cancel(caller: Caller, waiter: Waiter): void {
    this.queue.remove(caller, waiter);
  }

  /** Releases a slot, and starts the waiters that are now eligible. */
  release(caller: Caller): void {
    this.add(caller, -1);
    for (;;) {
      const next = this.count < this.bounds.atOnce ? this.queue.take((one) => this.isFree(one)) : undefined;
      if (!next) return;
      this.add(next.caller, 1);
      next.item.start();
    }
  }

  /** Removes and returns all waiters. */
  clear(): Waiter[] {
    return this.queue.clear();
  }

  private isFree({ organization, line }: Caller): boolean {
    const { atOnce, atOncePerOrganization, atOncePerLine } = this.bounds;
    return (
      this.count < atOnce &&
      (this.byOrganization.get(organization) ?? 0) < atOncePerOrganization &&
      (this.byLine.get(line) ?? 0) < atOncePerLine
    );
  }

  /** Evicts the newest waiter of the organization with the most, or of its longest line, if the caller has fewer. Returns whether it did. */
  private evictFor(caller: Caller): boolean {
    const { queue } = this;
    const longest = queue.longest();
    if (!longest) return false;
    const isLess =
      longest.organization === caller.organization
        ? queue.sizeOfLine(caller) + 1 < queue.sizeOfLine(longest)
        : queue.sizeOfOrganization(caller.organization) + 1 < queue.sizeOfOrganization(longest.organization);
    if (!isLess) return false;
    queue.takeNewest(longest)?.refuse();
    return true;
  }

  private add({ organization, line }: Caller, change: 1 | -1): void {
    this.count += change;
    addTo(this.byOrganization, organization, change);
    addTo(this.byLine, line, change);
  }
}

function addTo(counts: Map<string, number>, name: string, change: number): void {
  const count = (counts.get(name) ?? 0) + change;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
