import { BucketPath } from './bucket-path.dto';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import type { LeanResponse } from '../common/http/lean-messages';
import { mapped, sendPaced } from '../common/http/paced-answer';
import type { YieldTurn } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { Pagination } from '../common/pagination';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import { BucketFinder } from './bucket-finder';
import { BucketsQuery, ListedBucketView } from './bucket-list.dto';
import { docs } from './buckets.docs';
import {
  BucketCreated,
  BucketDeleted,
  BucketDetails,
  BucketReply,
  BucketUpdated,
  BucketView,
  CreateBucketBody,
  UpdateBucketBody,
} from './buckets.dto';
import { BucketsService } from './buckets.service';

@ApiTags('Buckets')
@Controller('api/buckets')
export class BucketsController {
  constructor(
    private readonly buckets: BucketsService,
    private readonly finder: BucketFinder,
  ) {}

  @Post()
  @Documented(docs.create)
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
    return { message: BucketCreated.message, bucket: new BucketView(bucket) };
  }

  @Get()
  @Documented(docs.list)
  @LongWork()
  @RequireKeyType('admin', 'list buckets')
  async list(
    @CurrentKey() key: CurrentApiKey,
    @Query() query: BucketsQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const [found, total, hasMore] = await this.finder.list(key.organizationId, query, yieldTurn);
    const figures = query.include === 'stats' ? await this.finder.figuresOf(found, yieldTurn) : [];
    const buckets = mapped(found.entries(), ([index, bucket]) => new ListedBucketView(bucket, figures[index]));
    const pagination = new Pagination(query, total, found.length, hasMore);
    await sendPaced(response, { buckets, pagination }, yieldTurn);
  }

  @Get(':bucketId')
  @Documented(docs.get)
  @LongWork()
  @RequireKeyType('admin', 'access bucket details')
  async get(
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @CurrentYield() yieldTurn: YieldTurn,
  ): Promise<BucketReply> {
    const bucket = await this.buckets.get(key.organizationId, bucketId);
    return { bucket: new BucketDetails(bucket, await this.buckets.statsOf(bucket, yieldTurn)) };
  }

  @Patch(':bucketId')
  @Documented(docs.update)
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
    return { message: BucketUpdated.message, bucket: new BucketView(bucket) };
  }

  @Put(':bucketId')
  @Documented(docs.put)
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
  @Documented(docs.remove)
  @RequireKeyType('admin', 'delete buckets')
  async remove(
    @CurrentActor() by: Actor,
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
  ): Promise<BucketDeleted> {
    const { bucket, removed } = await this.buckets.remove(by, key.organizationId, bucketId);
    return {
      message: BucketDeleted.message,
      deletedBucket: { _id: bucket.id, name: bucket.name },
      deletedResources: removed,
    };
  }
}
