import { Body, Controller, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { BUCKET_NOT_FOUND } from '../buckets/buckets.errors';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { CurrentYield } from '../scheduling/long-work.decorator';
import * as errors from './api-keys.errors';
import { BulkChanges } from './bulk-changes';
import { revokeMany, RevokesMany, rotateMany, RotatesMany } from './bulk-routes';
import { RevokeManyKeysBody, RevokeManyQuery, RotateManyKeysBody, RotateManyQuery } from './choose-keys.dto';
import type { KeysRevoked, KeysRotated } from './key-change.views';
import { ADMIN_KEY_EXAMPLES, BUCKET_KEY_EXAMPLES } from './key-examples';
import { BucketPath } from '../buckets/bucket-path.dto';

const OF_BUCKET = { keys: 'API keys of a bucket', first: [BUCKET_NOT_FOUND] };
const OF_ORGANIZATION = { keys: 'Admin keys of the organization' };
const REVOCATION = { many: true, query: ['line'] } as const;
const ROTATION = { many: true, query: ['gracePeriodSeconds', 'retireOnFirstUse'] } as const;

/** Bulk changes of the Write and Read keys of a bucket. */
@ApiTags('API keys')
@Controller('api/buckets/:bucketId/keys/bulk')
export class BulkBucketKeysController {
  constructor(private readonly bulk: BulkChanges) {}

  @RevokesMany({
    ...OF_BUCKET,
    id: 'revokeManyApiKeys',
    action: 'delete API keys',
    example: BUCKET_KEY_EXAMPLES.revokedMany,
  })
  revoke(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() query: RevokeManyQuery,
    @Body() body: RevokeManyKeysBody,
    @CurrentRetry(REVOCATION) retry: Retry | undefined,
    @CurrentYield() yieldTurn: YieldTurn,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<KeysRevoked | string> {
    const scope = { organizationId, bucketId };
    return revokeMany(this.bulk, { by, scope, query, body, retry, yieldTurn, request, response });
  }

  @RotatesMany({
    ...{ ...OF_BUCKET, id: 'rotateManyApiKeys', action: 'rotate API keys', example: BUCKET_KEY_EXAMPLES.rotatedMany },
    last: [errors.TOO_MANY_KEYS],
  })
  rotate(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() query: RotateManyQuery,
    @Body() body: RotateManyKeysBody,
    @CurrentRetry(ROTATION) retry: Retry | undefined,
    @CurrentYield() yieldTurn: YieldTurn,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<KeysRotated | string> {
    const scope = { organizationId, bucketId };
    return rotateMany(this.bulk, { by, scope, query, body, retry, yieldTurn, request, response });
  }
}

/** Bulk changes of Admin keys. */
@ApiTags('Organization keys')
@Controller('api/keys/bulk')
export class BulkAdminKeysController {
  constructor(private readonly bulk: BulkChanges) {}

  @RevokesMany({
    ...{
      ...OF_ORGANIZATION,
      id: 'revokeManyAdminKeys',
      action: 'manage organization keys',
      example: ADMIN_KEY_EXAMPLES.revokedMany,
    },
    last: [errors.LAST_ADMIN_KEY],
  })
  revoke(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Query() query: RevokeManyQuery,
    @Body() body: RevokeManyKeysBody,
    @CurrentRetry(REVOCATION) retry: Retry | undefined,
    @CurrentYield() yieldTurn: YieldTurn,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<KeysRevoked | string> {
    const scope = { organizationId, bucketId: null };
    return revokeMany(this.bulk, { by, scope, query, body, retry, yieldTurn, request, response });
  }

  @RotatesMany({
    ...{
      ...OF_ORGANIZATION,
      id: 'rotateManyAdminKeys',
      action: 'manage organization keys',
      example: ADMIN_KEY_EXAMPLES.rotatedMany,
    },
    last: [errors.TOO_MANY_ADMIN_KEYS, errors.LAST_ADMIN_KEY_RESTRICTED],
  })
  rotate(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Query() query: RotateManyQuery,
    @Body() body: RotateManyKeysBody,
    @CurrentRetry(ROTATION) retry: Retry | undefined,
    @CurrentYield() yieldTurn: YieldTurn,
    @Req() request: LeanRequest,
    @Res({ passthrough: true }) response: LeanResponse,
  ): Promise<KeysRotated | string> {
    const scope = { organizationId, bucketId: null };
    return rotateMany(this.bulk, { by, scope, query, body, retry, yieldTurn, request, response });
  }
}
