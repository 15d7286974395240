import type { EntityManager } from 'typeorm';
import { BucketAccess } from '../buckets/bucket-access';
import type { HeldBucket } from '../buckets/buckets.service';
import { BUCKET_ARCHIVED } from '../buckets/buckets.errors';
import { ApiError, ValidationError } from '../common/errors';
import { SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { lockIngestSource, lockIngestSources, type IngestSource } from '../sources/ingest-source';
import { requireOwn } from '../sources/sources.service';
import type { MetadataSource } from '../points/metadata-bounds';
import { boundsOf, type IngestBounds } from './expired-points';
import { SOURCE_ARCHIVED } from './ingest.errors';
import type { Admitted, IngestReach, IngestRequest, Refused } from './ingest-request';
import { toProblems } from './rejected-points';
import { withoutBlocks } from './block-admission';
import type { OpenSource, Part } from './part';
import { checkedEarly, openedEarly } from './early-checks';
import { longestTextOf } from './point-check';
import { PointError, type RejectedPoint } from './point-error';

/** From this many sources on, they are locked in sets. */
const LEAST_FOR_SET = 8;

/** A locked bucket, with its status and the age limit of its points. */
interface OpenBucket extends IngestBounds {
  readonly status: HeldBucket['status'];
}

/** Admits or rejects queued requests. Reads each bucket and each source once. */
export class BatchAdmission {
  private readonly buckets = new Map<string, OpenBucket | Refused>();
  private readonly visibleFrom = new Map<string, number>();
  /** Buckets whose commits are recorded. */
  private readonly recorded = new Set<string>();
  private readonly sources = new Map<string, IngestSource | undefined>();
  private readonly rows = new Map<string, IngestSource>();
  private readonly opened = new Map<IngestSource, OpenSource>();

  constructor(
    private readonly manager: EntityManager,
    private readonly access: BucketAccess,
    private readonly open: (row: IngestSource) => OpenSource,
    private readonly nowMillis = Date.now(),
  ) {}

  /**
   * Locks the buckets and sources of the requests until the transaction ends: buckets first, then sources, each ordered by id.
   * Two transactions with different lock orders could deadlock.
   */
  async hold(requests: readonly IngestRequest[]): Promise<void> {
    for (const { key, bucketId } of inOrderOf(requests, ({ bucketId }) => bucketId)) {
      const name = bucketName(key, bucketId);
      if (!this.buckets.has(name)) this.buckets.set(name, await this.holdBucket(key, bucketId));
    }
    const named = requests.flatMap((request) =>
      'cause' in this.bucketOf(request.key, request.bucketId)
        ? []
        : sourcesOf(request).map((id) => ({ id, bucketId: request.bucketId })),
    );
    const names = new Set(named.map(({ id }) => id));
    if (names.size >= LEAST_FOR_SET) return this.holdSet([...names]);
    for (const { id, bucketId } of inOrderOf(named, ({ id }) => id)) {
      const name = `${bucketId} ${id}`;
      if (!this.sources.has(name)) this.sources.set(name, await this.findSource(bucketId, id));
    }
  }

  /** The same for many sources, with a statement for each few hundred of them. */
  private async holdSet(ids: readonly string[]): Promise<void> {
    for (const row of await lockIngestSources(this.manager, ids)) {
      this.sources.set(`${row.bucketId} ${row.id}`, row);
      this.rows.set(row.id, row);
    }
  }

  /** @throws ApiError if the whole request is rejected */
  admit(request: IngestRequest): Admitted {
    const { key, bucketId, partial, pathOf } = request;
    const bucket = this.bucketOf(key, bucketId);
    if ('cause' in bucket) throw bucket.cause as Error;
    if (bucket.status !== 'active') throw new ApiError(BUCKET_ARCHIVED);
    const opened = new Map<string, OpenSource | PointError>();
    for (const id of sourcesOf(request)) opened.set(id, this.openFor(request, id));
    const parts = new Map<OpenSource, Part>();
    const points = request.blocks ? withoutBlocks(request.blocks, opened, bucket.from, parts) : request.points;
    const problems: RejectedPoint[] = [];
    let source: OpenSource | undefined;
    let part: Part | undefined;
    let place = -1;
    const longestText = longestTextOf(request);
    for (const sent of points) {
      place += 1;
      const own = opened.get(sent.dataSourceId) as OpenSource | PointError;
      if (!part || !source || own !== source) {
        if (own instanceof PointError) {
          problems.push({ index: sent.index, error: own });
          continue;
        }
        source = own;
        part = parts.get(own) ?? { points: [], texts: [], indexes: [] };
        parts.set(own, part);
      }
      const early = checkedEarly(request, place, own);
      const point = sent.at < bucket.from && bucket.error ? bucket.error : (early ?? own.check(sent, longestText));
      if (point instanceof PointError)
        problems.push({ index: sent.index, error: key.writeOnly ? point.withoutSchema() : point });
      else {
        part.points.push(point);
        part.texts.push(sent.metadata);
        part.indexes.push(sent.index);
      }
    }
    if (!partial && problems.length > 0) throw new ValidationError(toProblems(problems, pathOf));
    return { request, parts, problems };
  }

  /** The version of the alert rules of an admitted source. */
  watchVersionOf({ id }: OpenSource): number {
    return this.rows.get(id)?.watchVersion ?? 0;
  }

  /** The metadata counters of an admitted source. Returns the same object for the same source. */
  metadataOf({ id }: OpenSource): MetadataSource {
    return this.rows.get(id) as IngestSource;
  }

  /** The earliest time that is visible in the bucket of an admitted source. */
  visibleFromOf({ id }: OpenSource): number {
    return this.visibleFrom.get(this.rows.get(id)?.bucketId ?? '') ?? 0;
  }

  /** The bucket of an admitted source, if its commits are recorded. */
  recordedBucketOf({ id }: OpenSource): string | undefined {
    if (this.recorded.size === 0) return undefined;
    const bucketId = this.rows.get(id)?.bucketId ?? '';
    return this.recorded.has(bucketId) ? bucketId : undefined;
  }

  private bucketOf(key: IngestReach, bucketId: string): OpenBucket | Refused {
    return this.buckets.get(bucketName(key, bucketId)) ?? { cause: new ApiError(BUCKET_ARCHIVED) };
  }

  private async holdBucket(key: IngestReach, bucketId: string): Promise<OpenBucket | Refused> {
    try {
      const bucket = await this.access.hold(this.manager, key, bucketId, 'SHARE');
      const bounds = boundsOf(bucket, this.nowMillis);
      this.visibleFrom.set(bucketId, bounds.from);
      if ((bucket.liveUntil ?? 0) > this.nowMillis) this.recorded.add(bucketId);
      return { status: bucket.status, ...bounds };
    } catch (cause) {
      if (cause instanceof ApiError) return { cause };
      throw cause;
    }
  }

  /** The source with this id, or why its points are rejected. */
  private openFor(request: IngestRequest, id: string): OpenSource | PointError {
    if (!request.merges) return this.sourceOf(request, id);
    try {
      return this.sourceOf(request, id);
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      return new PointError(['dataSourceId'], cause.message, { errorCode: cause.code });
    }
  }

  private sourceOf(request: IngestRequest, id: string): OpenSource {
    requireOwn(request.key, id);
    const row = this.sources.get(`${request.bucketId} ${id}`);
    if (!row) throw new ApiError(SOURCE_NOT_FOUND);
    if (row.status !== 'active') throw new ApiError(SOURCE_ARCHIVED);
    let source = this.opened.get(row);
    if (!source) this.opened.set(row, (source = openedEarly(request, row) ?? this.open(row)));
    return source;
  }

  private async findSource(bucketId: string, id: string): Promise<IngestSource | undefined> {
    const row = await lockIngestSource(this.manager, bucketId, id);
    if (row) this.rows.set(id, row);
    return row;
  }
}

function bucketName({ organizationId, bucketId: own }: IngestReach, bucketId: string): string {
  return `${organizationId} ${own} ${bucketId}`;
}

function sourcesOf({ points, blocks }: IngestRequest): string[] {
  const ids = new Set<string>();
  let last: string | undefined;
  for (const { dataSourceId } of blocks ?? points) if (dataSourceId !== last) ids.add((last = dataSourceId));
  return [...ids];
}

function inOrderOf<T>(values: readonly T[], idOf: (value: T) => string): T[] {
  return [...values].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
}
