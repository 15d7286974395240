import type { TimeRange } from '../../chart/series';
import { instantOf, offsetAt } from '../../lib/zone-clock';

/** What a range can be compared with: the same time of a day, week, month or year before. */
export const PERIODS = ['day', 'week', 'month', 'year'] as const;
export type Period = (typeof PERIODS)[number];

const WEEK_DAYS = 7;

/** The same local time, a number of periods later. The 31st becomes the last day of a shorter month. */
export function shifted(at: number, period: Period, count: number, zone: string): number {
  const clock = new Date(at + offsetAt(at, zone));
  if (period === 'day') clock.setUTCDate(clock.getUTCDate() + count);
  else if (period === 'week') clock.setUTCDate(clock.getUTCDate() + WEEK_DAYS * count);
  else addMonths(clock, period === 'year' ? 12 * count : count);
  return instantOf(clock.getTime(), zone);
}

export function earlierRange({ from, to }: TimeRange, period: Period, zone: string): TimeRange {
  return { from: shifted(from, period, -1, zone), to: shifted(to, period, -1, zone) };
}

/**
 * The places of earlier times that have a local time in the present period, with that time. Of an hour that the clock repeats, the first is
 * kept, so that times ascend.
 */
export function laterPlaces(times: readonly number[], period: Period, zone: string): { place: number; time: number }[] {
  let last = -Infinity;
  const found: { place: number; time: number }[] = [];
  times.forEach((at, place) => {
    const time = shifted(at, period, 1, zone);
    if (time <= last) return;
    last = time;
    found.push({ place, time });
  });
  return found;
}

function addMonths(clock: Date, count: number): void {
  const day = clock.getUTCDate();
  clock.setUTCDate(1);
  clock.setUTCMonth(clock.getUTCMonth() + count);
  const days = new Date(Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth() + 1, 0)).getUTCDate();
  clock.setUTCDate(Math.min(day, days));
}
