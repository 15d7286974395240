import { durationInWords } from './times';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What is left until a time, in its two largest units: `2 h 5 min`. Undefined once it has come. */
export function timeLeft(at: number, now: number): string | undefined {
  // Seconds alone matter below an hour, and the last one is not `999 ms`.
  const left = Math.ceil((at - now) / 1000) * 1000;
  return left <= 0 ? undefined : durationInWords(left);
}

/** After how many milliseconds `timeLeft` says something else, or sooner. Undefined once the time has come. */
export function timeLeftChangesIn(at: number, now: number): number | undefined {
  const left = at - now;
  if (left <= 0) return undefined;
  const unit = left > HOUR ? MINUTE : 1000;
  return left % unit || unit;
}
