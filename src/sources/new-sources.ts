import { Inject, Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import { IMMEDIATE_YIELD, type YieldTurn } from '../common/http/yield';
import { newId } from '../common/ids';
import type { Actor } from '../common/audit-event';
import { bulkInsert } from '../database/bulk-insert';
import { Writer } from '../database/writer';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { callerOf, nameOfCaller } from '../scheduling/caller';
import { Source } from './source.entity';
import { NO_ROOM_FOR_SOURCES, TOO_MANY_SOURCES } from './sources.errors';
import { newSchema, type FieldDefinition } from './schema';
import { eventOf } from './source-audit-event';

const SOURCES_PER_SLICE = 25;

export interface NewSource {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, FieldDefinition>>;
  readonly downsampling: boolean;
}

/** Creates data sources. Rejects keys of other buckets. */
@Injectable()
export class NewSources {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'sourcesPerBucket'>,
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
    private readonly idempotency: Idempotency,
  ) {}

  /** Creates one data source. @throws ApiError as `createMany` */
  async create(
    by: Actor,
    key: CurrentApiKey,
    bucketId: string,
    { definition, retry }: { readonly definition: NewSource; readonly retry: Retry | undefined },
  ): Promise<Source> {
    const [source] = await this.createMany(by, key, bucketId, {
      definitions: [definition],
      retry,
      yieldTurn: IMMEDIATE_YIELD,
    });
    return source as Source;
  }

  /**
   * Creates all data sources or none, in one commit.
   *
   * @throws ApiError `TOO_MANY_SOURCES`, `NO_ROOM_FOR_SOURCES`, or 409 if `retry` was already used
   */
  async createMany(
    by: Actor,
    key: CurrentApiKey,
    bucketId: string,
    { definitions, retry, yieldTurn }: CreateSourcesOptions,
  ): Promise<Source[]> {
    const unnumbered: Omit<Source, 'number'>[] = [];
    for (const one of definitions) {
      unnumbered.push(newSource(bucketId, one));
      if (unnumbered.length % SOURCES_PER_SLICE === 0) await yieldTurn();
    }
    return this.writer.write(
      async (manager, audit) => {
        await this.buckets.hold(manager, key, bucketId, 'SHARE');
        await this.idempotency.record(
          manager,
          key.organizationId,
          retry,
          unnumbered.map(({ id }) => id),
        );
        await this.requireRoom(manager, bucketId, unnumbered.length);
        const last = (await manager.maximum(Source, 'number')) ?? 0;
        const sources = unnumbered.map((source, index): Source => ({ ...source, number: last + 1 + index }));
        await bulkInsert(manager, Source, sources);
        for (const source of sources) audit(eventOf(by, 'dataSource.created', key, source));
        return sources;
      },
      { serializeOn: 'data source numbers', space: 'adds', caller: nameOfCaller(callerOf(key)) },
    );
  }

  private async requireRoom(manager: EntityManager, bucketId: string, more: number): Promise<void> {
    const most = this.config.sourcesPerBucket;
    const existing = await manager.countBy(Source, { bucketId, deletedAt: IsNull() });
    if (existing + more <= most) return;
    const words = { most: String(most), room: String(most - existing) };
    throw new ApiError(existing < most ? NO_ROOM_FOR_SOURCES : TOO_MANY_SOURCES, { words });
  }
}

/** Data sources to create, and the context of the request. */
export interface CreateSourcesOptions {
  readonly definitions: readonly NewSource[];
  readonly retry: Retry | undefined;
  readonly yieldTurn: YieldTurn;
}

/** A new data source. Its number is assigned in the transaction. */
export function newSource(bucketId: string, definition: NewSource): Omit<Source, 'number'> {
  const now = Date.now();
  return {
    ...definition,
    id: newId(now),
    bucketId,
    schema: newSchema(definition.schema),
    status: 'active',
    watchVersion: 0,
    metadataCount: 0,
    nextMetadata: 1,
    metadataVersion: 0,
    metadataStamp: 0,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}
