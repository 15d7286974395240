import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, type EntityManager, type Repository } from 'typeorm';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import { newId } from '../common/ids';
import type { Action, Actor, AuditEvent } from '../common/audit-event';
import type { YieldTurn } from '../common/http/yield';
import { visibleFrom } from '../common/retention';
import { query, rowLock } from '../database/sql';
import { Writer } from '../database/writer';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { BucketContents, type RemovedContents } from './bucket-contents';
import { BucketSummaries } from './bucket-summaries';
import { Bucket, type BucketStatus } from './bucket.entity';
import { BUCKET_NOT_FOUND, TOO_MANY_BUCKETS } from './buckets.errors';
import { undoAfter } from './retention-bounds';

export interface NewBucket {
  readonly name: string;
  readonly description: string;
  readonly retentionDays: number | null;
}

export interface BucketStats {
  readonly dataSourceCount: number;
  readonly dataPointCount: number;
  readonly apiKeyCount: number;
}

/** A bucket that a transaction has locked. */
export type HeldBucket = Pick<Bucket, 'status' | 'retentionDays' | 'liveUntil'>;

/** Buckets of an organization. Every method throws `BUCKET_NOT_FOUND` for a bucket of another organization. */
@Injectable()
export class BucketsService {
  constructor(
    @InjectRepository(Bucket) private readonly buckets: Repository<Bucket>,
    @Inject(CONFIG) private readonly config: Pick<Config, 'bucketsPerOrganization'>,
    private readonly writer: Writer,
    private readonly contents: BucketContents,
    private readonly summaries: BucketSummaries,
    private readonly idempotency: Idempotency,
  ) {}

  /** @throws ApiError `TOO_MANY_BUCKETS`; `ALREADY_PROCESSED` for a retry */
  async create(by: Actor, organizationId: string, wanted: NewBucket, retry?: Retry): Promise<Bucket> {
    const now = Date.now();
    const { name, description, retentionDays } = wanted;
    const bucket: Bucket = {
      id: newId(),
      organizationId,
      name,
      description,
      retentionDays,
      undoFrom: null,
      undoUntil: null,
      status: 'active',
      liveUntil: null,
      createdAt: now,
      updatedAt: now,
      deletedAt: null,
    };
    await this.writer.write(
      async (manager, audit) => {
        await this.idempotency.record(manager, organizationId, retry, [bucket.id]);
        const most = this.config.bucketsPerOrganization;
        if ((await manager.countBy(Bucket, { organizationId, deletedAt: IsNull() })) >= most)
          throw new ApiError(TOO_MANY_BUCKETS, { words: { most: String(most) } });
        await manager.insert(Bucket, bucket);
        audit(eventOf(by, 'bucket.created', bucket));
      },
      { serializeOn: `buckets of ${organizationId}`, space: 'adds' },
    );
    return bucket;
  }

  async get(organizationId: string, id: string): Promise<Bucket> {
    return found(await this.buckets.findOneBy({ id, organizationId, deletedAt: IsNull() }));
  }

  async statsOf(bucket: Bucket, yieldTurn: YieldTurn): Promise<BucketStats> {
    const counted = { ...bucket, visibleFrom: visibleFrom(bucket, Date.now()) };
    const { manager } = this.buckets;
    return {
      dataSourceCount: await this.contents.sources.count(manager, counted),
      dataPointCount: await this.contents.points.count(manager, counted, yieldTurn),
      apiKeyCount: await this.contents.keys.count(manager, counted),
    };
  }

  /** Changes the given fields. A change without effect does not set `updatedAt`. */
  async update(
    by: Actor,
    organizationId: string,
    id: string,
    changes: Partial<NewBucket & { status: BucketStatus }>,
  ): Promise<Bucket> {
    const updated = await this.writer.write(async (manager, audit) => {
      await this.hold(manager, organizationId, id, 'UPDATE');
      const bucket = found(await manager.findOneBy(Bucket, { id }));
      const {
        name = bucket.name,
        description = bucket.description,
        retentionDays = bucket.retentionDays,
        status = bucket.status,
      } = changes;
      const wanted = { name, description, retentionDays, status };
      if (isDeepStrictEqual({ ...bucket, ...wanted }, { ...bucket })) return bucket;
      const now = Date.now();
      const updatedAt = Math.max(now, bucket.updatedAt + 1);
      await manager.update(Bucket, { id }, { ...wanted, ...undoAfter(bucket, wanted, now), updatedAt });
      if (bucket.status !== status)
        await this.contents.rules[status === 'active' ? 'reopened' : 'archived'](manager, id);
      const fields = FIELDS.filter((field) => wanted[field] !== bucket[field]);
      const pick = (of: typeof wanted) => Object.fromEntries(fields.map((field) => [field, of[field]]));
      audit(eventOf(by, 'bucket.updated', bucket, { from: pick(bucket), to: pick(wanted) }));
      return { ...bucket, ...wanted, updatedAt };
    });
    this.summaries.forget(id);
    return updated;
  }

  /** Deletes a bucket and its contents. Its keys are rejected once this resolves. */
  async remove(by: Actor, organizationId: string, id: string): Promise<{ bucket: Bucket; removed: RemovedContents }> {
    const hidden = await this.hiddenIn(await this.get(organizationId, id));
    const deletion = await this.writer.write(
      async (manager, audit) => {
        await this.hold(manager, organizationId, id, 'UPDATE');
        const bucket = found(await manager.findOneBy(Bucket, { id }));
        const now = Date.now();
        const stored = await this.contents.removeAll(manager, id, now);
        const removed = { ...stored, dataPoints: Math.max(0, stored.dataPoints - hidden) };
        await manager.update(Bucket, { id }, { deletedAt: now });
        audit(eventOf(by, 'bucket.deleted', bucket, removed));
        return { bucket, removed };
      },
      { space: 'frees' },
    );
    await this.contents.keys.finishRemoval(id);
    return deletion;
  }

  /** Checks that a bucket exists, and locks it until the transaction's end. `UPDATE` excludes other locks. */
  async hold(
    manager: EntityManager,
    organizationId: string,
    id: string,
    kind: 'SHARE' | 'UPDATE',
  ): Promise<HeldBucket> {
    const [held] = await query<HeldBucket>(manager, HOLD + rowLock(manager, kind), [id, organizationId]);
    if (!held) throw new ApiError(BUCKET_NOT_FOUND);
    return held;
  }

  /** The number of stored points that the retention hides. Counted before the transaction that deletes them, because it can take long. */
  private async hiddenIn(bucket: Bucket): Promise<number> {
    const from = visibleFrom(bucket, Date.now());
    if (from === 0) return 0;
    const count = (visibleFrom: number) => this.contents.points.count(this.buckets.manager, { ...bucket, visibleFrom });
    return (await count(0)) - (await count(from));
  }
}

const HOLD = `SELECT status, retention_days AS "retentionDays", live_until AS "liveUntil" FROM buckets
  WHERE id = ? AND organization_id = ? AND deleted_at IS NULL`;
const FIELDS = ['name', 'description', 'retentionDays', 'status'] as const;

function eventOf(by: Actor, action: Action, { organizationId, id, name }: Bucket, details?: object): AuditEvent {
  const target = { type: 'bucket', id, name } as const;
  return { by, action, organizationId, bucketId: id, target, ...(details && { details: { ...details } }) };
}

function found(bucket: Bucket | null): Bucket {
  if (!bucket) throw new ApiError(BUCKET_NOT_FOUND);
  return bucket;
}
