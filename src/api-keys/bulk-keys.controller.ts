import { Body, Controller, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../access/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../access/current-key.decorator';
import { RequireKeyType } from '../access/require-key-type.decorator';
import { BUCKET_NOT_FOUND } from '../buckets/buckets.errors';
import { CsvQuery, markAsCsv, wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { Pause } from '../common/http/pause';
import type { Actor } from '../common/journal';
import { Documented } from '../common/openapi/openapi';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { CurrentPause, LongWork } from '../scheduling/long-work.decorator';
import * as errors from './api-keys.errors';
import { BulkChanges } from './bulk-changes';
import { toWish } from './change-key.dto';
import { RevokeManyKeysBody, RevokeManyQuery, RotateManyKeysBody, toWanted } from './choose-keys.dto';
import * as views from './key-change.views';
import { ADMIN_KEY_EXAMPLES, BUCKET_KEY_EXAMPLES } from './key-examples';
import { BucketPath } from './key-paths.dto';
import { keysAsCsv, REVOKED_CSV_EXAMPLE, revokedAsCsv, ROTATED_CSV_EXAMPLE } from './keys-csv';

const CHOOSES =
  'All of them or none, in one commit. Choose them by `ids`, by `filter`, or by a CSV with a column `_id`; with ' +
  '`Accept: text/csv` the answer is CSV too. ';
const REVOKES =
  CHOOSES +
  'They are refused from this reply on, on every instance of the server. `descendants` names the living keys that they ' +
  'were rotated into and that were not chosen; `line=true` deletes them too.';
const ROTATES =
  CHOOSES +
  'A filter means keys that open and were not replaced yet, unless it names another state. The full keys are in this reply alone.';

/** Changes of many Write and Read keys of a bucket at once. */
@ApiTags('API keys')
@Controller('api/buckets/:bucketId/keys/bulk')
export class BulkBucketKeysController {
  constructor(private readonly bulk: BulkChanges) {}

  @Post('revoke')
  @HttpCode(200)
  @Documented({
    id: 'revokeManyApiKeys',
    summary: 'Delete up to 500 API keys of a bucket at once',
    description: REVOKES,
    status: 200,
    answer: views.KeysRevoked,
    answerCsv: REVOKED_CSV_EXAMPLE,
    example: BUCKET_KEY_EXAMPLES.revokedMany,
    refusals: [
      BUCKET_NOT_FOUND,
      errors.KEY_NOT_FOUND,
      errors.KEYS_NOT_CHOSEN,
      errors.FILTER_EMPTY,
      errors.FILTER_TOO_WIDE,
    ],
  })
  @LongWork()
  @RequireKeyType('admin', 'revokeManyApiKeys')
  async revoke(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() { line, excel }: RevokeManyQuery,
    @Body() body: RevokeManyKeysBody,
    @CurrentPause() pause: Pause,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<views.KeysRevoked | string> {
    const revoked = await this.bulk.revoke(by, { organizationId, bucketId }, toWanted(body), {
      wholeLine: line,
      pause,
    });
    if (!wantsCsv(request)) return new views.KeysRevoked(revoked);
    markAsCsv(response);
    return revokedAsCsv(revoked, line, excel);
  }

  @Post('rotate')
  @Documented({
    id: 'rotateManyApiKeys',
    summary: 'Replace up to 500 API keys of a bucket at once',
    description: ROTATES,
    status: 201,
    answer: views.KeysRotated,
    answerDescription: 'The new keys, shown this once, and when the old ones die',
    answerCsv: ROTATED_CSV_EXAMPLE,
    example: BUCKET_KEY_EXAMPLES.rotatedMany,
    refusals: [
      BUCKET_NOT_FOUND,
      errors.KEY_NOT_FOUND,
      errors.KEYS_NOT_CHOSEN,
      errors.FILTER_EMPTY,
      errors.FILTER_TOO_WIDE,
      errors.RETIRE_NEEDS_GRACE,
      errors.KEY_ALREADY_ROTATED,
      errors.KEY_EXPIRED,
      errors.KEY_DISABLED,
      errors.LINE_FULL,
      errors.TOO_MANY_KEYS,
    ],
  })
  @LongWork()
  @RequireKeyType('admin', 'rotateManyApiKeys')
  async rotate(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() { excel }: CsvQuery,
    @Body() body: RotateManyKeysBody,
    @CurrentRetry({ many: true }) retry: Retry | undefined,
    @CurrentPause() pause: Pause,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<views.KeysRotated | string> {
    const how = { wish: toWish(body), retry, pause };
    const rotated = await this.bulk.rotate(by, { organizationId, bucketId }, toWanted(body), how);
    if (!wantsCsv(request)) return new views.KeysRotated(rotated);
    markAsCsv(response);
    return keysAsCsv(rotated, excel);
  }
}

/** Changes of many Admin keys at once. */
@ApiTags('Organization keys')
@Controller('api/keys/bulk')
export class BulkAdminKeysController {
  constructor(private readonly bulk: BulkChanges) {}

  @Post('revoke')
  @HttpCode(200)
  @Documented({
    id: 'revokeManyAdminKeys',
    summary: 'Delete up to 500 Admin keys of the organization at once',
    description: REVOKES,
    status: 200,
    answer: views.KeysRevoked,
    answerCsv: REVOKED_CSV_EXAMPLE,
    example: ADMIN_KEY_EXAMPLES.revokedMany,
    refusals: [
      errors.KEY_NOT_FOUND,
      errors.KEYS_NOT_CHOSEN,
      errors.FILTER_EMPTY,
      errors.FILTER_TOO_WIDE,
      errors.LAST_ADMIN_KEY,
    ],
  })
  @LongWork()
  @RequireKeyType('admin', 'revokeManyAdminKeys')
  async revoke(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Query() { line, excel }: RevokeManyQuery,
    @Body() body: RevokeManyKeysBody,
    @CurrentPause() pause: Pause,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<views.KeysRevoked | string> {
    const revoked = await this.bulk.revoke(by, { organizationId, bucketId: null }, toWanted(body), {
      wholeLine: line,
      pause,
    });
    if (!wantsCsv(request)) return new views.KeysRevoked(revoked);
    markAsCsv(response);
    return revokedAsCsv(revoked, line, excel);
  }

  @Post('rotate')
  @Documented({
    id: 'rotateManyAdminKeys',
    summary: 'Replace up to 500 Admin keys of the organization at once',
    description: ROTATES,
    status: 201,
    answer: views.KeysRotated,
    answerDescription: 'The new keys, shown this once, and when the old ones die',
    answerCsv: ROTATED_CSV_EXAMPLE,
    example: ADMIN_KEY_EXAMPLES.rotatedMany,
    refusals: [
      errors.KEY_NOT_FOUND,
      errors.KEYS_NOT_CHOSEN,
      errors.FILTER_EMPTY,
      errors.FILTER_TOO_WIDE,
      errors.RETIRE_NEEDS_GRACE,
      errors.KEY_ALREADY_ROTATED,
      errors.KEY_EXPIRED,
      errors.KEY_DISABLED,
      errors.LINE_FULL,
      errors.TOO_MANY_ADMIN_KEYS,
      errors.LAST_ADMIN_KEY_RESTRICTED,
    ],
  })
  @LongWork()
  @RequireKeyType('admin', 'rotateManyAdminKeys')
  async rotate(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Query() { excel }: CsvQuery,
    @Body() body: RotateManyKeysBody,
    @CurrentRetry({ many: true }) retry: Retry | undefined,
    @CurrentPause() pause: Pause,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<views.KeysRotated | string> {
    const how = { wish: toWish(body), retry, pause };
    const rotated = await this.bulk.rotate(by, { organizationId, bucketId: null }, toWanted(body), how);
    if (!wantsCsv(request)) return new views.KeysRotated(rotated);
    markAsCsv(response);
    return keysAsCsv(rotated, excel);
  }
}
