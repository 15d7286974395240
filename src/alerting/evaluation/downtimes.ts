/** A time in which no instance of the server ran, or which a clock skipped: from the first moment on, before the last. */
export interface Downtime {
  readonly since: number;
  readonly until: number;
}

/** How many milliseconds of a range absences cover. Where they overlap, they count once. */
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

/** Absences on a clock that was set back: the time that is yet to come counts again. */
export function truncateAt(downtimes: readonly Downtime[], now: number): Downtime[] {
  return downtimes
    .filter(({ since }) => since < now)
    .map(({ since, until }) => ({ since, until: Math.min(until, now) }));
}
