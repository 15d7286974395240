import type { Appended } from '../points/point-store';
import { pointsIn } from '../points/point-block';
import type { PackedPoint } from '../points/values';
import type { Admitted, IngestRequest, Refused } from './ingest-request';
import type { OpenSource, Part } from './part';
import { LARGE_BLOCK } from './sent-block';

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
  for (const [index, { points, blocks }] of parts)
    if ((points.length > 0 || blocks) && !requests[index]?.quiet) return false;
  return true;
}

/** The points of a source that do not come from quiet requests. */
export function livePoints(parts: ReadonlyMap<number, Part>, requests: readonly IngestRequest[]): PackedPoint[] {
  return [...parts].flatMap(([index, part]) => (requests[index]?.quiet ? [] : pointsIn(part)));
}

/** Each further data source of a request takes about as long as this many points. */
const POINTS_PER_SOURCE = 25;
/** A point with more values than these takes longer, in proportion. */
const VALUES_PER_POINT = 10;

/**
 * About how many points of one data source take as long to store as this request. Each rollup counts as one, too. Points that are not in blocks count as one each: a
 * request of them is not divided, and the time that the last commits took sizes the next one.
 */
export function weightOf({ points, blocks = [] }: Pick<IngestRequest, 'points' | 'blocks'>): number {
  const ids = new Set<string>();
  let weight = points.length;
  for (const { dataSourceId, rows } of blocks) {
    ids.add(dataSourceId);
    weight += rows.length * Math.max(1, rows.names.length / VALUES_PER_POINT) + (rows.rollups ?? 0);
  }
  return weight + POINTS_PER_SOURCE * Math.max(0, ids.size - 1);
}

/** How many points of a request are in large blocks that are stored as they are. */
export function countInLargeBlocks({ blocks = [] }: Pick<IngestRequest, 'blocks'>): number {
  return blocks.reduce(
    (sum, { rows: { length }, packed }) => (packed && length >= LARGE_BLOCK ? sum + length : sum),
    0,
  );
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
