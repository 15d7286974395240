import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { BUCKET_NOT_FOUND, SOURCE_NOT_FOUND } from '../buckets/buckets.errors';
import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../common/errors';
import { CsvQuery, markAsCsv, wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { sendPaced } from '../common/http/paced-answer';
import type { Pause } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { Pagination } from '../common/pagination';
import { CurrentPause, LongWork } from '../scheduling/long-work.decorator';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import {
  BucketKeyPath,
  BucketPath,
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
import * as errors from './api-keys.errors';
import * as views from './api-keys.views';
import { KeyFinder } from './key-finder';
import { KeyRotation } from './key-rotation';
import { KeyService } from './key.service';
import { LineChanges } from './line-changes';
import { KEYS_CSV_EXAMPLE, keysAsCsv } from './keys-csv';

const examples = views.BUCKET_KEY_EXAMPLES;

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
  @Documented({
    id: 'createApiKey',
    summary: 'Create a Write or Read key for a bucket',
    description:
      'A Write key ingests data, creates data sources and manages alerts; a Read key queries data and views analytics. ' +
      'The full key is in this reply alone: store it at once.',
    status: 201,
    answer: views.KeyCreated,
    answerDescription: 'The key, shown this once',
    example: examples.created,
    refusals: [BUCKET_NOT_FOUND, SOURCE_NOT_FOUND, errors.WRITE_ONLY_FOR_WRITE_KEYS, errors.TOO_MANY_KEYS],
  })
  @RequireKeyType('admin', 'create API keys')
  async create(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Body() body: CreateBucketKeyBody,
    @CurrentRetry() retry: Retry | undefined,
  ): Promise<views.KeyCreated> {
    const created = await this.keys.create(by, { organizationId, bucketId }, toNewKey(body), retry);
    return { message: 'API key created successfully', apiKey: new views.NewKeyView(created) };
  }

  @Post('bulk')
  @Documented({
    id: 'createManyApiKeys',
    summary: 'Create up to 500 keys for a bucket at once',
    description:
      'All of them or none, in one commit. Send JSON, or CSV with the columns `name` and `type` and one for each other field ' +
      'that you need, separated by `,` or `;`. With `Accept: text/csv` the answer is CSV too, to flash devices from. The full ' +
      'keys are in this reply alone.',
    status: 201,
    answer: views.KeysCreated,
    answerDescription: 'The keys, shown this once, in the order in which they were asked for',
    answerCsv: KEYS_CSV_EXAMPLE,
    example: examples.createdMany,
    refusals: [BUCKET_NOT_FOUND, SOURCE_NOT_FOUND, errors.WRITE_ONLY_FOR_WRITE_KEYS, errors.TOO_MANY_KEYS],
  })
  @LongWork()
  @RequireKeyType('admin', 'create API keys')
  async createMany(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() { excel }: CsvQuery,
    @Body() { keys }: CreateManyKeysBody,
    @CurrentRetry({ many: true }) retry: Retry | undefined,
    @CurrentPause() pause: Pause,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<views.KeysCreated | string> {
    const wanted = keys.map((key, index) => toNewKey(key, ['body', 'keys', index]));
    const created = await this.keys.createMany(by, { organizationId, bucketId }, wanted, { retry, pause });
    if (wantsCsv(request)) {
      markAsCsv(response);
      return keysAsCsv(created, excel);
    }
    return {
      message: 'API keys created successfully',
      apiKeys: created.map((one) => new views.NewKeyView(one)),
    };
  }

  @Get()
  @Documented({
    id: 'listApiKeys',
    summary: 'List the API keys of a bucket',
    description:
      'Oldest first. Full keys are never shown again: `keyPrefix` is enough to tell them apart by. To page through a list that ' +
      'others change, send the last `_id` of each page as `after` for the next one.',
    status: 200,
    answer: views.KeyList,
    example: examples.list,
    refusals: [BUCKET_NOT_FOUND, AFTER_UNKNOWN, AFTER_AND_OFFSET],
  })
  @LongWork()
  @RequireKeyType('admin', 'list API keys')
  async list(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() query: KeysQuery,
    @CurrentPause() pause: Pause,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const { keys, total, hasMore } = await this.finder.list(
      { organizationId, bucketId },
      query,
      toFilter(query),
      pause,
    );
    await sendPaced(response, new views.KeyList(keys, new Pagination(query, total, keys.length, hasMore)), pause);
  }

  @Get(':keyId')
  @Documented({
    id: 'getApiKey',
    summary: 'Get one API key of a bucket',
    description: 'With what it is held to. After a rotation it says what it `replaces` or what it was `replacedBy`.',
    status: 200,
    answer: views.KeyReply,
    example: examples.one,
    refusals: [BUCKET_NOT_FOUND, errors.KEY_NOT_FOUND],
  })
  @RequireKeyType('admin', 'view API keys')
  async get(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId, keyId }: BucketKeyPath,
  ): Promise<views.KeyReply> {
    return { apiKey: new views.KeyView(await this.keys.get({ organizationId, bucketId }, keyId)) };
  }

  @Patch(':keyId')
  @Documented({
    id: 'updateApiKey',
    summary: 'Change an API key of a bucket',
    description:
      'Changes the fields that are given; `null` takes a bound away. A disabled key is refused from this reply on, on every ' +
      'instance of the server. Type, bucket, `dataSourceId`, `writeOnly` and `selfRotation` stay as they were made. Where the ' +
      'key may do less than before, `descendants` names the living keys that it was rotated into; `line=true` changes them too.',
    status: 200,
    answer: views.KeyUpdated,
    example: examples.updated,
    refusals: [BUCKET_NOT_FOUND, errors.KEY_NOT_FOUND, errors.KEY_RETIRED, errors.LINE_FULL, errors.TOO_MANY_KEYS],
  })
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
  @Documented({
    id: 'rotateApiKey',
    summary: 'Replace an API key of a bucket by a new one',
    description:
      'The new key has the same rights. The old one dies at the end of its grace period, or as soon as the new one is used ' +
      'where `retireOnFirstUse` says so. GET on the old key tells when it dies and when it was last used.',
    status: 201,
    answer: views.KeyRotated,
    answerDescription: 'The new key, shown this once, and when the old one dies',
    example: examples.rotated,
    refusals: [
      BUCKET_NOT_FOUND,
      errors.KEY_NOT_FOUND,
      errors.RETIRE_NEEDS_GRACE,
      errors.KEY_ALREADY_ROTATED,
      errors.KEY_EXPIRED,
      errors.KEY_DISABLED,
      errors.LINE_FULL,
      errors.TOO_MANY_KEYS,
    ],
  })
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
  @Documented({
    id: 'deleteApiKey',
    summary: 'Delete an API key of a bucket',
    description:
      'The key is refused from this reply on, on every instance of the server. `descendants` names the living keys that it ' +
      'was rotated into; `line=true` deletes them too.',
    status: 200,
    answer: views.KeyDeleted,
    refusals: [BUCKET_NOT_FOUND, errors.KEY_NOT_FOUND],
  })
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
