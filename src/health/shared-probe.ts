/** How long a result is reused, in milliseconds. */
const VALID_MILLIS = 1000;
/** How long callers wait for a running probe. */
export const LONGEST_WAIT_MILLIS = 2000;
/** A probe that takes longer has failed, and a new one is started. Until then the last result is returned. */
export const LONGEST_PROBE_MILLIS = 10_000;

interface Result<T> {
  readonly value: T;
  readonly at: number;
}

interface Running<T> {
  readonly startedAt: number;
  readonly value: Promise<T>;
}

/** A database check that callers share: at most one is running. */
export class SharedProbe<T> {
  private last: Result<T> | undefined;
  private running: Running<T> | undefined;

  /** @param ask must not reject */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * A result that is at most a second old. If the probe takes longer than the caller waits, the previous result, for up to
   * 10 s. Undefined without a result in time.
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
