import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { AFTER_AND_OFFSET } from '../common/errors';
import type { LeanResponse } from '../common/http/lean-messages';
import { mapped, sendPaced } from '../common/http/paced-answer';
import type { Pause } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { CursorQuery, Pagination } from '../common/pagination';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { CurrentPause, LongWork } from '../scheduling/long-work.decorator';
import {
  BucketCreated,
  BucketDeleted,
  BucketDetails,
  BucketList,
  BucketPath,
  BucketReply,
  BucketUpdated,
  BucketView,
  CreateBucketBody,
  UpdateBucketBody,
} from './buckets.dto';
import * as errors from './buckets.errors';
import { BucketsService } from './buckets.service';

@ApiTags('Buckets')
@Controller('api/buckets')
export class BucketsController {
  constructor(private readonly buckets: BucketsService) {}

  @Post()
  @Documented({
    id: 'createBucket',
    summary: 'Create a bucket',
    description: 'Data and the keys that guard it live in buckets. Names need not be unique.',
    status: 201,
    answer: BucketCreated,
    refusals: [errors.TOO_MANY_BUCKETS],
  })
  @RequireKeyType('admin', 'create buckets')
  async create(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Body() body: CreateBucketBody,
    @CurrentRetry({ of: 'bucket' }) retry: Retry | undefined,
  ): Promise<BucketCreated> {
    const { name, description = '', retentionDays = null } = body;
    const wanted = { name, description, retentionDays };
    const bucket = await this.buckets.create(by, key.organizationId, wanted, retry);
    return { message: 'Bucket created successfully', bucket: new BucketView(bucket) };
  }

  @Get()
  @Documented({
    id: 'listBuckets',
    summary: 'List buckets',
    description: 'Oldest first.',
    status: 200,
    answer: BucketList,
    refusals: [AFTER_AND_OFFSET],
  })
  @LongWork()
  @RequireKeyType('admin', 'list buckets')
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Query() page: CursorQuery,
    @CurrentPause() pause: Pause,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const [buckets, total, hasMore] = await this.buckets.list(key.organizationId, page, pause);
    const views = mapped(buckets, (bucket) => new BucketView(bucket));
    await sendPaced(
      response,
      { buckets: views, pagination: new Pagination(page, total, buckets.length, hasMore) },
      pause,
    );
  }

  @Get(':bucketId')
  @Documented({
    id: 'getBucket',
    summary: 'Get a bucket, and how much is in it',
    status: 200,
    answer: BucketReply,
    refusals: [errors.BUCKET_NOT_FOUND],
  })
  @RequireKeyType('admin', 'access bucket details')
  async get(@CurrentKey() key: CurrentApiKey, @Param() { bucketId }: BucketPath): Promise<BucketReply> {
    const bucket = await this.buckets.get(key.organizationId, bucketId);
    return { bucket: new BucketDetails(bucket, await this.buckets.statsOf(bucket)) };
  }

  @Patch(':bucketId')
  @Documented({
    id: 'updateBucket',
    summary: 'Change a bucket',
    description:
      'Changes the fields that are given and leaves the others as they are. A shorter `retentionDays` hides older points ' +
      'from this reply on. They are erased no sooner than 24 hours later: until then a longer one shows them again.',
    status: 200,
    answer: BucketUpdated,
    refusals: [errors.BUCKET_NOT_FOUND],
  })
  @RequireKeyType('admin', 'update buckets')
  async update(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Body() body: UpdateBucketBody,
  ): Promise<BucketUpdated> {
    const { name, retentionDays, status } = body;
    const description = body.description === null ? '' : body.description;
    const bucket = await this.buckets.update(by, key.organizationId, bucketId, {
      name,
      description,
      retentionDays,
      status,
    });
    return { message: 'Bucket updated successfully', bucket: new BucketView(bucket) };
  }

  @Put(':bucketId')
  @Documented({
    id: 'putBucket',
    summary: 'Change a bucket (the same as PATCH)',
    description: 'The same as PATCH, for clients that only know PUT: fields that are left out stay as they are.',
    status: 200,
    answer: BucketUpdated,
    refusals: [errors.BUCKET_NOT_FOUND],
  })
  @RequireKeyType('admin', 'update buckets')
  put(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() path: BucketPath,
    @Body() body: UpdateBucketBody,
  ): Promise<BucketUpdated> {
    return this.update(by, key, path, body);
  }

  @Delete(':bucketId')
  @HttpCode(200)
  @Documented({
    id: 'deleteBucket',
    summary: 'Delete a bucket and all that is in it',
    description: 'Its keys are refused from this reply on. The reply counts what has gone with the bucket.',
    status: 200,
    answer: BucketDeleted,
    refusals: [errors.BUCKET_NOT_FOUND],
  })
  @RequireKeyType('admin', 'delete buckets')
  async remove(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
  ): Promise<BucketDeleted> {
    const { bucket, removed } = await this.buckets.remove(by, key.organizationId, bucketId);
    return {
      message: 'Bucket deleted successfully',
      deletedBucket: { _id: bucket.id, name: bucket.name },
      deletedResources: removed,
    };
  }
}
