import type { EntityManager } from 'typeorm';
import type { PointStore } from '../../points/point-store';
import type { StoredSource } from '../../sources/source-rows';
import { readerOf, type Slots } from './evaluated-points';

const POINTS_A_READ = 100;
/** Together 2,000 points, which takes a few milliseconds. */
const MAX_READS = 20;

/**
 * The time of the newest stored value of each field since a time, by name. A field without a value among the newest 2,000 points
 * is absent: points with it count as on time.
 */
export async function readFieldTimes(
  store: PointStore,
  manager: EntityManager,
  source: StoredSource,
  slots: Slots,
  from: number,
): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  let after: { at: number; meta: number } | undefined;
  for (let reader = 0; reader < MAX_READS; reader++) {
    const range = [from, Number.MAX_SAFE_INTEGER] as const;
    const points = await store.read(manager, source, range, { limit: POINTS_A_READ, sort: 'desc', after });
    for (const point of points) {
      const valueOf = readerOf(point, slots);
      for (const field of slots.keys())
        if (!times.has(field) && valueOf(field) !== undefined) times.set(field, point.at);
      if (times.size === slots.size) return times;
    }
    after = points.at(-1);
    if (points.length < POINTS_A_READ || !after) return times;
  }
  return times;
}
