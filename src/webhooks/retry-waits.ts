const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long to wait after the first attempt that failed, the second, and so on: 17 hours and a half in all. */
const WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR];
export const MOST_ATTEMPTS = WAITS.length + 1;
const LONGEST_RETRY_AFTER = 10 * HOUR;
/** Up to so much longer, so that what failed together does not come back together. */
const JITTER = 0.1;

/**
 * How long to wait after so many attempts that failed, or undefined if that was the last.
 *
 * @param retryAfterMillis what the receiver asks for, which only makes it longer
 * @param random from 0 up to 1
 */
export function waitAfter(attempts: number, retryAfterMillis: number | null, random: number): number | undefined {
  const wait = WAITS[attempts - 1];
  if (wait === undefined) return undefined;
  const asked = Math.min(retryAfterMillis ?? 0, LONGEST_RETRY_AFTER);
  return Math.round(Math.max(wait, asked) * (1 + JITTER * random));
}
