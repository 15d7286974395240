import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../access/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { BUCKET_ARCHIVED } from '../buckets/buckets.errors';
import { ApiError, ValidationError, type Problem } from '../common/errors';
import { SOURCE_NOT_FOUND } from '../data-sources/data-sources.errors';
import { requireOwn } from '../data-sources/data-sources.service';
import type { Schema } from '../data-sources/schema';
import { query, rowLock } from '../database/sql';
import { Writer } from '../database/writer';
import { MetadataDictionary, type Learnt } from '../points/metadata';
import { PointStore, type Appended } from '../points/point-store';
import type { PackedPoint } from '../points/values';
import { SOURCE_ARCHIVED } from './ingest.errors';
import { PointWatch } from './point-watch';
import { compileCheck, Fault, type PointCheck, type SentPoint } from './point-check';

const MOST_DETAILS = 20;
const MOST_COMPILED = 10_000;
const MOST_GATHERED = 256;
/** So many points are stored in some ten milliseconds, in which SQLite lets nobody else have a turn. */
const POINTS_PER_COMMIT = 3000;

/** A point that does not fit its source, by its place in the request. */
export interface Misfit {
  readonly index: number;
  readonly fault: Fault;
}

/** What became of points that were sent. Together they are all that could be judged by their sources. */
export interface Ingested extends Appended {
  /** What does not fit its source, where only the others were stored. */
  readonly problems: readonly Misfit[];
  /** The one point of a request for one, as it is stored. */
  readonly only: { readonly source: number; readonly point: PackedPoint } | undefined;
}

/** What of a key says where it may store points. */
type IngestReach = Pick<CurrentApiKey, 'organizationId' | 'bucketId' | 'dataSourceId'>;

/** Points of one bucket. */
export interface IngestRequest {
  readonly key: IngestReach;
  readonly bucketId: string;
  readonly points: readonly SentPoint[];
  /** Where in the request's body the point of this index stands. */
  readonly pathOf: (index: number) => Problem['path'];
  /** Whether the points that fit their source are stored without the others. */
  readonly partial: boolean;
}

interface Waiting {
  readonly request: IngestRequest;
  readonly resolve: (ingested: Ingested) => void;
  readonly reject: (cause: unknown) => void;
}

interface SourceRow {
  readonly id: string;
  readonly number: number;
  readonly schema: string;
  readonly status: string;
  readonly updatedAt: number | string;
  readonly watchVersion: number;
}

interface OpenSource extends Pick<SourceRow, 'id' | 'number'> {
  readonly schema: Schema;
  readonly check: PointCheck;
}

/** What a request has for one source, and the metadata of each point. */
interface Part {
  readonly points: PackedPoint[];
  readonly texts: (string | null)[];
}

/** A request that can be stored. */
interface Admitted {
  readonly parts: ReadonlyMap<OpenSource, Part>;
  readonly problems: readonly Misfit[];
}

/** What a request came to, told once the commit is through. */
type Outcome = { readonly ingested: Ingested } | Refused;

/** Why something cannot be had. */
interface Refused {
  readonly cause: unknown;
}

const FIND_SOURCE = `SELECT id, number, schema, status, updated_at AS "updatedAt", watch_version AS "watchVersion"
  FROM data_sources
  WHERE id = ? AND bucket_id = ? AND deleted_at IS NULL`;
const FIND_STATUS = 'SELECT status FROM buckets WHERE id = ?';

/** Stores points: once a call resolves, they are on disk. What is sent at the same time shares a transaction. */
@Injectable()
export class Ingest {
  /** Checks made of schemas, by the source's id, as of its last change. */
  private readonly compiled = new Map<string, { readonly updatedAt: number; readonly source: OpenSource }>();
  private waiting: Waiting[] = [];
  private running = 0;

  constructor(
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
    private readonly store: PointStore,
    private readonly dictionary: MetadataDictionary,
    private readonly watch: PointWatch,
  ) {}

  /**
   * Stores points: all or none, unless `partial` says otherwise.
   *
   * @throws ApiError for a bucket or a source that the key may not write to, or that is archived or not there
   * @throws ValidationError for values that do not fit their source, naming up to 20 of them
   */
  add(request: IngestRequest): Promise<Ingested> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      if (this.running < this.writer.atOnce) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running += 1;
    while (this.waiting.length > 0) {
      await this.gather();
      if (this.waiting.length > 0) await this.commitNext();
    }
    this.running -= 1;
  }

  /** Waits for as long as each turn of the event loop brings more: what comes together shares a commit. */
  private async gather(): Promise<void> {
    for (let before = 0; this.waiting.length > before && before < MOST_GATHERED;) {
      before = this.waiting.length;
      await setImmediate();
    }
  }

  /** Stores what is waiting by the time that the database is ready for it. */
  private async commitNext(): Promise<void> {
    let requests: Waiting[] = [];
    const learnt: Learnt = new Map();
    try {
      const { outcomes, isWatched } = await this.writer.write((manager) => {
        requests = this.takeWaiting();
        return this.storeAll(
          manager,
          requests.map(({ request }) => request),
          learnt,
        );
      });
      this.dictionary.remember(learnt);
      if (isWatched) this.watch.committed();
      for (const [index, { resolve, reject }] of requests.entries()) {
        const outcome = outcomes[index];
        if (outcome && 'ingested' in outcome) resolve(outcome.ingested);
        else reject(outcome?.cause);
      }
    } catch (cause) {
      // Without a connection nothing may have been taken yet.
      if (requests.length === 0) requests = this.takeWaiting();
      for (const { reject } of requests) reject(cause);
    }
  }

  private takeWaiting(): Waiting[] {
    let points = 0;
    let count = 0;
    for (const { request } of this.waiting) {
      points += request.points.length;
      if (count > 0 && points > POINTS_PER_COMMIT) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  /** What one request does wrong is its own matter; what the database throws undoes all of them. */
  private async storeAll(
    manager: EntityManager,
    requests: readonly IngestRequest[],
    learnt: Learnt,
  ): Promise<{ outcomes: Outcome[]; isWatched: boolean }> {
    const opening = new Opening(manager, this.buckets, (row) => this.open(row));
    await opening.hold(requests);
    const admitted = requests.map((request): Admitted | Refused => {
      try {
        return opening.admit(request);
      } catch (cause) {
        if (cause instanceof ApiError) return { cause };
        throw cause;
      }
    });
    const counts = requests.map(() => ({ inserted: 0, updated: 0, duplicates: 0 }));
    const only = new Map<number, Ingested['only']>();
    let isWatched = false;
    for (const [source, parts] of bySource(admitted)) {
      for (const { points, texts } of parts.values())
        await this.dictionary.number(manager, source.number, points, texts, learnt);
      const requestsPoints = [...parts.values()].map(({ points }) => points);
      const watchVersion = opening.watchVersionOf(source);
      if (
        watchVersion > 0 &&
        (await this.watch.beforeStored(manager, { ...source, watchVersion }, requestsPoints.flat()))
      )
        isWatched = true;
      const appended = await this.store.append(manager, source, requestsPoints);
      for (const [index, request] of [...parts.keys()].entries()) {
        addTo(counts[request], appended[index]);
        const [point] = requestsPoints[index] ?? [];
        if (point) only.set(request, { source: source.number, point });
      }
    }
    const outcomes = admitted.map((one, index) => {
      if ('cause' in one) return one;
      const { inserted = 0, updated = 0, duplicates = 0 } = counts[index] ?? {};
      return { ingested: { inserted, updated, duplicates, problems: one.problems, only: only.get(index) } };
    });
    return { outcomes, isWatched };
  }

  private open({ id, number, schema: text, updatedAt }: SourceRow): OpenSource {
    const kept = this.compiled.get(id);
    if (kept?.updatedAt === Number(updatedAt)) return kept.source;
    const schema = JSON.parse(text) as Schema;
    const source = { id, number, schema, check: compileCheck(schema) };
    if (this.compiled.size >= MOST_COMPILED) this.compiled.clear();
    this.compiled.set(id, { updatedAt: Number(updatedAt), source });
    return source;
  }
}

/** Says what of some requests can be stored, asking once for each bucket and source that they name. */
class Opening {
  private readonly buckets = new Map<string, { readonly status: string } | Refused>();
  private readonly sources = new Map<string, SourceRow | undefined>();
  private readonly watchVersions = new Map<string, number>();

  constructor(
    private readonly manager: EntityManager,
    private readonly access: BucketAccess,
    private readonly open: (row: SourceRow) => OpenSource,
  ) {}

  /**
   * Holds what the requests name until the transaction's end: buckets first, then sources, each in the order of their ids,
   * since two transactions that hold in different orders could wait for each other.
   */
  async hold(requests: readonly IngestRequest[]): Promise<void> {
    for (const { key, bucketId } of inOrderOf(requests, ({ bucketId }) => bucketId)) {
      const name = bucketName(key, bucketId);
      if (!this.buckets.has(name)) this.buckets.set(name, await this.holdBucket(key, bucketId));
    }
    const wanted = requests.flatMap(({ key, bucketId, points }) =>
      'cause' in this.bucketOf(key, bucketId) ? [] : sourcesOf(points).map((id) => ({ id, bucketId })),
    );
    for (const { id, bucketId } of inOrderOf(wanted, ({ id }) => id)) {
      const name = `${bucketId} ${id}`;
      if (!this.sources.has(name)) this.sources.set(name, await this.findSource(bucketId, id));
    }
  }

  /** @throws ApiError for what refuses the whole request */
  admit({ key, bucketId, points, partial, pathOf }: IngestRequest): Admitted {
    const bucket = this.bucketOf(key, bucketId);
    if ('cause' in bucket) throw bucket.cause as Error;
    if (bucket.status !== 'active') throw new ApiError(BUCKET_ARCHIVED);
    const opened = new Map<string, OpenSource>();
    for (const id of sourcesOf(points)) opened.set(id, this.sourceOf(key, bucketId, id));
    const parts = new Map<OpenSource, Part>();
    const problems: Misfit[] = [];
    let source: OpenSource | undefined;
    let part: Part | undefined;
    for (const sent of points) {
      const own = opened.get(sent.dataSourceId) as OpenSource;
      if (!part || own !== source) {
        source = own;
        part = parts.get(own) ?? { points: [], texts: [] };
        parts.set(own, part);
      }
      const point = own.check(sent);
      if (point instanceof Fault) problems.push({ index: sent.index, fault: point });
      else {
        part.points.push(point);
        part.texts.push(sent.metadata);
      }
    }
    if (!partial && problems.length > 0) throw new ValidationError(toProblems(problems, pathOf));
    return { parts, problems };
  }

  /** What the row said of who watches a source that was admitted. */
  watchVersionOf({ id }: OpenSource): number {
    return this.watchVersions.get(id) ?? 0;
  }

  private bucketOf(key: IngestReach, bucketId: string): { readonly status: string } | Refused {
    return this.buckets.get(bucketName(key, bucketId)) ?? { cause: new ApiError(BUCKET_ARCHIVED) };
  }

  private async holdBucket(key: IngestReach, bucketId: string): Promise<{ readonly status: string } | Refused> {
    try {
      await this.access.hold(this.manager, key, bucketId, 'SHARE');
    } catch (cause) {
      if (cause instanceof ApiError) return { cause };
      throw cause;
    }
    const [bucket] = await query<{ status: string }>(this.manager, FIND_STATUS, [bucketId]);
    return { status: bucket?.status ?? 'archived' };
  }

  private sourceOf(key: IngestReach, bucketId: string, id: string): OpenSource {
    requireOwn(key, id);
    const row = this.sources.get(`${bucketId} ${id}`);
    if (!row) throw new ApiError(SOURCE_NOT_FOUND);
    if (row.status !== 'active') throw new ApiError(SOURCE_ARCHIVED);
    return this.open(row);
  }

  private async findSource(bucketId: string, id: string): Promise<SourceRow | undefined> {
    const sql = FIND_SOURCE + rowLock(this.manager, 'UPDATE');
    const [row] = await query<SourceRow>(this.manager, sql, [id, bucketId]);
    if (row && row.watchVersion > 0) this.watchVersions.set(id, row.watchVersion);
    return row;
  }
}

function bucketName({ organizationId, bucketId: own }: IngestReach, bucketId: string): string {
  return `${organizationId} ${own} ${bucketId}`;
}

function sourcesOf(points: readonly SentPoint[]): string[] {
  const ids = new Set<string>();
  let last: string | undefined;
  for (const { dataSourceId } of points) if (dataSourceId !== last) ids.add((last = dataSourceId));
  return [...ids];
}

function inOrderOf<T>(values: readonly T[], idOf: (value: T) => string): T[] {
  return [...values].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
}

/** What there is for each source, request by request, in the order in which the sources were made. */
function bySource(admitted: readonly (Admitted | Refused)[]) {
  const sources = new Map<OpenSource, Map<number, Part>>();
  for (const [request, one] of admitted.entries()) {
    if ('cause' in one) continue;
    for (const [source, part] of one.parts) {
      const parts = sources.get(source);
      if (parts) parts.set(request, part);
      else sources.set(source, new Map([[request, part]]));
    }
  }
  return [...sources].sort(([one], [other]) => one.number - other.number);
}

/** The first faults of a request, as it is told of them. There is at least one. */
export function toProblems(misfits: readonly Misfit[], pathOf: IngestRequest['pathOf']): [Problem, ...Problem[]] {
  const problemOf = ({ index, fault }: Misfit) => ({ path: [...pathOf(index), ...fault.path], message: fault.message });
  return misfits.slice(0, MOST_DETAILS).map(problemOf) as Problem[] as [Problem, ...Problem[]];
}

function addTo(counts: { -readonly [Name in keyof Appended]: number } | undefined, more: Appended | undefined): void {
  if (!counts || !more) return;
  counts.inserted += more.inserted;
  counts.updated += more.updated;
  counts.duplicates += more.duplicates;
}
