import { hasSameIdentity, type SentPoint } from './point-order';
import { hasSameValues, identityOf, mergedPoint, type PackedPoint } from './values';

/** The number of points that were inserted, updated, or already stored. The three add up to the points sent. */
export interface Appended {
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
}

/** What is written of the points of several requests for one source. */
export interface SettledPoints {
  /** Points that are inserted, in ascending order. */
  readonly fresh: readonly PackedPoint[];
  /** Points that replace stored ones, in ascending order. */
  readonly replaced: readonly PackedPoint[];
  /** The counts for each request. */
  readonly appended: Appended[];
}

interface SettleOptions {
  /** The points that are stored, by identity. */
  readonly stored?: ReadonlyMap<string, PackedPoint>;
  readonly merges?: ((request: number) => boolean) | undefined;
}

type Counts = { -readonly [Name in keyof Appended]: number };

/**
 * Decides which points are written. Of several points with the same identity, only the last one is, or all of them merged.
 *
 * @param sorted as `sortPoints` returns them
 * @param requests the number of requests
 */
export function settlePoints(
  sorted: readonly SentPoint[],
  requests: number,
  { stored, merges }: SettleOptions,
): SettledPoints {
  const appended = Array.from({ length: requests }, (): Counts => ({ inserted: 0, updated: 0, duplicates: 0 }));
  const fresh: PackedPoint[] = [];
  const replaced: PackedPoint[] = [];
  const isAnyStored = stored !== undefined && stored.size > 0;
  for (let index = 0; index < sorted.length;) {
    const first = sorted[index] as SentPoint;
    const before = isAnyStored ? stored.get(identityOf(first.point)) : undefined;
    let now = before;
    for (const start = index; index < sorted.length; index++) {
      const { point: sent, request } = sorted[index] as SentPoint;
      if (index > start && !hasSameIdentity(sent, first.point)) break;
      const point: PackedPoint = now && merges?.(request) ? mergedPoint(now, sent) : sent;
      const counts = appended[request] as Counts;
      if (!now) counts.inserted += 1;
      else if (hasSameValues(now, point)) {
        counts.duplicates += 1;
        continue;
      } else counts.updated += 1;
      now = point;
    }
    if (now && now !== before) (before ? replaced : fresh).push(now);
  }
  return { fresh, replaced, appended };
}
