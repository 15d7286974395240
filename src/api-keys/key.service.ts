import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type EntityManager, type Repository } from 'typeorm';
import type { CurrentApiKey } from '../access/current-key.decorator';
import type { KeyType } from '../access/key-type';
import type { KeyVerifier } from '../access/key-verifier';
import { BucketContents } from '../buckets/bucket-contents';
import { BucketsService } from '../buckets/buckets.service';
import { ApiError } from '../common/errors';
import { newId } from '../common/ids';
import type { PageQuery } from '../common/pagination';
import { Lookups, type Lookup } from '../database/lookup';
import { query } from '../database/sql';
import { Writer } from '../database/writer';
import { ApiKey } from './api-key.entity';
import { KEY_NOT_FOUND, LAST_ADMIN_KEY } from './api-keys.errors';
import { hashOf, hintOf, isKeyText, newKeyText } from './key-text';
import { LastUsed } from './last-used';

/** Where a key belongs: in a bucket, or, with `bucketId` null, to the organization itself. */
export interface KeyScope {
  readonly organizationId: string;
  readonly bucketId: string | null;
}

export interface NewKey {
  readonly name: string;
  readonly type: KeyType;
}

/** A new key's row, and its text, which is never readable again. */
export interface CreatedKey {
  readonly apiKey: ApiKey;
  readonly key: string;
}

const FIND_LIVE_KEY = `SELECT id, name, type, hint, organization_id AS "organizationId", bucket_id AS "bucketId", created_at AS "createdAt"
  FROM api_keys WHERE hash = ? AND deleted_at IS NULL`;

/** By hand, since the way through the query builder takes five times as long. */
const INSERT_KEY = `INSERT INTO api_keys (id, organization_id, bucket_id, name, type, hash, hint, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

/** Makes keys, checks them, lists and ends them. A scope whose bucket is not the organization's is "Bucket not found". */
@Injectable()
export class KeyService implements KeyVerifier, OnModuleInit {
  private readonly findLiveKey: Lookup<CurrentApiKey>;

  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly writer: Writer,
    private readonly buckets: BucketsService,
    private readonly contents: BucketContents,
    private readonly lastUsed: LastUsed,
    lookups: Lookups,
  ) {
    this.findLiveKey = lookups.create(FIND_LIVE_KEY);
  }

  onModuleInit(): void {
    this.contents.register({
      kind: 'apiKeys',
      count: (manager, bucketId) => manager.countBy(ApiKey, { bucketId, deletedAt: IsNull() }),
      removeAll: async (manager, bucketId, deletedAt) => {
        const { affected } = await manager.update(ApiKey, { bucketId, deletedAt: IsNull() }, { deletedAt });
        return affected ?? 0;
      },
    });
  }

  /** Asks the database every time, so that a deleted key is dead everywhere at once. Writes nothing. */
  async verify(text: string): Promise<CurrentApiKey | null> {
    if (!isKeyText(text)) return null;
    const row = await this.findLiveKey(hashOf(text));
    if (!row) return null;
    this.lastUsed.touch(row.id);
    return { ...row, createdAt: Number(row.createdAt) };
  }

  /** Makes a key. Once this resolves, it is on disk. */
  create(scope: KeyScope, wanted: NewKey): Promise<CreatedKey> {
    return this.writer.write(async (manager) => {
      await this.holdBucket(manager, scope);
      return this.insert(manager, scope, wanted, newKeyText(wanted.type));
    });
  }

  /** Stores a key with this text, in a transaction of the caller's. */
  async insert(
    manager: EntityManager,
    { organizationId, bucketId }: KeyScope,
    { name, type }: NewKey,
    key: string,
  ): Promise<CreatedKey> {
    const apiKey: ApiKey = {
      id: newId(),
      organizationId,
      bucketId,
      name,
      type,
      hash: hashOf(key),
      hint: hintOf(key),
      createdAt: Date.now(),
      lastUsedAt: null,
      deletedAt: null,
    };
    const { id, hash, hint, createdAt } = apiKey;
    await query(manager, INSERT_KEY, [id, organizationId, bucketId, name, type, hash, hint, createdAt]);
    return { apiKey, key };
  }

  /** One page of live keys, oldest first, and the length of the whole list. */
  async list(scope: KeyScope, { limit, offset }: PageQuery): Promise<[ApiKey[], number]> {
    await this.requireBucket(scope);
    return this.keys.findAndCount({
      where: liveIn(scope),
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
      skip: offset,
    });
  }

  async get(scope: KeyScope, id: string): Promise<ApiKey> {
    await this.requireBucket(scope);
    return found(await this.keys.findOneBy({ id, ...liveIn(scope) }));
  }

  /**
   * Ends a key: it is refused from the moment this resolves.
   *
   * @throws ApiError `KEY_NOT_FOUND`, or `LAST_ADMIN_KEY` where nobody could manage the organization any more
   */
  remove(scope: KeyScope, id: string): Promise<ApiKey> {
    const work = async (manager: EntityManager) => {
      await this.holdBucket(manager, scope);
      const apiKey = found(await manager.findOneBy(ApiKey, { id, ...liveIn(scope) }));
      if (apiKey.type === 'admin' && (await manager.countBy(ApiKey, liveIn(scope))) === 1)
        throw new ApiError(LAST_ADMIN_KEY);
      await manager.update(ApiKey, { id }, { deletedAt: Date.now() });
      return apiKey;
    };
    // One at a time, or two that are left could each be deleted on the strength of the other, or one of them twice.
    return this.writer.write(work, { serializeOn: `keys of ${scope.bucketId ?? scope.organizationId}` });
  }

  private async holdBucket(manager: EntityManager, { organizationId, bucketId }: KeyScope): Promise<void> {
    if (bucketId !== null) await this.buckets.hold(manager, organizationId, bucketId, 'SHARE');
  }

  private async requireBucket({ organizationId, bucketId }: KeyScope): Promise<void> {
    if (bucketId !== null) await this.buckets.get(organizationId, bucketId);
  }
}

function liveIn({ organizationId, bucketId }: KeyScope) {
  return { organizationId, bucketId: bucketId ?? IsNull(), deletedAt: IsNull() };
}

function found(apiKey: ApiKey | null): ApiKey {
  if (!apiKey) throw new ApiError(KEY_NOT_FOUND);
  return apiKey;
}
