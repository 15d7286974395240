import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey } from '../auth/require-key-type.decorator';
import { KeyRights } from '../auth/key-rights';
import { SESSION_NOT_ROTATED } from '../auth/access.errors';
import { BucketSummaries } from '../buckets/bucket-summaries';
import type { Actor } from '../common/audit-event';
import { JsonText } from '../common/http/json-text';
import { Documented } from '../common/openapi/openapi';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { docs } from './own-key.docs';
import { RotateKeyBody, toRotationOptions } from './change-key.dto';
import { KeyRotated } from './key-change.views';
import { KeyRotation } from './key-rotation';
import { selfAsJson } from './own-key.views';

/** Routes that every key can call for itself. */
@ApiTags('Own key')
@Controller('api/keys/self')
export class OwnKeyController {
  constructor(
    private readonly rotation: KeyRotation,
    private readonly buckets: BucketSummaries,
    private readonly rights: KeyRights,
  ) {}

  @Get()
  @Documented(docs.self)
  @RequireAnyKey({ writeOnly: true, bound: 'all' })
  self(@CurrentKey() key: CurrentApiKey): JsonText | Promise<JsonText> {
    const rights = this.rights.jsonOf(key);
    const bucket = key.bucketId === null ? null : this.buckets.get(key.bucketId);
    if (bucket instanceof Promise) return bucket.then((read) => selfAsJson(key, read, rights));
    return selfAsJson(key, bucket, rights);
  }

  @Post('rotate')
  @Documented(docs.rotate)
  @RequireAnyKey({ writeOnly: true, bound: 'all', selfRotation: true, notForSessions: SESSION_NOT_ROTATED })
  async rotate(
    @CurrentActor() by: Actor,
    @CurrentKey() { id, lineId, organizationId, bucketId }: CurrentApiKey,
    @Body() body: RotateKeyBody,
    @CurrentRetry() retry: Retry | undefined,
  ): Promise<KeyRotated> {
    const scope = { organizationId, bucketId, lineId };
    return new KeyRotated(await this.rotation.rotateSelf(by, scope, id, toRotationOptions(body), retry));
  }
}
