import type { PackedPoint } from './values';

/** A point, with the index of its request. */
export interface SentPoint {
  readonly point: PackedPoint;
  readonly request: number;
}

/** Sorts the points of all requests by time and metadata. Points with the same identity keep their order. */
export function sortPoints(requests: readonly (readonly PackedPoint[])[]): SentPoint[] {
  const sent: SentPoint[] = [];
  let isSorted = true;
  for (const [request, points] of requests.entries())
    for (const point of points) {
      const before = sent.at(-1)?.point;
      if (before && (before.at > point.at || (before.at === point.at && before.meta > point.meta))) isSorted = false;
      sent.push({ point, request });
    }
  return isSorted
    ? sent
    : sent.sort((one, other) => one.point.at - other.point.at || one.point.meta - other.point.meta);
}

/** Whether two points have the same identity. */
export function hasSameIdentity(one: PackedPoint, other: PackedPoint): boolean {
  return one.at === other.at && one.meta === other.meta;
}
