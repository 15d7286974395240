const DAY_MILLIS = 86_400_000;

/** How long a bucket keeps its points: so many days, or for ever. */
export interface Retention {
  readonly retentionDays: number | null;
}

/** The earliest time that a bucket shows: what is older is in no answer and cannot be stored. 0 without a retention. */
export function visibleFrom({ retentionDays }: Retention, nowMillis: number): number {
  return retentionDays === null ? 0 : Math.max(0, nowMillis - retentionDays * DAY_MILLIS);
}
