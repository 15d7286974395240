/** A signal for one attempt. Call `end` after the attempt: it removes the timer and the listener. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether the attempt ran out of time. */
  isLate(): boolean;
  end(): void;
}

/**
 * Aborts after `millis`, or when `stop` does. `AbortSignal.any` is not used because it leaks memory for each signal derived
 * from a long-lived one (Node 20).
 */
export function startDeadline(millis: number, stop?: AbortSignal): Deadline {
  const controller = new AbortController();
  const abort = () => controller.abort(stop?.reason);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, millis);
  stop?.addEventListener('abort', abort);
  if (stop?.aborted) abort();
  return {
    signal: controller.signal,
    isLate: () => late,
    end() {
      clearTimeout(timer);
      stop?.removeEventListener('abort', abort);
    },
  };
}

/** Resolves or rejects with the work, or rejects with the signal's reason as soon as it is aborted. */
export async function raced<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    if (abort) signal.removeEventListener('abort', abort);
  }
}
