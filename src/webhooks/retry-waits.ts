const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The waits after the first failed attempt, the second, and so on: 17 hours and 37 minutes in total. */
const WAITS = [
  ...[5 * SECOND, 15 * SECOND, 30 * SECOND, 60 * SECOND],
  ...[5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR],
];
/** A delivery that has been queued for longer fails with its next failed attempt. */
export const LONGEST_QUEUED = 18 * HOUR;
const LONGEST_RETRY_AFTER = HOUR;
/** The share by which a wait is randomly extended, so that messages that failed together are not retried together. */
const JITTER = 0.1;

/** A `Retry-After` of at least this is followed exactly. A shorter one is often a mistake, so repeated ones back off. */
const SHORTEST_TRUSTED = SECOND;
const LEAST_PAUSE = SECOND / 4;
const PAUSE_UNASKED = 2 * SECOND;
const LONGEST_OWN_PAUSE = MINUTE;

/**
 * How long to wait after a number of failed attempts, in milliseconds; undefined after the last.
 *
 * @param retryAfterMillis the receiver's `Retry-After`, which can only extend the wait, up to an hour
 * @param random from 0 up to 1
 */
export function waitAfter(attempts: number, retryAfterMillis: number | null, random: number): number | undefined {
  const wait = WAITS[attempts - 1];
  if (wait === undefined) return undefined;
  const asked = Math.min(retryAfterMillis ?? 0, LONGEST_RETRY_AFTER);
  return Math.round(Math.max(wait, asked) * (1 + JITTER * random));
}

/**
 * How long to pause a URL that answered with a rate limit, in milliseconds.
 *
 * @param pauses how many times it was paused since the last success, including this one
 * @param retryAfterMillis the receiver's `Retry-After`, which is followed exactly from one second to one hour
 */
export function pauseAfter(pauses: number, retryAfterMillis: number | null): number {
  if (retryAfterMillis !== null && retryAfterMillis >= SHORTEST_TRUSTED)
    return Math.min(retryAfterMillis, LONGEST_RETRY_AFTER);
  const first = retryAfterMillis === null ? PAUSE_UNASKED : LEAST_PAUSE;
  const own = Math.min(first * 2 ** Math.min(pauses - 1, 20), LONGEST_OWN_PAUSE);
  return Math.max(retryAfterMillis ?? 0, own);
}
