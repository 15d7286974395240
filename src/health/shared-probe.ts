/** How long a result is given to other callers, in milliseconds. */
const VALID_MILLIS = 1000;
/** Callers wait no longer than this for a probe that is under way. */
export const LONGEST_WAIT_MILLIS = 2000;
/** A probe that takes longer has failed, and the next one is started. Until then the last result counts. */
export const LONGEST_PROBE_MILLIS = 10_000;

interface Result<T> {
  readonly value: T;
  readonly at: number;
}

interface Running<T> {
  readonly startedAt: number;
  readonly value: Promise<T>;
}

/** A question to the database that many callers share: at most one is under way, however many ask. */
export class SharedProbe<T> {
  private last: Result<T> | undefined;
  private running: Running<T> | undefined;

  /** @param ask must not reject */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * The answer, from at most a second ago. Where it takes longer than the caller waits, the answer before it, for up to
   * 10 s. Undefined where there is none: nothing has answered in time.
   */
  async look(waitMillis = LONGEST_WAIT_MILLIS): Promise<T | undefined> {
    if (this.last && this.now() - this.last.at <= VALID_MILLIS) return this.last.value;
    if (this.running && this.now() - this.running.startedAt >= LONGEST_PROBE_MILLIS) this.running = undefined;
    this.running ??= this.start();
    const inTime = await settledIn(this.running.value, waitMillis);
    if (inTime) return inTime.value;
    return this.last && this.now() - this.last.at < LONGEST_PROBE_MILLIS ? this.last.value : undefined;
  }

  private start(): Running<T> {
    const running: Running<T> = {
      startedAt: this.now(),
      value: this.ask().then((value) => {
        if (this.running === running) {
          this.running = undefined;
          this.last = { value, at: this.now() };
        }
        return value;
      }),
    };
    return running;
  }
}

async function settledIn<T>(work: Promise<T>, millis: number): Promise<{ readonly value: T } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), millis);
  });
  return Promise.race([work.then((value) => ({ value })), tooLate]).finally(() => clearTimeout(timer));
}
