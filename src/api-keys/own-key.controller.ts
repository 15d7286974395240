import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey } from '../auth/require-key-type.decorator';
import { BucketNames } from '../buckets/bucket-names';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { RotateKeyBody, toRotationOptions } from './change-key.dto';
import * as errors from './api-keys.errors';
import { KeyRotated } from './key-change.views';
import { BUCKET_KEY_EXAMPLES } from './key-examples';
import { KeyRotation } from './key-rotation';
import { SelfReply, SelfView } from './own-key.views';

/** What any key may ask about itself, and do to itself. */
@ApiTags('Own key')
@Controller('api/keys/self')
export class OwnKeyController {
  constructor(
    private readonly rotation: KeyRotation,
    private readonly bucketNames: BucketNames,
  ) {}

  @Get()
  @Documented({
    id: 'getOwnApiKey',
    summary: 'Say which key this is',
    description: 'Its type, its bucket, and what it is restricted to: each restriction only where there is one.',
    status: 200,
    answer: SelfReply,
  })
  @RequireAnyKey({ writeOnly: true, bound: 'all' })
  self(@CurrentKey() key: CurrentApiKey): SelfReply | Promise<SelfReply> {
    const name = key.bucketId === null ? undefined : this.bucketNames.nameOf(key.bucketId);
    if (name instanceof Promise) return name.then((read) => ({ apiKey: new SelfView(key, read) }));
    return { apiKey: new SelfView(key, name) };
  }

  @Post('rotate')
  @Documented({
    id: 'rotateOwnApiKey',
    summary: 'Replace this key by a new one',
    description:
      'For a device that renews its own key. With `retireOnFirstUse` the old key dies when the new one is first used, and ' +
      'until then the device may ask again: a new key that it never received is deleted for the next one.',
    status: 201,
    answer: KeyRotated,
    answerDescription: 'The new key, shown this once, and when the old one dies',
    example: BUCKET_KEY_EXAMPLES.rotated,
    refusals: [
      errors.RETIRE_NEEDS_GRACE,
      errors.KEY_ALREADY_ROTATED,
      errors.LINE_FULL,
      errors.TOO_MANY_KEYS,
      errors.TOO_MANY_ADMIN_KEYS,
      errors.LAST_ADMIN_KEY_RESTRICTED,
    ],
  })
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
