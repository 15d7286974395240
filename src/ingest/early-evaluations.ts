import type { EntityManager } from 'typeorm';
import { TimeSlices } from '../scheduling/time-slices';
import type { PackedPoint } from '../points/values';
import type { BatchAdmission } from './batch-admission';
import type { Admitted, IngestRequest, Refused } from './ingest-request';
import { bySource, livePoints } from './batch-parts';
import { callerOf } from './ingest-queue';
import type { OpenSource, Part } from './part';
import type { AfterCommit, EvaluationPlan, ObservedSource, PointObserver } from './point-observer';
import type { EarlyResult, WaitingRequest } from './waiting-request';

/** If the rules of a source change this often before the commit of a request, its points are evaluated within the transaction. */
const MAX_TRIES = 3;

/** Points of a source that are to be evaluated before the transaction that stores them. */
interface EarlyWork {
  readonly observed: ObservedSource;
  readonly points: readonly PackedPoint[];
}

/** A request that is not stored in this transaction. It is queued again. */
export class Postponed implements Refused {
  readonly cause = undefined;

  /** @param reason what is to be evaluated first, by source; or the id of a source whose points of another request are stored first */
  constructor(readonly reason: ReadonlyMap<OpenSource, EarlyWork> | string) {}
}

/** Evaluates the points of a source within a transaction. */
type Evaluate = (manager: EntityManager) => Promise<AfterCommit | undefined>;

/** The requests of a transaction, and how their points are evaluated. */
interface PlannedRequests {
  readonly checked: (Admitted | Refused)[];
  /** The points that are stored. */
  readonly sources: ReturnType<typeof bySource>;
  readonly evaluations: readonly { readonly requests: readonly number[]; readonly evaluate: Evaluate }[];
}

/**
 * Keeps long evaluations out of transactions: hundreds of alert rules for hundreds of points would hold the lock for seconds. A request
 * that would take long leaves its transaction, is evaluated in short pieces, and is queued again with the result. Until it is stored, it
 * holds its sources: other requests for them wait, so that points are stored and evaluated in the order of their requests.
 */
export class EarlyEvaluations {
  private readonly slices = new TimeSlices();
  /** The requests that wait, by the source that is held. */
  private readonly held = new Map<string, WaitingRequest[]>();

  /** @param enqueue queues a request again */
  constructor(
    private readonly observer: PointObserver,
    private readonly enqueue: (waiting: WaitingRequest) => void,
  ) {}

  /** How many requests are being evaluated, or wait for one. */
  get size(): number {
    let size = this.held.size;
    for (const followers of this.held.values()) size += followers.length;
    return size;
  }

  /** Decides which requests of a transaction are stored now, and how their points are evaluated. */
  async plan(
    manager: EntityManager,
    admission: BatchAdmission,
    admitted: readonly (Admitted | Refused)[],
    waiting: readonly WaitingRequest[],
  ): Promise<PlannedRequests> {
    const checked = [...admitted];
    const requests = waiting.map(({ request }) => request);
    this.postponeFollowers(checked, waiting);
    for (;;) {
      const evaluations: { requests: number[]; evaluate: Evaluate }[] = [];
      let isFinal = true;
      const sources = bySource(checked);
      for (const [source, parts] of sources) {
        const watchVersion = admission.watchVersionOf(source);
        if (watchVersion === 0) continue;
        const observed = { ...source, watchVersion, visibleFrom: admission.visibleFromOf(source) };
        const evaluate = await this.planSource(manager, observed, { source, parts, requests, waiting });
        if (evaluate === undefined) continue;
        if (typeof evaluate === 'function') {
          evaluations.push({ requests: [...parts.keys()], evaluate });
          continue;
        }
        for (const [index, reason] of evaluate) checked[index] = new Postponed(reason);
        isFinal = false;
      }
      // A request that was postponed because of one source has points of others.
      if (isFinal) return { checked, sources, evaluations };
    }
  }

  /** Evaluates what a request waits for and queues it again, or lets it wait for another request. */
  postpone(waiting: WaitingRequest, { reason }: Postponed): void {
    const ids = typeof reason === 'string' ? [reason] : [...reason.keys()].map(({ id }) => id);
    const followers = ids.map((id) => this.held.get(id)).find((some) => some !== undefined);
    if (followers && !waiting.early) followers.push(waiting);
    else if (typeof reason === 'string') this.enqueue(waiting);
    else void this.evaluate(this.hold(waiting, ids), reason);
  }

  private postponeFollowers(checked: (Admitted | Refused)[], waiting: readonly WaitingRequest[]): void {
    if (this.held.size === 0) return;
    for (const [index, one] of checked.entries()) {
      if ('cause' in one || waiting[index]?.early) continue;
      const held = [...one.parts.keys()].find(({ id }) => this.held.has(id));
      if (held) checked[index] = new Postponed(held.id);
    }
  }

  /** How the points of a source are evaluated; or why some requests are postponed. */
  private async planSource(
    manager: EntityManager,
    observed: ObservedSource,
    { source, parts, requests, waiting }: SourcePoints,
  ): Promise<Evaluate | ReadonlyMap<number, Postponed['reason']> | undefined> {
    const points = livePoints(parts, requests);
    if (points.length === 0) return undefined;
    const [first = 0, ...others] = [...parts.keys()].filter((index) => !requests[index]?.quiet);
    const { early, tries = 0 } = waiting[first] as WaitingRequest;
    const result = resultFor(source, early);
    const evaluation = others.length === 0 && result?.points === points.length ? result.evaluation : undefined;
    if (evaluation && (await evaluation.isCurrent(manager, observed)))
      return (within) => evaluation.store(within, observed);
    const plan = await this.observer.plan(manager, observed, points);
    if (!plan) return undefined;
    const mustBeNow = tries >= MAX_TRIES || (result !== undefined && !result.evaluation);
    if (!plan.isLong || mustBeNow) return this.within(observed, points, plan);
    const own = livePoints(new Map([[first, parts.get(first) as Part]]), requests);
    return new Map<number, Postponed['reason']>([
      [first, new Map([[source, { observed, points: own }]])],
      ...others.map((index) => [index, source.id] as const),
    ]);
  }

  private within(observed: ObservedSource, points: readonly PackedPoint[], plan: EvaluationPlan): Evaluate {
    return (manager) => this.observer.evaluate(manager, observed, points, plan);
  }

  /** Holds sources until this request is answered, unless another one does. */
  private hold(waiting: WaitingRequest, wanted: readonly string[]): WaitingRequest {
    const ids = wanted.filter((id) => !this.held.has(id));
    for (const id of ids) this.held.set(id, []);
    const release = () => {
      const followers = ids.flatMap((id) => this.held.get(id) ?? []);
      for (const id of ids) this.held.delete(id);
      for (const follower of followers) this.enqueue(follower);
    };
    return {
      ...waiting,
      early: waiting.early ?? new Map(),
      resolve: (ingested) => {
        release();
        waiting.resolve(ingested);
      },
      reject: (cause) => {
        release();
        waiting.reject(cause);
      },
    };
  }

  private async evaluate(waiting: WaitingRequest, work: ReadonlyMap<OpenSource, EarlyWork>): Promise<void> {
    const { request, early: before, tries = 0 } = waiting;
    try {
      const { yieldTurn } = await this.slices.begin(callerOf(request));
      const early = new Map(before);
      for (const [source, { observed, points }] of work)
        early.set(source.id, {
          schemaText: source.schemaText,
          points: points.length,
          evaluation: await this.observer.evaluateEarly(observed, points, yieldTurn),
        });
      this.enqueue({ ...waiting, early, tries: tries + 1 });
    } catch (cause) {
      waiting.reject(cause);
    }
  }
}

/** The result of the evaluation of a source's points, if its schema is still the same. */
function resultFor({ id, schemaText }: OpenSource, early: WaitingRequest['early']): EarlyResult | undefined {
  const result = early?.get(id);
  return result?.schemaText === schemaText ? result : undefined;
}

interface SourcePoints {
  readonly source: OpenSource;
  readonly parts: ReadonlyMap<number, Part>;
  readonly requests: readonly IngestRequest[];
  readonly waiting: readonly WaitingRequest[];
}
