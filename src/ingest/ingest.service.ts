import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { BucketAccess } from '../buckets/bucket-access';
import { databaseFailureOf } from '../common/database-failure';
import { ApiError } from '../common/errors';
import { awayMillisOf, threadOf } from '../database/sql';
import { GaveWay } from '../database/transaction-pace';
import { Writer } from '../database/writer';
import { MetadataDictionary, nothingLearnt, type Learnt } from '../points/metadata';
import { RollupCompletion } from '../points/rollup-completion';
import { PointStore } from '../points/point-store';
import type { SourceAppend } from '../points/source-append';
import { BatchAdmission } from './batch-admission';
import type { Admitted, IngestRequest, Refused } from './ingest-request';
import { addTo, isOnlyHistory } from './batch-parts';
import { EarlyChecks } from './early-checks';
import { EarlyEvaluations, Postponed } from './early-evaluations';
import { boundsOf, expiredAmong } from './expired-points';
import { readIngestSources } from '../sources/ingest-source';
import { startAll, type FollowUp } from './follow-ups';
import { textsOf, Unnumbered, withNumbers } from './numbered-metadata';
import { callerOf, IngestQueue } from './ingest-queue';
import { CommitRollups } from './commit-rollups';
import { CommitJournal, type RecordedPoints } from './commit-journal';
import { OpenSources } from './open-sources';
import { PointObserver } from './point-observer';
import type { SentPoint } from './point-check';
import type { RejectedPoint } from './point-error';
import { countUnknownTexts } from './unknown-texts';
import { afterGivingWay, mayGiveWay, type Ingested, type WaitingRequest } from './waiting-request';

/** From this many points in blocks on, a commit runs in a worker thread. Points as objects take longer to send there than to store. */
const LEAST_LONG_POINTS = 1000;
/** Together with the 4 seconds for a lock, a request waits at most 5 seconds. */
const LONGEST_WAIT_FOR_FAILURE_MILLIS = 1000;

/** What became of a request, reported after the commit. */
type Outcome = { readonly ingested: Ingested } | Refused;

/** Stores points with group commit: concurrent requests share a transaction. When a call resolves, its points are on disk. */
@Injectable()
export class Ingest {
  private readonly sources = new OpenSources();
  private readonly waiting: IngestQueue<WaitingRequest>;
  private readonly checks: EarlyChecks;
  private readonly early: EarlyEvaluations;
  private running = 0;

  constructor(
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
    private readonly store: PointStore,
    private readonly dictionary: MetadataDictionary,
    @Inject(PointObserver) observer: PointObserver,
    private readonly journal: CommitJournal,
    private readonly completion: RollupCompletion,
    dataSource: DataSource,
  ) {
    this.waiting = new IngestQueue(
      ({ points }) =>
        countUnknownTexts(points, (id, text) =>
          this.dictionary.isProbablyKnown(this.sources.inMemory(id)?.number, text),
        ),
      writer.atOnce === 1,
    );
    this.checks = new EarlyChecks(this.sources, (ids) => readIngestSources(dataSource.manager, ids));
    this.early = new EarlyEvaluations(observer, (waiting) => this.enqueue(waiting));
  }

  /**
   * Stores all points or none, or with `partial` the valid ones.
   *
   * @throws ApiError if the key may not write to the bucket or a source, or if one is archived or does not exist
   * @throws ValidationError for invalid points, with up to 20 of them in its details
   */
  add(request: IngestRequest): Promise<Ingested> {
    return new Promise((resolve, reject) => {
      const since = performance.now();
      const enqueue = (checked: IngestRequest) => this.enqueue({ request: checked, since, resolve, reject });
      const checking = this.checks.check(request);
      if (!checking) return enqueue(request);
      checking.then(enqueue, reject);
    });
  }

  private enqueue(waiting: WaitingRequest): void {
    this.waiting.add(waiting);
    if (this.running < this.writer.atOnce) void this.run();
  }

  /** Whether requests of one caller are stored in the order in which they were added: one transaction runs at a time. */
  get storesInOrder(): boolean {
    return this.writer.atOnce === 1;
  }

  /** Whether requests of others than this caller have come lately, so that large ones should be divided. */
  isSharedWith(caller: Pick<IngestRequest, 'key' | 'line'>): boolean {
    return this.waiting.isSharedWith(callerOf(caller));
  }

  /** How many requests wait for a commit. */
  get queued(): number {
    return this.checks.size + this.waiting.size + this.early.size;
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
    let requests: WaitingRequest[] = [];
    const learnt = nothingLearnt();
    try {
      const { outcomes, followUps, isRecorded } = await this.writer.write(
        (manager) => {
          requests = this.waiting.takeForCommit(threadOf(manager) !== undefined);
          return this.storeTimed(manager, requests, learnt);
        },
        {
          space: 'adds',
          requests: () => this.waiting.size,
          isShared: () => this.waiting.isShared,
          isLong: () => this.waiting.pointsInBlocks >= LEAST_LONG_POINTS,
          givesWay: (areOthersWaiting) =>
            requests.every(mayGiveWay) && (areOthersWaiting || this.waiting.areQuickWaiting),
        },
      );
      this.dictionary.remember(learnt);
      if (isRecorded) this.journal.committed();
      const waits = startAll(followUps);
      this.waiting.addFirst(requests.filter((_, index) => outcomes[index] instanceof Unnumbered));
      for (const [index, waiting] of requests.entries()) {
        const { resolve, reject } = waiting;
        const outcome = outcomes[index];
        if (outcome instanceof Unnumbered) continue;
        else if (outcome instanceof Postponed) this.early.postpone(waiting, outcome);
        else if (!outcome || 'cause' in outcome) reject(outcome?.cause);
        else if (waits.has(index)) void waits.get(index)?.then(() => resolve(outcome.ingested));
        else resolve(outcome.ingested);
      }
    } catch (cause) {
      if (cause instanceof GaveWay) return this.waiting.giveBack(requests.map(afterGivingWay));
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

  private async storeTimed(manager: EntityManager, waiting: readonly WaitingRequest[], learnt: Learnt) {
    const busyMillis = () => performance.now() - awayMillisOf(manager);
    const startedAt = busyMillis();
    const stored = await this.storeAll(manager, waiting, learnt);
    // If several transactions run at once, most of the time is spent in the database and does not block the event loop.
    if (this.writer.atOnce === 1) this.waiting.noteCommit(busyMillis() - startedAt, threadOf(manager) !== undefined);
    return stored;
  }

  /** An invalid request is rejected alone. A database error rolls back all of them. */
  private async storeAll(
    manager: EntityManager,
    waiting: readonly WaitingRequest[],
    learnt: Learnt,
  ): Promise<{ outcomes: Outcome[]; followUps: FollowUp[]; isRecorded: boolean }> {
    const requests = waiting.map(({ request }) => request);
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
    const texts = textsOf(checked, admission);
    const numbers = await this.dictionary.number(manager, texts, learnt, this.waiting.mostNewTexts);
    const numbered = withNumbers(checked, numbers);
    const planned = await this.early.plan(manager, admission, numbered, waiting);
    const { checked: admitted, sources, evaluations } = planned;
    const counts = requests.map(() => ({ inserted: 0, updated: 0, duplicates: 0 }));
    const only = new Map<number, Ingested['only']>();
    const recorded: RecordedPoints[] = [];
    const followUps: FollowUp[] = [];
    for (const { requests: sent, evaluate } of evaluations) {
      const afterCommit = await evaluate(manager);
      if (afterCommit) followUps.push({ requests: sent, afterCommit });
    }
    const rollups = new CommitRollups(admitted, threadOf(manager) ? sources.length : 1);
    const appends = sources.map(([source, parts]): SourceAppend => {
      const indexes = [...parts.keys()];
      const changed = admission.recordedBucketOf(source) === undefined ? undefined : [];
      const merges = (index: number) => requests[indexes[index] ?? -1]?.merges === true;
      const options = { isHistory: isOnlyHistory(parts, requests), changed, merges };
      return {
        source,
        requests: [...parts.values()],
        options: { ...options, ...rollups.optionsFor(source.number, indexes) },
      };
    });
    const appended = await this.store.appendToAll(manager, appends);
    for (const [place, [source, parts]] of sources.entries()) {
      const points = appends[place]?.options.changed ?? [];
      const bucketId = admission.recordedBucketOf(source);
      if (bucketId !== undefined && points.length > 0) recorded.push({ bucketId, source: source.number, points });
      for (const [index, request] of [...parts.keys()].entries()) {
        addTo(counts[request], appended[place]?.[index]);
        const [point] = parts.get(request)?.points ?? [];
        if (point) only.set(request, { source: source.number, point });
      }
    }
    if (recorded.length > 0) await this.journal.record(manager, recorded);
    followUps.push(...rollups.followUps(this.completion));
    const outcomes = admitted.map((one, index) => {
      if ('cause' in one) return one;
      const { inserted = 0, updated = 0, duplicates = 0 } = counts[index] ?? {};
      return { ingested: { inserted, updated, duplicates, problems: one.problems, only: only.get(index) } };
    });
    return { outcomes, followUps, isRecorded: recorded.length > 0 };
  }
}
