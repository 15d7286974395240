import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../access/current-key.decorator';
import { RequireAnyKey, RequireKeyType } from '../access/require-key-type.decorator';
import { Documented } from '../common/openapi/openapi';
import { PageQuery, Pagination } from '../common/pagination';
import {
  ADMIN_KEY_EXAMPLES,
  CreateAdminKeyBody,
  DeletedKeyView,
  KeyCreated,
  KeyDeleted,
  KeyList,
  NewKeyView,
  OrganizationKeyPath,
  SelfReply,
  SelfView,
} from './api-keys.dto';
import { KEY_NOT_FOUND, LAST_ADMIN_KEY, ONLY_ADMIN_MANAGES_ORGANIZATION_KEYS } from './api-keys.errors';
import { KeyService } from './key.service';

/** The organization's Admin keys, and what any key may ask about itself. */
@ApiTags('Organization keys')
@Controller('api/keys')
export class OrganizationKeysController {
  constructor(private readonly keys: KeyService) {}

  @Get('self')
  @Documented({
    id: 'getOwnApiKey',
    summary: 'Say which key this is',
    description: 'For whoever holds a key and wants to know what it opens.',
    status: 200,
    answer: SelfReply,
  })
  @RequireAnyKey()
  self(@CurrentKey() key: CurrentApiKey): SelfReply {
    return { apiKey: new SelfView(key) };
  }

  @Post()
  @Documented({
    id: 'createAdminKey',
    summary: 'Create another Admin key for the organization',
    description: 'The full key is in this reply alone: store it at once.',
    status: 201,
    answer: KeyCreated,
    example: ADMIN_KEY_EXAMPLES.created,
    answerDescription: 'The key, shown this once',
  })
  @RequireKeyType('admin', { otherwise: ONLY_ADMIN_MANAGES_ORGANIZATION_KEYS })
  async create(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Body() { name, type }: CreateAdminKeyBody,
  ): Promise<KeyCreated> {
    const created = await this.keys.create({ organizationId, bucketId: null }, { name, type });
    return { message: 'API key created successfully', apiKey: new NewKeyView(created) };
  }

  @Get()
  @Documented({
    id: 'listAdminKeys',
    summary: "List the organization's Admin keys",
    description: 'Oldest first.',
    status: 200,
    answer: KeyList,
    example: ADMIN_KEY_EXAMPLES.list,
  })
  @RequireKeyType('admin', { otherwise: ONLY_ADMIN_MANAGES_ORGANIZATION_KEYS })
  async list(@CurrentKey() { organizationId }: CurrentApiKey, @Query() page: PageQuery): Promise<KeyList> {
    const [keys, total] = await this.keys.list({ organizationId, bucketId: null }, page);
    return new KeyList(keys, new Pagination(page, total, keys.length));
  }

  @Delete(':keyId')
  @HttpCode(200)
  @Documented({
    id: 'deleteAdminKey',
    summary: 'Delete an Admin key of the organization',
    description:
      'The key is refused from this reply on. The last Admin key stays: without it nobody could manage the organization.',
    status: 200,
    answer: KeyDeleted,
    example: ADMIN_KEY_EXAMPLES.deleted,
    refusals: [KEY_NOT_FOUND, LAST_ADMIN_KEY],
  })
  @RequireKeyType('admin', { otherwise: ONLY_ADMIN_MANAGES_ORGANIZATION_KEYS })
  async remove(
    @CurrentKey() { organizationId }: CurrentApiKey,
    @Param() { keyId }: OrganizationKeyPath,
  ): Promise<KeyDeleted> {
    const deleted = await this.keys.remove({ organizationId, bucketId: null }, keyId);
    return { message: 'API key deleted successfully', deletedKey: new DeletedKeyView(deleted) };
  }
}
