import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PointsInBucket, type BucketFigures, type CountedBucket, type ListedBucket } from '../buckets/bucket-contents';
import { IMMEDIATE_YIELD, type YieldTurn } from '../common/http/yield';
import { storedTotal } from '../points/point-totals';
import { countFrom } from '../points/visible-points';
import { bucketFigures } from './bucket-figures';
import { DailyRates } from './daily-rates';
import { numbersOfBucketInSlices, SOURCES_OF_BUCKET } from '../sources/source-lists';

/** Counts the points of a bucket. Points of a deleted bucket are removed in the background, with its sources. */
@Injectable()
export class BucketPoints extends PointsInBucket {
  private readonly rates = new DailyRates();

  override async count(
    manager: EntityManager,
    { id, visibleFrom }: CountedBucket,
    yieldTurn: YieldTurn = IMMEDIATE_YIELD,
  ): Promise<number> {
    const numbers = await numbersOfBucketInSlices(manager, id, yieldTurn);
    return countFrom(manager, numbers, visibleFrom, yieldTurn);
  }

  override figuresOf(
    manager: EntityManager,
    buckets: readonly ListedBucket[],
    nowMillis: number,
    yieldTurn: YieldTurn,
  ): Promise<BucketFigures[]> {
    return bucketFigures(manager, buckets, { rates: this.rates, nowMillis }, yieldTurn);
  }

  /** The sources may already be marked as deleted in the same transaction. */
  override async removeAll(manager: EntityManager, bucketId: string, deletedAt: number): Promise<number> {
    return (await storedTotal(manager, SOURCES_OF_BUCKET, [bucketId, deletedAt])).count;
  }
}
