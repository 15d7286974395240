import { FairQueue, type Caller } from './fair-queue';

/** How long work runs before it yields. */
export const SLICE_MILLIS = 2;
/** After a slice of this length, other requests get some turns of the event loop without a slice. */
const LONG_SLICE_MILLIS = 0.5;
/** A key check and a small ingest take about eight turns. With a slice in only every third turn they are delayed little. */
const TURNS_LEFT_FREE = 2;
/** An idle turn of the event loop takes less time. */
const IDLE_TURN_MILLIS = 0.1;
/** For how long after other work more of it is expected. */
const OTHERS_MILLIS = 20;

/** The clock and the event loop. Tests replace them. */
export interface EventLoop {
  now(this: void): number;
  nextTurn(this: void, callback: () => void): void;
}

const EVENT_LOOP: EventLoop = { now: () => performance.now(), nextTurn: (callback) => setImmediate(callback) };

/** Yields for one piece of work. */
export interface SlicedWork {
  /** Resolves when the work may continue: at once within its first two milliseconds, otherwise in its next slice. */
  readonly yieldTurn: () => Promise<void>;
}

/**
 * Shares the thread among long work. A turn of the event loop runs at most one slice, round robin by organization and rotation line, so
 * that other requests wait for one slice, not for one of each running piece of work.
 */
export class TimeSlices {
  private readonly waiting = new FairQueue<() => void>();
  /** Whether this turn already has its slice, or is left free. */
  private isTaken = false;
  private sliceStartedAt: number | undefined;
  /** Since when this turn is left free; undefined while a slice runs. */
  private leftAt: number | undefined;
  /** When other work last ran. */
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

  /** Undefined if the work may continue in this turn. */
  private next(caller: Caller): Promise<void> | undefined {
    if (!this.isTaken) {
      this.startSlice();
      return undefined;
    }
    return new Promise((resolve) => this.waiting.add(caller, resolve));
  }

  /** Starts a slice and measures it. Further work waits for a later turn. */
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
    // Work has ended in this turn, so its client or another one is active.
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
