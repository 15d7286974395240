import type { EntityManager } from 'typeorm';
import type { PointStore, StoredSource } from '../../points/point-store';
import { readerOf, type Slots } from './evaluated-points';

const POINTS_A_READ = 100;
/** Reading so many takes some milliseconds. */
const MAX_READS = 20;

/**
 * When each of some fields was last given a value by what is stored since a time, by name; nothing for one that was not, as far as the
 * last 2,000 points tell: what says nothing for so many others is taken to be on time.
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
