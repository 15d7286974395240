import type { EntityManager } from 'typeorm';
import type { BucketFigures, ListedBucket } from '../buckets/bucket-contents';
import type { YieldTurn } from '../common/http/yield';
import { databaseBytes } from '../database/size';
import { countAllStored } from '../points/point-totals';
import { recentPointsOf } from '../points/recent-points';
import { countEachFrom } from '../points/visible-points';
import { numbersOfBucketInSlices } from '../sources/source-lists';

const DAY_MILLIS = 86_400_000;
/** The days of `dataPointsPerDay`. */
const RECENT_DAYS = 7;

/** The sums over the sources of a bucket. */
interface Sums {
  sources: number;
  points: number;
  latestAt: number | null;
  recent: number;
}

/** The contents of several buckets, in their order. The sources of all of them are read together. */
export async function bucketFigures(
  manager: EntityManager,
  buckets: readonly ListedBucket[],
  nowMillis: number,
  yieldTurn: YieldTurn,
): Promise<BucketFigures[]> {
  const sums = buckets.map((): Sums => ({ sources: 0, points: 0, latestAt: null, recent: 0 }));
  const owners = new Map<number, Map<number, Sums>>();
  for (const [index, { id, visibleFrom }] of buckets.entries()) {
    await yieldTurn();
    const ofBucket = sums[index] as Sums;
    const numbers = await numbersOfBucketInSlices(manager, id, yieldTurn);
    ofBucket.sources = numbers.length;
    const group = owners.get(visibleFrom) ?? new Map<number, Sums>();
    owners.set(visibleFrom, group);
    for (const number of numbers) group.set(number, ofBucket);
  }
  for (const [visibleFrom, group] of owners) await addUp(manager, group, { visibleFrom, nowMillis }, yieldTurn);
  const bytesPerPoint = (await databaseBytes(manager)) / Math.max(1, await countAllStored(manager));
  return sums.map(({ sources, points, latestAt, recent }, index) => ({
    dataSourceCount: sources,
    dataPointCount: points,
    storageBytes: Math.round(points * bytesPerPoint),
    lastDataAt: latestAt,
    dataPointsPerDay: Math.round(recent / Math.min(RECENT_DAYS, buckets[index]?.retentionDays ?? RECENT_DAYS)),
  }));
}

/** Adds the figures of sources that become visible at the same time to the sums of their buckets. */
async function addUp(
  manager: EntityManager,
  owners: ReadonlyMap<number, Sums>,
  { visibleFrom, nowMillis }: { readonly visibleFrom: number; readonly nowMillis: number },
  yieldTurn: YieldTurn,
): Promise<void> {
  const numbers = [...owners.keys()];
  const range = [Math.max(nowMillis - RECENT_DAYS * DAY_MILLIS, visibleFrom), nowMillis] as const;
  for (const [number, count] of await countEachFrom(manager, numbers, visibleFrom, yieldTurn)) {
    const sums = owners.get(number);
    if (sums) sums.points += count;
  }
  for (const [number, { latestAt, count }] of await recentPointsOf(manager, numbers, range, yieldTurn)) {
    const sums = owners.get(number);
    if (!sums) continue;
    sums.recent += count;
    if (latestAt !== null && latestAt >= visibleFrom) sums.latestAt = Math.max(sums.latestAt ?? 0, latestAt);
  }
}
