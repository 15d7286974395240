import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../access/current-key.decorator';
import { RequireKeyType } from '../access/require-key-type.decorator';
import { BUCKET_NOT_FOUND } from '../buckets/buckets.errors';
import { Documented } from '../common/openapi/openapi';
import { PageQuery, Pagination } from '../common/pagination';
import {
  BucketKeyPath,
  BucketPath,
  CreateBucketKeyBody,
  DeletedKeyView,
  KeyCreated,
  KeyDeleted,
  KeyList,
  KeyReply,
  KeyView,
  NewKeyView,
} from './api-keys.dto';
import * as errors from './api-keys.errors';
import { KeyService } from './key.service';

/** The Write and Read keys of a bucket. Seed: Create API Key. */
@ApiTags('API keys')
@Controller('api/buckets/:bucketId/keys')
export class BucketKeysController {
  constructor(private readonly keys: KeyService) {}

  @Post()
  @Documented({
    id: 'createApiKey',
    summary: 'Create a Write or Read key for a bucket',
    description:
      'A Write key ingests data, creates data sources and manages alerts; a Read key queries data and views analytics. ' +
      'The full key is in this reply alone: store it at once.',
    status: 201,
    answer: KeyCreated,
    answerDescription: 'The key, shown this once',
    refusals: [BUCKET_NOT_FOUND],
  })
  @RequireKeyType('admin', { otherwise: errors.ONLY_ADMIN_CREATES_KEYS })
  async create(
    @CurrentKey() admin: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Body() { name, type }: CreateBucketKeyBody,
  ): Promise<KeyCreated> {
    const created = await this.keys.create({ organizationId: admin.organizationId, bucketId }, { name, type });
    return { message: 'API key created successfully', apiKey: new NewKeyView(created) };
  }

  @Get()
  @Documented({
    id: 'listApiKeys',
    summary: 'List the API keys of a bucket',
    description: 'Oldest first. Full keys are never shown again: `keyPrefix` is enough to tell them apart by.',
    status: 200,
    answer: KeyList,
    refusals: [BUCKET_NOT_FOUND],
  })
  @RequireKeyType('admin', { otherwise: errors.ONLY_ADMIN_LISTS_KEYS })
  async list(
    @CurrentKey() admin: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() page: PageQuery,
  ): Promise<KeyList> {
    const [keys, total] = await this.keys.list({ organizationId: admin.organizationId, bucketId }, page);
    return new KeyList(keys, new Pagination(page, total, keys.length));
  }

  @Get(':keyId')
  @Documented({
    id: 'getApiKey',
    summary: 'Get one API key of a bucket',
    status: 200,
    answer: KeyReply,
    refusals: [BUCKET_NOT_FOUND, errors.KEY_NOT_FOUND],
  })
  @RequireKeyType('admin', { otherwise: errors.ONLY_ADMIN_SEES_KEYS })
  async get(@CurrentKey() admin: CurrentApiKey, @Param() { bucketId, keyId }: BucketKeyPath): Promise<KeyReply> {
    return { apiKey: new KeyView(await this.keys.get({ organizationId: admin.organizationId, bucketId }, keyId)) };
  }

  @Delete(':keyId')
  @HttpCode(200)
  @Documented({
    id: 'deleteApiKey',
    summary: 'Delete an API key of a bucket',
    description: 'The key is refused from this reply on, on every instance of the server.',
    status: 200,
    answer: KeyDeleted,
    refusals: [BUCKET_NOT_FOUND, errors.KEY_NOT_FOUND],
  })
  @RequireKeyType('admin', { otherwise: errors.ONLY_ADMIN_DELETES_KEYS })
  async remove(@CurrentKey() admin: CurrentApiKey, @Param() { bucketId, keyId }: BucketKeyPath): Promise<KeyDeleted> {
    const deleted = await this.keys.remove({ organizationId: admin.organizationId, bucketId }, keyId);
    return { message: 'API key deleted successfully', deletedKey: new DeletedKeyView(deleted) };
  }
}
