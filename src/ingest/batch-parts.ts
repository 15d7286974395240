import type { Appended } from '../points/point-store';
import type { PackedPoint } from '../points/values';
import type { Admitted, IngestRequest, OpenSource, Part, Refused } from './batch-admission';

/** The points by source and request, ordered by source number so that locks have the same order in every transaction. */
export function bySource(admitted: readonly (Admitted | Refused)[]) {
  const sources = new Map<OpenSource, Map<number, Part>>();
  for (const [request, one] of admitted.entries()) {
    if ('cause' in one) continue;
    for (const [source, part] of one.parts) {
      const parts = sources.get(source);
      if (parts) parts.set(request, part);
      else sources.set(source, new Map([[request, part]]));
    }
  }
  return [...sources].sort(([one], [other]) => one.number - other.number);
}

/** Whether all points of a source come from quiet requests. */
export function isOnlyHistory(parts: ReadonlyMap<number, Part>, requests: readonly IngestRequest[]): boolean {
  for (const [index, { points }] of parts) if (points.length > 0 && !requests[index]?.quiet) return false;
  return true;
}

/** The points of a source that do not come from quiet requests. */
export function livePoints(parts: ReadonlyMap<number, Part>, requests: readonly IngestRequest[]): PackedPoint[] {
  return [...parts].flatMap(([index, { points }]) => (requests[index]?.quiet ? [] : points));
}

/** Adds the counts of one source to those of a request. */
export function addTo(
  counts: { -readonly [Name in keyof Appended]: number } | undefined,
  more: Appended | undefined,
): void {
  if (!counts || !more) return;
  counts.inserted += more.inserted;
  counts.updated += more.updated;
  counts.duplicates += more.duplicates;
}
