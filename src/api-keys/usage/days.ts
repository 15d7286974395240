import type { Quota } from '../../common/rate-limit';
import { isoTime } from '../../common/times';

const DAY_MILLIS = 86_400_000;

/** Days since 1970 in UTC. */
export function dayOf(millis: number): number {
  return Math.floor(millis / DAY_MILLIS);
}

/** When a day begins, in milliseconds since 1970. */
export function startOf(day: number): number {
  return day * DAY_MILLIS;
}

/** Formats a day as `2026-11-23`. */
export function dayText(day: number): string {
  return isoTime(startOf(day)).slice(0, 10);
}

/** The days from the first to the last, both included. */
export function daysFrom(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The calendar day or month (UTC) that contains a moment: its first day and its end. */
export function periodOf(per: Quota['per'], millis: number): { readonly firstDay: number; readonly endsAt: number } {
  if (per === 'day') return { firstDay: dayOf(millis), endsAt: startOf(dayOf(millis) + 1) };
  const date = new Date(millis);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { firstDay: dayOf(Date.UTC(year, month)), endsAt: Date.UTC(year, month + 1) };
}
