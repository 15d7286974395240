import { KeyCreated } from './key.views';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor } from '../auth/current-actor.decorator';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import type { LeanResponse } from '../common/http/lean-messages';
import { sendPaced } from '../common/http/paced-answer';
import type { YieldTurn } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { Documented } from '../common/openapi/openapi';
import { Pagination } from '../common/pagination';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import { CurrentRetry, type Retry } from '../idempotency/current-retry.decorator';
import { docs } from './organization-keys.docs';
import {
  CreateAdminKeyBody,
  LineQuery,
  OrganizationKeyPath,
  OrganizationKeysQuery,
  RotateKeyBody,
  toListing,
  toRotationOptions,
  UpdateKeyBody,
} from './api-keys.dto';
import * as views from './api-keys.views';
import { KeyFinder } from './key-finder';
import { KeyRotation } from './key-rotation';
import { KeyService } from './key.service';
import { LineChanges } from './line-changes';

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
  @Documented(docs.create)
  @RequireKeyType('admin', 'manage organization keys')
  async create(
    @CurrentActor() by: Actor,
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Body() body: CreateAdminKeyBody,
    @CurrentRetry() retry: Retry | undefined,
  ): Promise<views.KeyCreated> {
    const created = await this.keys.create(by, { organizationId, bucketId: null }, body, retry);
    return { message: KeyCreated.message, apiKey: new views.NewKeyView(created) };
  }

  @Get()
  @Documented(docs.list)
  @LongWork()
  @RequireKeyType('admin', 'manage organization keys')
  async list(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Query() query: OrganizationKeysQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const { scope, filter } = toListing(organizationId, query);
    const { keys, total, hasMore } = await this.finder.list(scope, query, filter, yieldTurn);
    await sendPaced(response, new views.KeyList(keys, new Pagination(query, total, keys.length, hasMore)), yieldTurn);
  }

  @Get(':keyId')
  @Documented(docs.get)
  @RequireKeyType('admin', 'manage organization keys')
  async get(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { keyId }: OrganizationKeyPath,
  ): Promise<views.KeyReply> {
    return { apiKey: new views.KeyView(await this.keys.getWithSessions({ organizationId, bucketId: null }, keyId)) };
  }

  @Patch(':keyId')
  @Documented(docs.update)
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
  @Documented(docs.rotate)
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
  @Documented(docs.remove)
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
