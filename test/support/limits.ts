import type { Answer } from './call';
import { refused, seen } from './refusals';

export const HOUR = 3_600_000;
export const MIDNIGHT = Date.UTC(2030, 1, 1);

/** The two clocks of a process under test: wall time, and monotonic time. */
export const clock = { date: 0, up: 1_000_000 };

export function pass(millis: number): void {
  clock.date += millis;
  clock.up += millis;
}

/** Sets the server's clocks to an hour before midnight, and freezes them. */
export function holdClock(): void {
  clock.date = MIDNIGHT - HOUR;
  clock.up += 1000 * HOUR;
  jest.spyOn(Date, 'now').mockImplementation(() => clock.date);
  jest.spyOn(performance, 'now').mockImplementation(() => clock.up);
}

export const rate = (limit: number, windowSeconds: number) => ({ rateLimit: { limit, windowSeconds } });
export const quota = (limit: number, per: 'day' | 'month') => ({ quota: { limit, per } });
export const secondsOf = (millis: number) => String(Math.ceil(millis / 1000));

/** The rate limit headers, in the order policy, current state, limit, remaining, reset. */
export function rateHeadersOf({ headers }: Answer): (string | null)[] {
  const lines = ['RateLimit-Policy', 'RateLimit', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];
  return lines.map((name) => headers.get(name));
}

/** Waits for the Retry-After of a refusal, and checks its message. */
export function waitForRetryAfter(answer: Answer): void {
  const wait = Number(answer.headers.get('retry-after')) * 1000;
  const time = new Date(clock.date + wait).toISOString();
  expect(seen(answer)).toEqual(refused(429, 'Too Many Requests', `Rate limit exceeded. Resets at ${time}`));
  expect(wait).toBeGreaterThan(0);
  pass(wait);
}
