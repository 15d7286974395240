/** A time in which no instance of the server ran, or which a clock skipped: `[since, until)`. */
export interface Downtime {
  readonly since: number;
  readonly until: number;
}

/** How many milliseconds of a range are downtime. Overlaps count once. */
export function downtimeWithin(downtimes: readonly Downtime[], from: number, to: number): number {
  let covered = from;
  let total = 0;
  for (const { since, until } of [...downtimes].sort((one, other) => one.since - other.since)) {
    const start = Math.max(since, covered);
    const end = Math.min(until, to);
    if (end <= start) continue;
    total += end - start;
    covered = end;
  }
  return total;
}

/** The downtimes after the clock was set back: none reaches into the future. */
export function truncateAt(downtimes: readonly Downtime[], now: number): Downtime[] {
  return downtimes
    .filter(({ since }) => since < now)
    .map(({ since, until }) => ({ since, until: Math.min(until, now) }));
}
