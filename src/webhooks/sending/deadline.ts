/** A signal for one attempt. `end` must be called when it is over: it leaves neither a timer nor a listener behind. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether it was the time that ended it. */
  isLate(): boolean;
  end(): void;
}

/**
 * Aborts after so long, or when `stop` does. `AbortSignal.any` with a signal that lives as long as the server keeps some memory for
 * every signal that was ever made of it (Node 20).
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

/** What the work comes to, unless the signal is aborted before: then it rejects with the reason of that, and at once. */
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
