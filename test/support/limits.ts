import type { Answer } from './call';
import { refused, seen } from './refusals';

export const HOUR = 3_600_000;
export const MIDNIGHT = Date.UTC(2030, 1, 1);

/** The two clocks of a process under test: that of the day, and the one that never goes back. */
export const clock = { date: 0, up: 1_000_000 };

export function pass(millis: number): void {
  clock.date += millis;
  clock.up += millis;
}

/** Sets the server's clocks to an hour before midnight, and holds them still. */
export function holdClock(): void {
  clock.date = MIDNIGHT - HOUR;
  clock.up += 1000 * HOUR;
  jest.spyOn(Date, 'now').mockImplementation(() => clock.date);
  jest.spyOn(performance, 'now').mockImplementation(() => clock.up);
}

export const rate = (limit: number, windowSeconds: number) => ({ rateLimit: { limit, windowSeconds } });
export const quota = (limit: number, per: 'day' | 'month') => ({ quota: { limit, per } });
export const secondsOf = (millis: number) => String(Math.ceil(millis / 1000));

/** The lines that tell of limits, in the order policy, standing, limit, remaining, reset. */
export function told({ headers }: Answer): (string | null)[] {
  const lines = ['RateLimit-Policy', 'RateLimit', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];
  return lines.map((name) => headers.get(name));
}

/** Waits as long as a refusal says, and looks at its sentence. */
export function obey(answer: Answer): void {
  const wait = Number(answer.headers.get('retry-after')) * 1000;
  const time = new Date(clock.date + wait).toISOString();
  expect(seen(answer)).toEqual(refused(429, 'Too Many Requests', `Rate limit exceeded. Resets at ${time}`));
  expect(wait).toBeGreaterThan(0);
  pass(wait);
}
