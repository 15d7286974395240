import type { Appended } from '../points/point-store';
import type { Admitted, OpenSource, Part, Refused } from './batch-admission';

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
