import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../../auth/current-key.decorator';
import { RequireKeyType } from '../../auth/require-key-type.decorator';
import { BucketKeyPath, OrganizationKeyPath } from '../key-paths.dto';
import { KeyService } from '../key.service';
import { Documented } from '../../common/openapi/openapi';
import { docs } from './usage.docs';
import { UsageQuery, UsageReply, UsageView } from './usage.dto';
import { Usage } from './usage.service';

/** The usage of keys. */
@Controller('api')
export class UsageController {
  constructor(
    private readonly keys: KeyService,
    private readonly usage: Usage,
  ) {}

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
