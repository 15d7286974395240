import { FairQueue, type Caller } from './fair-queue';

/** How long work goes on before it lets others have their turn. */
export const SLICE_MILLIS = 2;
/** After a slice as long as this, short requests get some turns of the event loop to themselves. */
const LONG_SLICE_MILLIS = 0.5;
/** A key check and a small ingest take some eight turns of the loop. One slice in three of them costs them little. */
const RESTS = 2;

/** What a test sets: a clock, and how the next turn of the event loop is waited for. */
export interface EventLoop {
  now(this: void): number;
  nextTurn(this: void, callback: () => void): void;
}

const EVENT_LOOP: EventLoop = { now: () => performance.now(), nextTurn: (callback) => setImmediate(callback) };

/** The turns of one piece of work. */
export interface WorkTurns {
  /** Resolves when the work may go on: at once within its first two milliseconds, else in its next turn. */
  readonly pause: () => Promise<void>;
}

/**
 * Shares the thread among pieces of long work. A turn of the event loop runs one slice of one piece of work at most, round
 * robin by organization and line, so that all else waits for one slice and not for one of each.
 */
export class Turns {
  private readonly waiting = new FairQueue<() => void>();
  private isScheduled = false;
  private rests = 0;
  private startedAt: number | undefined;

  constructor(private readonly loop: EventLoop = EVENT_LOOP) {}

  /** Gives a piece of work its first turn. */
  async begin(caller: Caller): Promise<WorkTurns> {
    await this.next(caller);
    let startedAt = this.loop.now();
    return {
      pause: async () => {
        if (this.loop.now() - startedAt < SLICE_MILLIS) return;
        await this.next(caller);
        startedAt = this.loop.now();
      },
    };
  }

  private next(caller: Caller): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.add(caller, resolve);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.loop.nextTurn(() => this.turn());
  }

  private turn(): void {
    this.isScheduled = false;
    if (this.startedAt !== undefined && this.loop.now() - this.startedAt >= LONG_SLICE_MILLIS) this.rests = RESTS;
    this.startedAt = undefined;
    if (this.rests > 0) {
      this.rests -= 1;
      return this.schedule();
    }
    const next = this.waiting.take();
    if (!next) return;
    this.startedAt = this.loop.now();
    next.item();
    // Even if nothing else waits yet: the slice that begins now is measured, and whatever comes meanwhile waits for its end.
    this.schedule();
  }
}
