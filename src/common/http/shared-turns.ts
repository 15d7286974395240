/** Time for work in one turn of the event loop. Further work waits for the next turn. */
export const TURN_MILLIS = 4;
/** Turns without a piece after one that was used up: a key check and a small ingest take about eight turns. */
export const TURNS_LEFT_FREE = 2;
/** Other requests that need longer than this have had their share. */
const LONGEST_FREE_MILLIS = 2 * TURN_MILLIS;

interface Job {
  run(): void;
}

/**
 * Runs pieces of synchronous work without blocking the event loop: a turn of the loop runs pieces until they have used 4 ms,
 * the next two turns are left to other requests, and callers take turns. A piece is never interrupted: keep it short.
 */
export class SharedTurns {
  private readonly waiting = new Map<string, Job[]>();
  private spentMillis = 0;
  private turnEnds = false;
  private freeTurns = 0;
  private freeSince = 0;

  /** Resolves with what the work returns, or rejects with what it throws. */
  run<T>(caller: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => {
        const startedAt = performance.now();
        try {
          resolve(work());
        } catch (cause) {
          reject(cause instanceof Error ? cause : new Error(String(cause)));
        }
        this.spentMillis += performance.now() - startedAt;
      };
      if (this.waiting.size === 0 && this.spentMillis < TURN_MILLIS) run();
      else this.add(caller, { run });
      this.endTurn();
    });
  }

  private add(caller: string, job: Job): void {
    const jobs = this.waiting.get(caller);
    if (jobs) jobs.push(job);
    else this.waiting.set(caller, [job]);
  }

  private endTurn(): void {
    if (this.turnEnds) return;
    this.turnEnds = true;
    setImmediate(() => {
      this.turnEnds = false;
      if (this.isLeftFree()) return this.endTurn();
      this.freeTurns = 0;
      this.spentMillis = 0;
      while (this.spentMillis < TURN_MILLIS && this.waiting.size > 0) this.runNext();
      if (this.waiting.size > 0) this.endTurn();
    });
  }

  /** Whether pieces wait while this turn is left to other requests. */
  private isLeftFree(): boolean {
    if (this.waiting.size === 0 || this.spentMillis < TURN_MILLIS) return false;
    if (this.freeTurns === 0) this.freeSince = performance.now();
    this.freeTurns += 1;
    return this.freeTurns <= TURNS_LEFT_FREE && performance.now() - this.freeSince < LONGEST_FREE_MILLIS;
  }

  /** Runs one piece of the caller that has waited longest, and moves that caller to the end of the queue. */
  private runNext(): void {
    const [first] = this.waiting;
    if (!first) return;
    const [caller, jobs] = first;
    this.waiting.delete(caller);
    const job = jobs.shift();
    if (jobs.length > 0) this.waiting.set(caller, jobs);
    job?.run();
  }
}
