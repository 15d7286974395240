import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { ApiError } from '../common/errors';
import type { Bucket } from './bucket.entity';
import { BUCKET_NOT_YOURS } from './buckets.errors';
import { BucketsService, type HeldBucket } from './buckets.service';

/** The part of a key that determines which buckets it can access. */
export type BucketReach = Pick<CurrentApiKey, 'organizationId' | 'bucketId'>;

/**
 * Buckets that a key can access. A Write or Read key gets the same error for every other bucket, whether it exists or not. For an
 * Admin key, buckets of other organizations do not exist.
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
   * Checks that a bucket exists, and locks it until the transaction's end.
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
