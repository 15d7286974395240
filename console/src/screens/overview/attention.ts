const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A data source without a point for this long is silent. */
export const SILENT_MILLIS = DAY;
/** A key that ends within this time needs a look. */
export const ENDS_SOON_MILLIS = 14 * DAY;

interface Measured {
  readonly name: string;
  readonly stats?: { readonly lastDataAt: string | null };
}

/** Data sources that had points and sent none for a day, the longest silence first. What never sent anything may still be set up. */
export function silentSources<S extends Measured>(sources: readonly S[], now: number): S[] {
  const seenAt = ({ stats }: S) => Date.parse(stats?.lastDataAt ?? '');
  return sources
    .filter((source) => now - seenAt(source) >= SILENT_MILLIS)
    .sort((one, other) => seenAt(one) - seenAt(other) || one.name.localeCompare(other.name, 'en'));
}

interface Ending {
  readonly expiresAt?: string;
  readonly replacedBy?: string;
}

/** Keys that end soon, the soonest first. One that was rotated ends because its replacement is there. */
export function endingKeys<K extends Ending>(keys: readonly K[], now: number): K[] {
  const endsAt = ({ expiresAt }: K) => Date.parse(expiresAt ?? '');
  return keys
    .filter((key) => key.replacedBy === undefined && endsAt(key) > now && endsAt(key) - now <= ENDS_SOON_MILLIS)
    .sort((one, other) => endsAt(one) - endsAt(other));
}

interface WebhookCounts {
  readonly webhooks: {
    readonly failing: number;
    readonly switchedOff: number;
    readonly deliveriesFailedLast24h: number;
  };
}

/** How many failures there are: messages that were given up within a day, or rules that cannot reach their webhook now. */
export function failedCount({ webhooks }: WebhookCounts): number {
  return Math.max(webhooks.deliveriesFailedLast24h, webhooks.failing + webhooks.switchedOff);
}

interface BucketRow {
  readonly name: string;
  readonly stats?: { readonly lastDataAt: string | null };
}

/** Buckets by their newest point, those without any last. */
export function newestFirst<B extends BucketRow>(buckets: readonly B[]): B[] {
  const at = ({ stats }: B) => Date.parse(stats?.lastDataAt ?? '') || 0;
  return [...buckets].sort((one, other) => at(other) - at(one) || one.name.localeCompare(other.name, 'en'));
}
