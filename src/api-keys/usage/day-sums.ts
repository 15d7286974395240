import type { DayCounts } from './usage-table';

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The sums of counts for each of these days, in their order. Counts of other days are left out. */
export function sumByDay(days: readonly number[], counts: Iterable<DayCounts>): DayCounts[] {
  const sums = new Map<number, Mutable<DayCounts>>();
  for (const day of days) sums.set(day, { day, requests: 0, refusals: 0, points: 0 });
  for (const { day, requests, refusals, points } of counts) {
    const sum = sums.get(day);
    if (!sum) continue;
    sum.requests += requests;
    sum.refusals += refusals;
    sum.points += points;
  }
  return [...sums.values()];
}
