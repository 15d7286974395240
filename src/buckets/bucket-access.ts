import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { ApiError } from '../common/errors';
import type { Bucket } from './bucket.entity';
import { BUCKET_NOT_YOURS } from './buckets.errors';
import { BucketsService, type HeldBucket } from './buckets.service';

/** What of a key says which buckets it may reach. */
export type BucketReach = Pick<CurrentApiKey, 'organizationId' | 'bucketId'>;

/**
 * Buckets as a key may reach them. Of any bucket but its own a Write or Read key is told the same, whether it is there or not;
 * to an Admin key those of other organizations are not there.
 */
@Injectable()
export class BucketAccess {
  constructor(private readonly buckets: BucketsService) {}

  /** @throws ApiError `BUCKET_NOT_YOURS` or `BUCKET_NOT_FOUND` */
  get(key: BucketReach, bucketId: string): Promise<Bucket> {
    requireOwn(key, bucketId);
    return this.buckets.get(key.organizationId, bucketId);
  }

  /**
   * Makes sure that a bucket is there and stays until the transaction's end.
   *
   * @throws ApiError `BUCKET_NOT_YOURS` or `BUCKET_NOT_FOUND`
   */
  hold(manager: EntityManager, key: BucketReach, bucketId: string, kind: 'SHARE' | 'UPDATE'): Promise<HeldBucket> {
    requireOwn(key, bucketId);
    return this.buckets.hold(manager, key.organizationId, bucketId, kind);
  }
}

function requireOwn(key: BucketReach, bucketId: string): void {
  if (key.bucketId !== null && key.bucketId !== bucketId) throw new ApiError(BUCKET_NOT_YOURS);
}
