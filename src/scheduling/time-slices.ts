import { FairQueue, type Caller } from './fair-queue';

/** How long work runs before it yields. */
export const SLICE_MILLIS = 2;
/** After a slice as long as this, other requests get some turns of the event loop to themselves. */
const LONG_SLICE_MILLIS = 0.5;
/** A key check and a small ingest take some eight turns of the loop. One slice in three of them costs them little. */
const TURNS_LEFT_FREE = 2;
/** An idle turn of the loop takes less than this. */
const IDLE_TURN_MILLIS = 0.1;
/** How long after other work more of it is expected. */
const OTHERS_MILLIS = 20;

/** What a test sets: a clock, and how the next turn of the event loop is waited for. */
export interface EventLoop {
  now(this: void): number;
  nextTurn(this: void, callback: () => void): void;
}

const EVENT_LOOP: EventLoop = { now: () => performance.now(), nextTurn: (callback) => setImmediate(callback) };

/** Yields for one piece of work. */
export interface SlicedWork {
  /** Resolves when the work may go on: at once within its first two milliseconds, else in its next turn. */
  readonly yieldTurn: () => Promise<void>;
}

/**
 * Shares the thread among pieces of long work. A turn of the event loop runs one slice of one piece of work at most, round
 * robin by organization and line, so that all else waits for one slice and not for one of each.
 */
export class TimeSlices {
  private readonly waiting = new FairQueue<() => void>();
  /** Whether this turn of the loop has its slice already, or is left to others. */
  private isTaken = false;
  private sliceStartedAt: number | undefined;
  /** Since when this turn is left to others; nothing while a slice runs. */
  private leftAt: number | undefined;
  /** When others last made use of a turn. */
  private othersAt = -Infinity;
  private freeTurns = 0;

  constructor(private readonly loop: EventLoop = EVENT_LOOP) {}

  /** Waits for the first slice of a piece of work. */
  async begin(caller: Caller): Promise<SlicedWork> {
    await this.next(caller);
    let startedAt = this.loop.now();
    return {
      yieldTurn: async () => {
        const now = this.loop.now();
        if (now - startedAt < SLICE_MILLIS) return;
        this.leftAt = now;
        await this.next(caller);
        startedAt = this.loop.now();
      },
    };
  }

  /** Nothing where the work may go on in this turn. */
  private next(caller: Caller): Promise<void> | undefined {
    if (!this.isTaken) {
      this.startSlice();
      return undefined;
    }
    return new Promise((resolve) => this.waiting.add(caller, resolve));
  }

  /** The slice that begins now is measured, and whatever else comes in this turn waits for its end. */
  private startSlice(): void {
    this.sliceStartedAt = this.loop.now();
    this.leftAt = undefined;
    this.takeTurn();
  }

  private takeTurn(): void {
    this.isTaken = true;
    this.loop.nextTurn(() => this.turn());
  }

  private turn(): void {
    this.isTaken = false;
    const now = this.loop.now();
    // Work that ended in this turn has been answered: its client, or another one, is at work.
    if (this.leftAt === undefined || now - this.leftAt >= IDLE_TURN_MILLIS) this.othersAt = now;
    this.leftAt = now;
    if (this.sliceStartedAt !== undefined) this.freeTurns = this.freeTurnsAfter(now - this.sliceStartedAt, now);
    this.sliceStartedAt = undefined;
    if (this.freeTurns > 0) {
      this.freeTurns -= 1;
      return this.takeTurn();
    }
    const next = this.waiting.take();
    if (!next) return;
    this.startSlice();
    next.item();
  }

  private freeTurnsAfter(sliceMillis: number, now: number): number {
    const needed = this.waiting.size > 0 && sliceMillis >= LONG_SLICE_MILLIS && now - this.othersAt < OTHERS_MILLIS;
    return needed ? TURNS_LEFT_FREE : 0;
  }
}
