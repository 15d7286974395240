import { ApiProblem } from './problem';

const MAX_RETRIES = 3;
/** A server that is restarting, busy, or behind a proxy that cannot reach it. */
const PASSING = [502, 503, 504];
const LONGEST_WAIT_MILLIS = 10_000;

/** Whether a failed request is worth sending again by itself: only what passes without anyone changing anything. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  // How long a refused key or address has to wait is shown to the person instead.
  return failures < MAX_RETRIES && (isPassing(error) || (error instanceof ApiProblem && error.isUnreachable));
}

/** Whether a server, or a proxy before it, answered that it cannot serve the request at present. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && PASSING.includes(error.status);
}

/** How long to wait before the next try. `Retry-After` takes precedence. */
export function retryWaitMillis(failures: number, error: unknown): number {
  const asked = error instanceof ApiProblem ? error.retryAfterSeconds : undefined;
  return Math.min(asked === undefined ? 500 * 2 ** failures : asked * 1000, LONGEST_WAIT_MILLIS);
}
