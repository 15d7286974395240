import { KeyCreated, KeysCreated } from './key.views';
import { BucketPath } from '../buckets/bucket-path.dto';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { CsvQuery, markAsCsv, wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { sendPaced } from '../common/http/paced-answer';
import type { YieldTurn } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { Pagination } from '../common/pagination';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { docs } from './bucket-keys.docs';
import {
  BucketKeyPath,
  CreateBucketKeyBody,
  CreateManyKeysBody,
  KeysQuery,
  LineQuery,
  RotateKeyBody,
  toFilter,
  toNewKey,
  toRotationOptions,
  UpdateKeyBody,
} from './api-keys.dto';
import * as views from './api-keys.views';
import { KeyFinder } from './key-finder';
import { KeyRotation } from './key-rotation';
import { KeyService } from './key.service';
import { LineChanges } from './line-changes';
import { keysAsCsv } from './keys-csv';

/** The Write and Read keys of a bucket. Seed: Create API Key. */
@ApiTags('API keys')
@Controller('api/buckets/:bucketId/keys')
export class BucketKeysController {
  constructor(
    private readonly keys: KeyService,
    private readonly finder: KeyFinder,
    private readonly rotation: KeyRotation,
    private readonly changes: LineChanges,
  ) {}

  @Post()
  @Documented(docs.create)
  @RequireKeyType('admin', 'create API keys')
  async create(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Body() body: CreateBucketKeyBody,
    @CurrentRetry() retry: Retry | undefined,
  ): Promise<views.KeyCreated> {
    const created = await this.keys.create(by, { organizationId, bucketId }, toNewKey(body), retry);
    return { message: KeyCreated.message, apiKey: new views.NewKeyView(created) };
  }

  @Post('bulk')
  @Documented(docs.createMany)
  @LongWork()
  @RequireKeyType('admin', 'create API keys')
  async createMany(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() { excel }: CsvQuery,
    @Body() { keys }: CreateManyKeysBody,
    @CurrentRetry({ many: true }) retry: Retry | undefined,
    @CurrentYield() yieldTurn: YieldTurn,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<views.KeysCreated | string> {
    const wanted = keys.map((key, index) => toNewKey(key, ['body', 'keys', index]));
    const created = await this.keys.createMany(by, { organizationId, bucketId }, wanted, { retry, yieldTurn });
    if (wantsCsv(request)) {
      markAsCsv(response);
      return keysAsCsv(created, excel);
    }
    return {
      message: KeysCreated.message,
      apiKeys: created.map((one) => new views.NewKeyView(one)),
    };
  }

  @Get()
  @Documented(docs.list)
  @LongWork()
  @RequireKeyType('admin', 'list API keys')
  async list(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() query: KeysQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const { keys, total, hasMore } = await this.finder.list(
      { organizationId, bucketId },
      query,
      toFilter(query),
      yieldTurn,
    );
    await sendPaced(response, new views.KeyList(keys, new Pagination(query, total, keys.length, hasMore)), yieldTurn);
  }

  @Get(':keyId')
  @Documented(docs.get)
  @RequireKeyType('admin', 'view API keys')
  async get(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId, keyId }: BucketKeyPath,
  ): Promise<views.KeyReply> {
    return { apiKey: new views.KeyView(await this.keys.getWithSessions({ organizationId, bucketId }, keyId)) };
  }

  @Patch(':keyId')
  @Documented(docs.update)
  @RequireKeyType('admin', 'update API keys')
  async update(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId, keyId }: BucketKeyPath,
    @Query() { line }: LineQuery,
    @Body() body: UpdateKeyBody,
  ): Promise<views.KeyUpdated> {
    return new views.KeyUpdated(await this.changes.update(by, { organizationId, bucketId }, keyId, body, line));
  }

  @Post(':keyId/rotate')
  @Documented(docs.rotate)
  @RequireKeyType('admin', 'rotate API keys')
  async rotate(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId, keyId }: BucketKeyPath,
    @Body() body: RotateKeyBody,
    @CurrentRetry() retry: Retry | undefined,
  ): Promise<views.KeyRotated> {
    return new views.KeyRotated(
      await this.rotation.rotate(by, { organizationId, bucketId }, keyId, toRotationOptions(body), retry),
    );
  }

  @Delete(':keyId')
  @HttpCode(200)
  @Documented(docs.remove)
  @RequireKeyType('admin', 'delete API keys')
  async remove(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId, keyId }: BucketKeyPath,
    @Query() { line }: LineQuery,
  ): Promise<views.KeyDeleted> {
    return new views.KeyDeleted(await this.changes.remove(by, { organizationId, bucketId }, keyId, line));
  }
}
