import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type EntityManager, type Repository } from 'typeorm';
import { BucketContents } from '../buckets/bucket-contents';
import { SOURCE_NOT_FOUND } from '../buckets/buckets.errors';
import { BucketsService } from '../buckets/buckets.service';
import { ApiError } from '../common/errors';
import type { Actor, AuditRecorder } from '../common/audit-event';
import { IMMEDIATE_YIELD, type YieldTurn } from '../common/http/yield';
import { bulkInsert } from '../database/bulk-insert';
import { Writer } from '../database/writer';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { ApiKey } from './api-key.entity';
import { KEY_NOT_FOUND } from './api-keys.errors';
import { KeyCounts } from './key-counts';
import { KeyHasher } from './key-hasher';
import { recordCreated } from './key-audit-event';
import { livingIdsOf } from './locked-lines';
import { keptIn, keptWithSessionsIn } from './key-rows';
import { newKeyText } from './key-text';
import { callerOfScope, newKeyRow, type KeyScope, type NewKey } from './new-key';
import { asTheirKeys } from './session-rows';

/** A new key's row and its text, which cannot be read again. */
export interface CreatedKey {
  readonly apiKey: ApiKey;
  readonly key: string;
}

/** This many keys are created in a fraction of a millisecond. */
const KEYS_PER_SLICE = 50;

/** Creates keys and reads single keys. A bucket of another organization is "Bucket not found". */
@Injectable()
export class KeyService {
  constructor(
    @InjectRepository(ApiKey) private readonly keys: Repository<ApiKey>,
    private readonly writer: Writer,
    private readonly buckets: BucketsService,
    private readonly contents: BucketContents,
    private readonly hasher: KeyHasher,
    private readonly idempotency: Idempotency,
    private readonly counts: KeyCounts,
  ) {}

  /** Creates one key. It is on disk once this resolves. */
  async create(by: Actor, scope: KeyScope, wanted: NewKey, retry?: Retry): Promise<CreatedKey> {
    const [created] = await this.createMany(by, scope, [wanted], { retry, yieldTurn: IMMEDIATE_YIELD });
    return created as CreatedKey;
  }

  /**
   * Creates all of these keys or none, in one commit.
   *
   * @throws ApiError for a request that was already processed, according to `retry`; `TOO_MANY_KEYS`; and `SOURCE_NOT_FOUND`
   *   for a key that is restricted to a data source that the bucket does not have
   */
  async createMany(
    by: Actor,
    scope: KeyScope,
    wanted: readonly NewKey[],
    { retry, yieldTurn }: { readonly retry?: Retry | undefined; readonly yieldTurn: YieldTurn },
  ): Promise<CreatedKey[]> {
    if (retry?.late) await this.refuseLate(scope, retry);
    const created: CreatedKey[] = [];
    for (const one of wanted) {
      created.push(this.make(scope, one));
      if (created.length % KEYS_PER_SLICE === 0) await yieldTurn();
    }
    return this.writer.write(
      async (manager, audit) => {
        await this.holdBucket(manager, scope);
        await this.idempotency.record(manager, scope.organizationId, retry, created.map(idOf));
        await this.requireSources(manager, scope, wanted);
        const rows = created.map(({ apiKey }) => apiKey);
        await bulkInsert(manager, ApiKey, rows);
        await this.counts.add(manager, scope, rows.length);
        for (const apiKey of rows) recordCreated(audit, by, apiKey);
        return created;
      },
      { space: 'adds', caller: callerOfScope(scope) },
    );
  }

  /** Makes a new key, which is not stored yet. */
  make(scope: KeyScope, wanted: NewKey, key = newKeyText(wanted.type)): CreatedKey {
    return { apiKey: newKeyRow(scope, wanted, key, this.hasher), key };
  }

  /** Stores a key of the operator, to which no limit applies, in the caller's transaction. */
  async insertUnbounded(
    manager: EntityManager,
    audit: AuditRecorder,
    by: Actor,
    { apiKey }: CreatedKey,
  ): Promise<void> {
    await bulkInsert(manager, ApiKey, [apiKey]);
    await this.counts.addUnbounded(manager, apiKey, 1);
    recordCreated(audit, by, apiKey);
  }

  /** Reads a key, which is no session key. */
  async get(scope: KeyScope, id: string): Promise<ApiKey> {
    await this.requireBucket(scope);
    return found(await this.keys.findOneBy({ id, ...keptIn(scope) }));
  }

  /** Reads a key or a session key, which is returned with the restrictions of its key. */
  async getWithSessions(scope: KeyScope, id: string): Promise<ApiKey> {
    await this.requireBucket(scope);
    const { manager } = this.keys;
    const key = found(await manager.findOneBy(ApiKey, { id, ...keptWithSessionsIn(scope) }));
    return (await asTheirKeys(manager, [key]))[0] ?? key;
  }

  /** The number of other valid keys in a key's rotation line. */
  async countOthersOfLine({ id, lineId }: ApiKey): Promise<number> {
    const living = await livingIdsOf(this.keys.manager, lineId || id);
    return living.filter((one) => one !== id).length;
  }

  /** The key with this text in any state, for the command that identifies keys that were found. */
  async findByText(text: string): Promise<ApiKey | null> {
    const key = await this.keys.findOneBy({ hash: In(this.hasher.candidates(text)) });
    return key && ((await asTheirKeys(this.keys.manager, [key]))[0] ?? key);
  }

  /** Problems of the body are reported before its bucket is looked up, unless the request was already processed. */
  private refuseLate({ organizationId }: KeyScope, retry: Retry): Promise<void> {
    return this.writer.write((manager) => this.idempotency.record(manager, organizationId, retry, []));
  }

  private async holdBucket(manager: EntityManager, { organizationId, bucketId }: KeyScope): Promise<void> {
    if (bucketId !== null) await this.buckets.hold(manager, organizationId, bucketId, 'SHARE');
  }

  /** Locks the data sources in the order of their ids, as every transaction that locks several of them. */
  private async requireSources(
    manager: EntityManager,
    { bucketId }: KeyScope,
    wanted: readonly NewKey[],
  ): Promise<void> {
    const ids = new Set(wanted.flatMap(({ dataSourceId }) => dataSourceId ?? []));
    for (const id of [...ids].sort()) {
      if (bucketId !== null && (await this.contents.sources.lock(manager, bucketId, id))) continue;
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

function idOf({ apiKey }: CreatedKey): string {
  return apiKey.id;
}

function found(apiKey: ApiKey | null): ApiKey {
  if (!apiKey) throw new ApiError(KEY_NOT_FOUND);
  return apiKey;
}
