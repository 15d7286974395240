import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../common/errors';
import type { LeanResponse } from '../common/http/lean-messages';
import { sendPaced } from '../common/http/paced-answer';
import type { Pause } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { Pagination } from '../common/pagination';
import { CurrentPause, LongWork } from '../scheduling/long-work.decorator';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import {
  CreateAdminKeyBody,
  KeysQuery,
  LineQuery,
  OrganizationKeyPath,
  RotateKeyBody,
  toFilter,
  toRotationOptions,
  UpdateKeyBody,
} from './api-keys.dto';
import * as errors from './api-keys.errors';
import * as views from './api-keys.views';
import { KeyFinder } from './key-finder';
import { KeyRotation } from './key-rotation';
import { KeyService } from './key.service';
import { LineChanges } from './line-changes';

const examples = views.ADMIN_KEY_EXAMPLES;

/** The organization's Admin keys. */
@ApiTags('Organization keys')
@Controller('api/keys')
export class OrganizationKeysController {
  constructor(
    private readonly keys: KeyService,
    private readonly finder: KeyFinder,
    private readonly rotation: KeyRotation,
    private readonly changes: LineChanges,
  ) {}

  @Post()
  @Documented({
    id: 'createAdminKey',
    summary: 'Create another Admin key for the organization',
    description: 'The full key is in this reply alone: store it at once.',
    status: 201,
    answer: views.KeyCreated,
    example: examples.created,
    answerDescription: 'The key, shown this once',
    refusals: [errors.TOO_MANY_ADMIN_KEYS],
  })
  @RequireKeyType('admin', 'manage organization keys')
  async create(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Body() body: CreateAdminKeyBody,
    @CurrentRetry() retry: Retry | undefined,
  ): Promise<views.KeyCreated> {
    const created = await this.keys.create(by, { organizationId, bucketId: null }, body, retry);
    return { message: 'API key created successfully', apiKey: new views.NewKeyView(created) };
  }

  @Get()
  @Documented({
    id: 'listAdminKeys',
    summary: "List the organization's Admin keys",
    description: 'Oldest first.',
    status: 200,
    answer: views.KeyList,
    example: examples.list,
    refusals: [AFTER_UNKNOWN, AFTER_AND_OFFSET],
  })
  @LongWork()
  @RequireKeyType('admin', 'manage organization keys')
  async list(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Query() query: KeysQuery,
    @CurrentPause() pause: Pause,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const { keys, total, hasMore } = await this.finder.list(
      { organizationId, bucketId: null },
      query,
      toFilter(query),
      pause,
    );
    await sendPaced(response, new views.KeyList(keys, new Pagination(query, total, keys.length, hasMore)), pause);
  }

  @Get(':keyId')
  @Documented({
    id: 'getAdminKey',
    summary: 'Get one Admin key of the organization',
    status: 200,
    answer: views.KeyReply,
    example: examples.one,
    refusals: [errors.KEY_NOT_FOUND],
  })
  @RequireKeyType('admin', 'manage organization keys')
  async get(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { keyId }: OrganizationKeyPath,
  ): Promise<views.KeyReply> {
    return { apiKey: new views.KeyView(await this.keys.get({ organizationId, bucketId: null }, keyId)) };
  }

  @Patch(':keyId')
  @Documented({
    id: 'updateAdminKey',
    summary: 'Change an Admin key of the organization',
    description:
      'Changes the fields that are given; `null` takes a bound away. The last Admin key that opens for its caller, without end ' +
      'and under the present pepper, can be neither disabled nor given an end, a quota or addresses that leave the caller out.',
    status: 200,
    answer: views.KeyUpdated,
    example: examples.updated,
    refusals: [
      errors.KEY_NOT_FOUND,
      errors.KEY_RETIRED,
      errors.LAST_ADMIN_KEY,
      errors.LAST_ADMIN_KEY_RESTRICTED,
      errors.LINE_FULL,
      errors.TOO_MANY_ADMIN_KEYS,
    ],
  })
  @RequireKeyType('admin', 'manage organization keys')
  async update(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { keyId }: OrganizationKeyPath,
    @Query() { line }: LineQuery,
    @Body() body: UpdateKeyBody,
  ): Promise<views.KeyUpdated> {
    return new views.KeyUpdated(await this.changes.update(by, { organizationId, bucketId: null }, keyId, body, line));
  }

  @Post(':keyId/rotate')
  @Documented({
    id: 'rotateAdminKey',
    summary: 'Replace an Admin key of the organization by a new one',
    description: "As with a bucket's keys: the old key lives on for its grace period.",
    status: 201,
    answer: views.KeyRotated,
    answerDescription: 'The new key, shown this once, and when the old one dies',
    example: examples.rotated,
    refusals: [
      errors.KEY_NOT_FOUND,
      errors.RETIRE_NEEDS_GRACE,
      errors.KEY_ALREADY_ROTATED,
      errors.KEY_EXPIRED,
      errors.KEY_DISABLED,
      errors.LINE_FULL,
      errors.TOO_MANY_ADMIN_KEYS,
      errors.LAST_ADMIN_KEY_RESTRICTED,
    ],
  })
  @RequireKeyType('admin', 'manage organization keys')
  async rotate(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { keyId }: OrganizationKeyPath,
    @Body() body: RotateKeyBody,
    @CurrentRetry() retry: Retry | undefined,
  ): Promise<views.KeyRotated> {
    const scope = { organizationId, bucketId: null };
    return new views.KeyRotated(await this.rotation.rotate(by, scope, keyId, toRotationOptions(body), retry));
  }

  @Delete(':keyId')
  @HttpCode(200)
  @Documented({
    id: 'deleteAdminKey',
    summary: 'Delete an Admin key of the organization',
    description:
      'The key is refused from this reply on. The last Admin key that opens for its caller, without end and under the present pepper, stays.',
    status: 200,
    answer: views.KeyDeleted,
    example: examples.deleted,
    refusals: [errors.KEY_NOT_FOUND, errors.LAST_ADMIN_KEY],
  })
  @RequireKeyType('admin', 'manage organization keys')
  async remove(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { keyId }: OrganizationKeyPath,
    @Query() { line }: LineQuery,
  ): Promise<views.KeyDeleted> {
    return new views.KeyDeleted(await this.changes.remove(by, { organizationId, bucketId: null }, keyId, line));
  }
}
