/** Time for work in one turn of the event loop. Further work waits for the next turn. */
export const TURN_MILLIS = 8;

interface Job {
  run(): void;
}

/**
 * Runs pieces of synchronous work without blocking the event loop: each turn of the loop runs pieces until they have used
 * 8 ms, and callers take turns. A piece is never interrupted: keep it short.
 */
export class SharedTurns {
  private readonly waiting = new Map<string, Job[]>();
  private spentMillis = 0;
  private turnEnds = false;

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
      this.spentMillis = 0;
      while (this.spentMillis < TURN_MILLIS && this.waiting.size > 0) this.runNext();
      if (this.waiting.size > 0) this.endTurn();
    });
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
