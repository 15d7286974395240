import type { EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import type { HeldBucket } from '../buckets/buckets.service';
import { BUCKET_ARCHIVED } from '../buckets/buckets.errors';
import { ApiError, ValidationError, type Problem } from '../common/errors';
import { SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { lockIngestSource, lockIngestSources, type IngestSource } from '../sources/ingest-source';
import { requireOwn } from '../sources/sources.service';
import type { MetadataSource } from '../points/metadata-bounds';
import { boundsOf, type IngestBounds } from './expired-points';
import { SOURCE_ARCHIVED } from './ingest.errors';
import { toProblems } from './rejected-points';
import type { SentBlock } from './sent-block';
import { withoutBlocks } from './block-admission';
import type { OpenSource, Part } from './part';
import { checkedEarly, openedEarly, type EarlyChecked } from './early-checks';
import { longestTextOf, type SentPoint } from './point-check';
import { PointError, type RejectedPoint } from './point-error';

/** From this many sources on, they are locked in sets. */
const LEAST_FOR_SET = 8;

/** The restrictions of a key on where it may store points. */
type IngestReach = Pick<CurrentApiKey, 'organizationId' | 'bucketId' | 'dataSourceId' | 'writeOnly'>;

/** Points of one bucket. */
export interface IngestRequest {
  readonly key: IngestReach;
  readonly bucketId: string;
  /** The rotation lineage whose share of the metadata limit is used; null for Admin keys and imports. */
  readonly line: string | null;
  readonly points: readonly SentPoint[];
  /** Points in blocks, instead of `points`. */
  readonly blocks?: readonly SentBlock[];
  /** What was done before the transaction. */
  readonly early?: EarlyChecked;
  /** The path of the point at this index in the request body. */
  readonly pathOf: (index: number) => Problem['path'];
  /** Whether valid points are stored when others are rejected. */
  readonly partial: boolean;
  /** Whether a point adds its values to the stored point with the same identity. Otherwise it replaces it. */
  readonly merges?: boolean;
  /** Whether the points are historical: they fire and resolve no alert rule, and are no arrival for `no data`. */
  readonly quiet?: boolean;
}

/** A request whose valid points can be stored. */
export interface Admitted {
  readonly request: IngestRequest;
  readonly parts: ReadonlyMap<OpenSource, Part>;
  readonly problems: readonly RejectedPoint[];
}

/** The error that rejects a request or a bucket. */
export interface Refused {
  readonly cause: unknown;
}

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
