import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, LessThan, MoreThan, Not, type EntityManager, type Repository } from 'typeorm';
import { BucketContents } from '../buckets/bucket-contents';
import { SOURCE_NOT_FOUND } from '../buckets/buckets.errors';
import { BucketsService } from '../buckets/buckets.service';
import { ApiError } from '../common/errors';
import type { Actor, Journal } from '../common/journal';
import type { PageQuery } from '../common/pagination';
import { Writer } from '../database/writer';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { ApiKey } from './api-key.entity';
import { KEY_NOT_FOUND, LAST_ADMIN_KEY } from './api-keys.errors';
import { boundsOf, changed, type KeyChanges } from './key-changes';
import { KeyHasher } from './key-hasher';
import { insertKeys, isUsable } from './key-rows';
import { newKeyText } from './key-text';
import { newKeyRow, type KeyScope, type NewKey } from './new-key';

/** A new key's row, and its text, which is never readable again. */
export interface CreatedKey {
  readonly apiKey: ApiKey;
  readonly key: string;
}

/** Work on one key that is there, in a transaction. */
export type KeyWork<T> = (manager: EntityManager, journal: Journal, apiKey: ApiKey) => Promise<T>;

/** Makes keys, lists, changes and ends them. A scope whose bucket is not the organization's is "Bucket not found". */
@Injectable()
export class KeyService implements OnModuleInit {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly writer: Writer,
    private readonly buckets: BucketsService,
    private readonly contents: BucketContents,
    private readonly hasher: KeyHasher,
    private readonly idempotency: Idempotency,
  ) {}

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

  /** Makes one key. Once this resolves, it is on disk. */
  async create(by: Actor, scope: KeyScope, wanted: NewKey, retry?: Retry): Promise<CreatedKey> {
    const [created] = await this.createMany(by, scope, [wanted], retry);
    return created as CreatedKey;
  }

  /**
   * Makes all of these keys or none, in one commit.
   *
   * @throws ApiError where the same request was done before, as `retry` tells; `SOURCE_NOT_FOUND` for a key that is bound to a
   *   data source that the bucket does not have
   */
  createMany(by: Actor, scope: KeyScope, wanted: readonly NewKey[], retry?: Retry): Promise<CreatedKey[]> {
    return this.writer.write(async (manager, journal) => {
      await this.holdBucket(manager, scope);
      const created = wanted.map((one) => this.make(scope, one));
      await this.idempotency.record(manager, scope.organizationId, retry, created.map(idOf));
      await this.requireSources(manager, scope, wanted);
      await this.insert(manager, journal, by, created);
      return created;
    });
  }

  /** A new key, not stored yet. */
  make(scope: KeyScope, wanted: NewKey, key = newKeyText(wanted.type)): CreatedKey {
    return { apiKey: newKeyRow(scope, wanted, key, this.hasher), key };
  }

  /** Stores new keys, in a transaction of the caller's. */
  async insert(manager: EntityManager, journal: Journal, by: Actor, created: readonly CreatedKey[]): Promise<void> {
    const rows = created.map(({ apiKey }) => apiKey);
    await insertKeys(manager, rows);
    for (const apiKey of rows) {
      const { metadata, ...bounds } = boundsOf(apiKey);
      const details = { type: apiKey.type, ...bounds, ...(metadata && { metadata: Object.keys(metadata) }) };
      journal({ by, action: 'apiKey.created', ...scopeOf(apiKey), target: targetOf(apiKey), details });
    }
  }

  /**
   * One page of keys that are not deleted, oldest first, and the length of the whole list.
   *
   * @param unusedSince only keys that were neither made nor used since this moment, in milliseconds since 1970
   */
  async list(scope: KeyScope, { limit, offset }: PageQuery, unusedSince?: number): Promise<[ApiKey[], number]> {
    await this.requireBucket(scope);
    const before = unusedSince === undefined ? undefined : LessThan(unusedSince);
    const kept = keptIn(scope);
    return this.keys.findAndCount({
      where: before
        ? [
            { ...kept, lastUsedAt: before },
            { ...kept, lastUsedAt: IsNull(), createdAt: before },
          ]
        : kept,
      order: { createdAt: 'ASC', id: 'ASC' },
      take: limit,
      skip: offset,
    });
  }

  async get(scope: KeyScope, id: string): Promise<ApiKey> {
    await this.requireBucket(scope);
    return found(await this.keys.findOneBy({ id, ...keptIn(scope) }));
  }

  /** The key of this text, dead or alive: for whoever has found one and wants to know what it is. */
  findByText(text: string): Promise<ApiKey | null> {
    return this.keys.findOneBy({ hash: In(this.hasher.candidates(text)) });
  }

  /**
   * Changes what is given. A key that is disabled is refused from the moment this resolves.
   *
   * @throws ApiError `KEY_NOT_FOUND`, or `LAST_ADMIN_KEY` where nobody could manage the organization any more
   */
  update(by: Actor, scope: KeyScope, id: string, changes: KeyChanges): Promise<ApiKey> {
    return this.inTurn(scope, id, async (manager, journal, apiKey) => {
      const change = changed(apiKey, changes, Date.now());
      if (!change) return apiKey;
      if (changes.enabled === false) await requireAnother(manager, apiKey);
      await manager.update(ApiKey, { id }, change.columns);
      const { details } = change;
      journal({ by, action: 'apiKey.updated', ...scopeOf(apiKey), target: targetOf(apiKey), details });
      return change.after;
    });
  }

  /**
   * Ends a key: it is refused from the moment this resolves.
   *
   * @throws ApiError `KEY_NOT_FOUND`, or `LAST_ADMIN_KEY` where nobody could manage the organization any more
   */
  remove(by: Actor, scope: KeyScope, id: string): Promise<ApiKey> {
    return this.inTurn(scope, id, async (manager, journal, apiKey) => {
      await requireAnother(manager, apiKey);
      await endKey(manager, journal, by, apiKey);
      return apiKey;
    });
  }

  /**
   * Does something with a key while nobody else changes one of its scope: two that are left could else each be ended on the
   * strength of the other, or one of them twice.
   *
   * @throws ApiError `KEY_NOT_FOUND`
   */
  inTurn<T>(scope: KeyScope, id: string, work: KeyWork<T>): Promise<T> {
    return this.writer.write(
      async (manager, journal) => {
        await this.holdBucket(manager, scope);
        return work(manager, journal, found(await manager.findOneBy(ApiKey, { id, ...keptIn(scope) })));
      },
      { serializeOn: `keys of ${scope.bucketId ?? scope.organizationId}` },
    );
  }

  private async holdBucket(manager: EntityManager, { organizationId, bucketId }: KeyScope): Promise<void> {
    if (bucketId !== null) await this.buckets.hold(manager, organizationId, bucketId, 'SHARE');
  }

  /** Looks for the data sources in the order of their ids, as everybody who holds several of them. */
  private async requireSources(
    manager: EntityManager,
    { bucketId }: KeyScope,
    wanted: readonly NewKey[],
  ): Promise<void> {
    const ids = new Set(wanted.flatMap(({ dataSourceId }) => dataSourceId ?? []));
    for (const id of [...ids].sort()) {
      if (bucketId !== null && (await this.contents.holds('dataSources', manager, bucketId, id))) continue;
      const index = wanted.findIndex(({ dataSourceId }) => dataSourceId === id);
      const path = ['body', 'keys', index, 'dataSourceId'];
      const details = [{ path, message: SOURCE_NOT_FOUND.message }];
      throw new ApiError(SOURCE_NOT_FOUND, wanted.length > 1 ? { details } : {});
    }
  }

  private async requireBucket({ organizationId, bucketId }: KeyScope): Promise<void> {
    if (bucketId !== null) await this.buckets.get(organizationId, bucketId);
  }
}

/** Marks a key as deleted, and keeps its hash. */
export async function endKey(manager: EntityManager, journal: Journal, by: Actor, apiKey: ApiKey): Promise<void> {
  await manager.update(ApiKey, { id: apiKey.id }, { deletedAt: Date.now() });
  const { type } = apiKey;
  journal({ by, action: 'apiKey.deleted', ...scopeOf(apiKey), target: targetOf(apiKey), details: { type } });
}

export function scopeOf({ organizationId, bucketId }: ApiKey): KeyScope {
  return { organizationId, bucketId };
}

/** A key as the audit log names it. */
export function targetOf({ id, name }: ApiKey) {
  return { type: 'api key', id, name } as const;
}

function idOf({ apiKey }: CreatedKey): string {
  return apiKey.id;
}

function keptIn({ organizationId, bucketId }: KeyScope) {
  return { organizationId, bucketId: bucketId ?? IsNull(), deletedAt: IsNull() };
}

/** The last Admin key that opens stays. */
async function requireAnother(manager: EntityManager, apiKey: ApiKey): Promise<void> {
  const now = Date.now();
  if (apiKey.type !== 'admin' || !isUsable(apiKey, now)) return;
  const other = { ...keptIn(scopeOf(apiKey)), id: Not(apiKey.id), disabledAt: IsNull() };
  const others = await manager.countBy(ApiKey, [
    { ...other, expiresAt: IsNull() },
    { ...other, expiresAt: MoreThan(now) },
  ]);
  if (others === 0) throw new ApiError(LAST_ADMIN_KEY);
}

function found(apiKey: ApiKey | null): ApiKey {
  if (!apiKey) throw new ApiError(KEY_NOT_FOUND);
  return apiKey;
}
