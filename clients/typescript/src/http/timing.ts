import { TimeoutError } from '../errors';

/** Ends a call from outside. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves after so many milliseconds.
 *
 * @throws the reason of the signal as soon as it is aborted
 */
export function pause(millis: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(reasonOf(signal));
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const abort = () => {
      end();
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      end();
      resolve();
    }, millis);
    signal?.addEventListener('abort', abort);
  });
}

/** A signal that is aborted by the caller's signal, or when nothing happens for some time. */
export class Watch {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly onAbort = () => this.controller.abort(this.outer?.reason);

  constructor(
    private readonly outer: AbortSignal | undefined,
    private readonly millis: number,
    private readonly what: string,
  ) {
    if (outer?.aborted) this.onAbort();
    else outer?.addEventListener('abort', this.onAbort);
    this.restart();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Begins to count the time from the start. */
  restart(): void {
    this.pause();
    if (!Number.isFinite(this.millis)) return;
    const message = `${this.what} within ${this.millis} ms`;
    this.timer = setTimeout(() => this.controller.abort(new TimeoutError(message)), this.millis);
  }

  /** Does not count time until `restart`. */
  pause(): void {
    clearTimeout(this.timer);
  }

  /** What a failed call is to throw: the reason of the abort, if there was one. */
  causeOf(cause: unknown): unknown {
    return this.signal.aborted ? reasonOf(this.signal) : cause;
  }

  /** Stops counting, and leaves the caller's signal. */
  end(): void {
    this.pause();
    this.outer?.removeEventListener('abort', this.onAbort);
  }
}

/** Settles as the promise does. Stops waiting for it at an abort. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(reasonOf(signal));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason as Error;
}
