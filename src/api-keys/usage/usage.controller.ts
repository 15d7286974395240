import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../auth/current-key.decorator';
import { RequireKeyType } from '../../auth/require-key-type.decorator';
import { toListing } from '../api-keys.dto';
import { KeyFinder } from '../key-finder';
import { BucketKeyPath, OrganizationKeyPath } from '../key-paths.dto';
import { KeyService } from '../key.service';
import type { LeanResponse } from '../../common/http/lean-messages';
import { sendPaced } from '../../common/http/paced-answer';
import type { YieldTurn } from '../../common/http/yield';
import { Documented } from '../../common/openapi/openapi';
import { Pagination } from '../../common/pagination';
import { CurrentYield, LongWork } from '../../scheduling/long-work.decorator';
import { docs } from './usage.docs';
import { OrganizationUsageQuery, UsageList, UsageQuery, UsageReply, UsageView } from './usage.dto';
import { Usage } from './usage.service';

/** The usage of keys. */
@Controller('api')
export class UsageController {
  constructor(
    private readonly keys: KeyService,
    private readonly finder: KeyFinder,
    private readonly usage: Usage,
  ) {}

  @Get('usage')
  @ApiTags('Organization keys')
  @Documented(docs.ofAllKeys)
  @LongWork()
  @RequireKeyType('admin', 'manage organization keys')
  async ofAllKeys(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Query() query: OrganizationUsageQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const { scope, filter } = toListing(organizationId, query, 'all');
    const { keys, total, hasMore } = await this.finder.list(scope, query, filter, yieldTurn);
    const ids = keys.map(({ id }) => id);
    const usage = await this.usage.daysOf(ids, query.days, yieldTurn);
    await sendPaced(response, new UsageList(usage, new Pagination(query, total, ids.length, hasMore)), yieldTurn);
  }

  @Get('buckets/:bucketId/keys/:keyId/usage')
  @ApiTags('API keys')
  @Documented(docs.ofBucketKey)
  @RequireKeyType('admin', 'view API keys')
  async ofBucketKey(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { bucketId, keyId }: BucketKeyPath,
    @Query() { days }: UsageQuery,
  ): Promise<UsageReply> {
    await this.keys.get({ organizationId, bucketId }, keyId);
    return { usage: new UsageView(keyId, await this.usage.use(keyId, days)) };
  }

  @Get('keys/:keyId/usage')
  @ApiTags('Organization keys')
  @Documented(docs.ofAdminKey)
  @RequireKeyType('admin', 'manage organization keys')
  async ofAdminKey(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { keyId }: OrganizationKeyPath,
    @Query() { days }: UsageQuery,
  ): Promise<UsageReply> {
    await this.keys.get({ organizationId, bucketId: null }, keyId);
    return { usage: new UsageView(keyId, await this.usage.use(keyId, days)) };
  }
}
