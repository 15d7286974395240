import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BucketAccess } from '../buckets/bucket-access';
import { databaseFailureOf } from '../common/database-failure';
import { ApiError } from '../common/errors';
import { threadOf } from '../database/sql';
import { eachTogether } from '../database/together';
import { Writer } from '../database/writer';
import { MetadataDictionary, nothingLearnt, type Learnt } from '../points/metadata';
import { PointStore, type Appended } from '../points/point-store';
import type { PackedPoint } from '../points/values';
import { BatchAdmission, type Admitted, type IngestRequest, type Refused } from './batch-admission';
import { addTo, blocksIn, bySource, isOnlyHistory, livePoints, pointsIn } from './batch-parts';
import { boundsOf, expiredAmong } from './expired-points';
import { withoutOverflow } from './overflow';
import { IngestQueue } from './ingest-queue';
import { CommitJournal, type RecordedPoints } from './commit-journal';
import { OpenSources } from './open-sources';
import { PointObserver } from './point-observer';
import type { RejectedPoint, SentPoint } from './point-check';
import { countUnknownTexts } from './unknown-texts';

/** From this many points in blocks on, a commit runs in a worker thread. Points as objects take longer to send there than to store. */
const LEAST_LONG_POINTS = 1000;
/** Together with the 4 seconds for a lock, a request waits at most 5 seconds. */
const LONGEST_WAIT_FOR_FAILURE_MILLIS = 1000;

/** The result of a request. */
export interface Ingested extends Appended {
  /** The rejected points of a partial request. */
  readonly problems: readonly RejectedPoint[];
  /** The stored point of a request with a single point. */
  readonly only: { readonly source: number; readonly point: PackedPoint } | undefined;
}

interface Waiting {
  readonly request: IngestRequest;
  readonly since: number;
  readonly resolve: (ingested: Ingested) => void;
  readonly reject: (cause: unknown) => void;
}

/** The result of a request, reported after the commit. */
type Outcome = { readonly ingested: Ingested } | Refused;

/** Stores points with group commit: concurrent requests share a transaction. When a call resolves, its points are on disk. */
@Injectable()
export class Ingest {
  private readonly sources = new OpenSources();
  private readonly waiting = new IngestQueue<Waiting>(({ points }) =>
    countUnknownTexts(points, (id, text) => this.dictionary.isProbablyKnown(this.sources.numberOf(id), text)),
  );
  private running = 0;

  constructor(
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
    private readonly store: PointStore,
    private readonly dictionary: MetadataDictionary,
    @Inject(PointObserver) private readonly observer: PointObserver,
    private readonly journal: CommitJournal,
  ) {}

  /**
   * Stores all points or none, or with `partial` the valid ones.
   *
   * @throws ApiError if the key may not write to the bucket or a source, or if one is archived or does not exist
   * @throws ValidationError for invalid points, with up to 20 of them in its details
   */
  add(request: IngestRequest): Promise<Ingested> {
    return new Promise((resolve, reject) => {
      this.waiting.add({ request, since: performance.now(), resolve, reject });
      if (this.running < this.writer.atOnce) void this.run();
    });
  }

  /** Whether requests of one caller are stored in the order in which they were added: one transaction runs at a time. */
  get storesInOrder(): boolean {
    return this.writer.atOnce === 1;
  }

  /** How many requests wait for a commit. */
  get queued(): number {
    return this.waiting.size;
  }

  /** The points that are older than the retention of the bucket; none if the key may not access the bucket. */
  async expiredAmong(
    key: IngestRequest['key'],
    bucketId: string | null,
    points: readonly SentPoint[],
  ): Promise<RejectedPoint[]> {
    if (bucketId === null || points.length === 0) return [];
    try {
      return expiredAmong(points, boundsOf(await this.buckets.get(key, bucketId), Date.now()));
    } catch (cause) {
      if (cause instanceof ApiError) return [];
      throw cause;
    }
  }

  private async run(): Promise<void> {
    this.running += 1;
    while (this.waiting.size > 0) {
      await this.commitNext();
    }
    this.running -= 1;
  }

  /** Stores waiting requests. They are taken from the queue only when the transaction has started. */
  private async commitNext(): Promise<void> {
    let requests: Waiting[] = [];
    const learnt = nothingLearnt();
    try {
      const { outcomes, isObserved, isRecorded } = await this.writer.write(
        (manager) => {
          requests = this.waiting.takeForCommit(threadOf(manager) !== undefined);
          return this.storeTimed(
            manager,
            requests.map(({ request }) => request),
            learnt,
          );
        },
        {
          space: 'adds',
          requests: () => this.waiting.size,
          isLong: () => this.waiting.pointsInBlocks >= LEAST_LONG_POINTS,
        },
      );
      this.dictionary.remember(learnt);
      if (isObserved) this.observer.committed();
      if (isRecorded) this.journal.committed();
      for (const [index, { resolve, reject }] of requests.entries()) {
        const outcome = outcomes[index];
        if (outcome && 'ingested' in outcome) resolve(outcome.ingested);
        else reject(outcome?.cause);
      }
    } catch (cause) {
      // Without a connection no request has been taken from the queue yet.
      if (requests.length === 0) requests = this.waiting.takeForCommit();
      for (const { reject } of requests) reject(cause);
      if (databaseFailureOf(cause) === 'unavailable') this.rejectLongWaiting(cause);
    }
  }

  /** Rejects requests that waited during a failed commit: they would wait as long again for the next one. */
  private rejectLongWaiting(cause: unknown): void {
    const before = performance.now() - LONGEST_WAIT_FOR_FAILURE_MILLIS;
    for (const one of this.waiting.clear())
      if (one.since < before) one.reject(cause);
      else this.waiting.add(one);
  }

  private async storeTimed(manager: EntityManager, requests: readonly IngestRequest[], learnt: Learnt) {
    const startedAt = performance.now();
    const stored = await this.storeAll(manager, requests, learnt);
    // If several transactions run at once, most of the time is spent in the database and does not block the event loop.
    if (this.writer.atOnce === 1)
      this.waiting.noteCommit(requests, performance.now() - startedAt, threadOf(manager) !== undefined);
    return stored;
  }

  /** An invalid request is rejected alone. A database error rolls back all of them. */
  private async storeAll(
    manager: EntityManager,
    requests: readonly IngestRequest[],
    learnt: Learnt,
  ): Promise<{ outcomes: Outcome[]; isObserved: boolean; isRecorded: boolean }> {
    const admission = new BatchAdmission(manager, this.buckets, (row) => this.sources.open(row));
    await admission.hold(requests);
    const checked = requests.map((request): Admitted | Refused => {
      try {
        return admission.admit(request);
      } catch (cause) {
        if (cause instanceof ApiError) return { cause };
        throw cause;
      }
    });
    const admitted = await this.numberMetadata(manager, admission, checked, learnt);
    const counts = requests.map(() => ({ inserted: 0, updated: 0, duplicates: 0 }));
    const only = new Map<number, Ingested['only']>();
    const recorded: RecordedPoints[] = [];
    let isObserved = false;
    const sources = bySource(admitted);
    for (const [source, parts] of sources) {
      const watchVersion = admission.watchVersionOf(source);
      const observed = { ...source, watchVersion, visibleFrom: admission.visibleFromOf(source) };
      const isHistory = isOnlyHistory(parts, requests);
      if (watchVersion > 0 && !isHistory) {
        const live = livePoints(parts, requests);
        if (await this.observer.beforeStored(manager, observed, live)) isObserved = true;
      }
    }
    await eachTogether(manager, [...sources], async ([source, parts]) => {
      const isHistory = isOnlyHistory(parts, requests);
      const bucketId = admission.recordedBucketOf(source);
      const changed: PackedPoint[] | undefined = bucketId === undefined ? undefined : [];
      const indexes = [...parts.keys()];
      const merges = (index: number) => requests[indexes[index] ?? -1]?.merges === true;
      const options = { isHistory, changed, merges };
      // A stream shows the points that have changed one by one.
      const blocks = changed ? undefined : blocksIn(parts);
      const appended = blocks
        ? await this.store.appendBlocks(manager, source, blocks, options)
        : await this.store.append(manager, source, [...parts.values()].map(pointsIn), options);
      if (bucketId !== undefined && changed?.length)
        recorded.push({ bucketId, source: source.number, points: changed });
      for (const [index, request] of indexes.entries()) {
        addTo(counts[request], appended[index]);
        const [point] = parts.get(request)?.points ?? [];
        if (point) only.set(request, { source: source.number, point });
      }
    });
    if (recorded.length > 0) await this.journal.record(manager, recorded);
    const outcomes = admitted.map((one, index) => {
      if ('cause' in one) return one;
      const { inserted = 0, updated = 0, duplicates = 0 } = counts[index] ?? {};
      return { ingested: { inserted, updated, duplicates, problems: one.problems, only: only.get(index) } };
    });
    return { outcomes, isObserved, isRecorded: recorded.length > 0 };
  }

  /** Numbers the metadata of all points, and rejects points whose new metadata exceeds a limit. */
  private async numberMetadata(
    manager: EntityManager,
    admission: BatchAdmission,
    checked: readonly (Admitted | Refused)[],
    learnt: Learnt,
  ): Promise<(Admitted | Refused)[]> {
    const numbered = checked.map((one) => {
      if ('cause' in one) return undefined;
      const { line, partial } = one.request;
      const parts = [...one.parts].map(([source, part]) => [admission.metadataOf(source), part] as const);
      return { line, partial, parts };
    });
    const overflows = await this.dictionary.number(manager, numbered, learnt);
    return checked.map((one, index) => {
      const overflow = overflows[index] ?? [];
      return 'cause' in one || overflow.length === 0 ? one : withoutOverflow(one, overflow);
    });
  }
}
