const DAY_MILLIS = 86_400_000;

/** How long a bucket keeps its points: a number of days, or null for no limit. */
export interface Retention {
  readonly retentionDays: number | null;
}

/** The earliest visible time of a bucket. Older points are neither returned nor accepted. 0 without a retention. */
export function visibleFrom({ retentionDays }: Retention, nowMillis: number): number {
  return retentionDays === null ? 0 : Math.max(0, nowMillis - retentionDays * DAY_MILLIS);
}
