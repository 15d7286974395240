import type { EntityManager } from 'typeorm';
import type { BucketFigures, ListedBucket } from '../buckets/bucket-contents';
import type { YieldTurn } from '../common/http/yield';
import { databaseBytes } from '../database/size';
import { countAllStored } from '../points/point-totals';
import { latestTimesOf } from '../points/recent-points';
import { countEachFrom } from '../points/visible-points';
import { numbersOfBucketInSlices } from '../sources/source-lists';
import type { DailyRates } from './daily-rates';

/** A bucket, the numbers of its sources, and the sums over them. */
interface Summed extends ListedBucket {
  readonly sources: readonly number[];
  readonly latestTimes: Map<number, number>;
  points: number;
}

/** The contents of several buckets, in their order. The sources of all of them are read together. */
export async function bucketFigures(
  manager: EntityManager,
  buckets: readonly ListedBucket[],
  { rates, nowMillis }: { readonly rates: DailyRates; readonly nowMillis: number },
  yieldTurn: YieldTurn,
): Promise<BucketFigures[]> {
  const summed: Summed[] = [];
  for (const bucket of buckets) {
    await yieldTurn();
    const sources = await numbersOfBucketInSlices(manager, bucket.id, yieldTurn);
    summed.push({ ...bucket, sources, latestTimes: new Map(), points: 0 });
  }
  for (const visibleFrom of new Set(buckets.map((bucket) => bucket.visibleFrom)))
    await addUp(
      manager,
      summed.filter((bucket) => bucket.visibleFrom === visibleFrom),
      visibleFrom,
      yieldTurn,
    );
  const bytesPerPoint = (await databaseBytes(manager)) / Math.max(1, await countAllStored(manager));
  const figures: BucketFigures[] = [];
  for (const bucket of summed)
    figures.push({
      dataSourceCount: bucket.sources.length,
      dataPointCount: bucket.points,
      storageBytes: Math.round(bucket.points * bytesPerPoint),
      lastDataAt: latestOf(bucket),
      dataPointsPerDay: await rates.of(manager, bucket, nowMillis, yieldTurn),
    });
  return figures;
}

/** Adds the figures of sources that become visible at the same time to the sums of their buckets. */
async function addUp(
  manager: EntityManager,
  buckets: readonly Summed[],
  visibleFrom: number,
  yieldTurn: YieldTurn,
): Promise<void> {
  const owners = new Map(buckets.flatMap((bucket) => bucket.sources.map((number) => [number, bucket] as const)));
  const numbers = [...owners.keys()];
  for (const [number, count] of await countEachFrom(manager, numbers, visibleFrom, yieldTurn)) {
    const bucket = owners.get(number);
    if (bucket) bucket.points += count;
  }
  for (const [number, at] of await latestTimesOf(manager, numbers, yieldTurn)) {
    if (at >= visibleFrom) owners.get(number)?.latestTimes.set(number, at);
  }
}

function latestOf({ latestTimes }: Summed): number | null {
  let latest: number | null = null;
  for (const at of latestTimes.values()) latest = Math.max(latest ?? 0, at);
  return latest;
}
