import { ApiProblem } from '../../api/problem';

/** What passes by itself: too many requests, a server that is busy, restarting, full, or out of reach. */
const PASSING = [0, 408, 429, 502, 503, 504, 507];
const LONGEST_WAIT_SECONDS = 30;
/** A quota can end with the month, which is too long to wait for. */
const LONGEST_ASKED_SECONDS = 600;

/** Why an import waits, and until when. */
export interface Waiting {
  readonly reason: string;
  readonly until: number;
}

/** Does something again until it is answered, as the server asks. */
export class Patience {
  constructor(
    private readonly signal: AbortSignal,
    private readonly onWaiting: (waiting: Waiting | undefined) => void,
  ) {}

  /** @throws ApiProblem for a refusal that does not pass; an AbortError where the import is stopped */
  async until<T>(ask: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures++) {
      try {
        this.signal.throwIfAborted();
        return await ask();
      } catch (cause) {
        if (!(cause instanceof ApiProblem) || !passes(cause)) throw cause;
        await this.wait(waitMillis(cause, failures), reasonOf(cause));
      }
    }
  }

  private async wait(millis: number, reason: string): Promise<void> {
    this.onWaiting({ reason, until: Date.now() + millis });
    // It may be stopped by now.
    await new Promise<void>((resolve) => {
      if (this.signal.aborted) return resolve();
      const timer = setTimeout(resolve, millis);
      this.signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
    this.onWaiting(undefined);
  }
}

/** Whether it is worth waiting for. */
export function passes({ status, retryAfterSeconds = 0 }: ApiProblem): boolean {
  return PASSING.includes(status) && retryAfterSeconds <= LONGEST_ASKED_SECONDS;
}

/** @param failures those before */
export function waitMillis({ retryAfterSeconds }: ApiProblem, failures: number): number {
  return (retryAfterSeconds ?? Math.min(2 ** failures, LONGEST_WAIT_SECONDS)) * 1000;
}

function reasonOf(problem: ApiProblem): string {
  return problem.isUnreachable ? 'The server cannot be reached' : problem.message;
}
