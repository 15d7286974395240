import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey } from '../auth/require-key-type.decorator';
import { BucketNames } from '../buckets/bucket-names';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { docs } from './own-key.docs';
import { RotateKeyBody, toRotationOptions } from './change-key.dto';
import { KeyRotated } from './key-change.views';
import { KeyRotation } from './key-rotation';
import { SelfReply, SelfView } from './own-key.views';

/** Routes that every key can call for itself. */
@ApiTags('Own key')
@Controller('api/keys/self')
export class OwnKeyController {
  constructor(
    private readonly rotation: KeyRotation,
    private readonly bucketNames: BucketNames,
  ) {}

  @Get()
  @Documented(docs.self)
  @RequireAnyKey({ writeOnly: true, bound: 'all' })
  self(@CurrentKey() key: CurrentApiKey): SelfReply | Promise<SelfReply> {
    const name = key.bucketId === null ? undefined : this.bucketNames.nameOf(key.bucketId);
    if (name instanceof Promise) return name.then((read) => ({ apiKey: new SelfView(key, read) }));
    return { apiKey: new SelfView(key, name) };
  }

  @Post('rotate')
  @Documented(docs.rotate)
  @RequireAnyKey({ writeOnly: true, bound: 'all', selfRotation: true })
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
