import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { YieldTurn } from '../../common/http/yield';
import { isPostgres } from '../../database/sql';
import { Writer } from '../../database/writer';
import type {
  AfterCommit,
  EarlyEvaluation,
  EvaluationPlan,
  ObservedSource,
  PointObserver,
} from '../../ingest/point-observer';
import { PointStore } from '../../points/point-store';
import type { PackedPoint } from '../../points/values';
import { Deliverer } from '../../webhooks/deliverer';
import type { BatchRanges } from '../conditions/rule-prefilter';
import { valueRangesOf } from '../conditions/value-range';
import type { TransitionWithPoints } from './alert-notifier';
import { evaluate, taskOf, type Batch, type PreparedRule } from './batch-evaluation';
import type { Slots } from './evaluated-points';
import { readFieldTimes } from './field-times';
import { LateWindows } from './late-windows';
import { countActiveRules } from './loaded-rules';
import { packed, slicesOf } from './backlog-texts';
import { NotificationBacklog } from './notification-backlog';
import { NOT_READ, RuleCache, type CachedRules } from './rule-cache';
import { TransitionRecorder, type RuleChanges, type RuleResult } from './transition-recorder';

/** With more rules than these that are not cached, they are read before the transaction. */
export const MAX_READ_IN_TRANSACTION = 100;
/** With more evaluations of a rule at a point than these, they run before the transaction. */
export const MAX_EVALUATIONS_IN_TRANSACTION = 500;
/** Transitions older than this when they are found notify once at most. */
const HISTORY_MILLIS = 86_400_000;
/** Bounds the work for a batch of a flapping sensor, which holds up other requests. */
export const MAX_NOTIFICATIONS_PER_BATCH = 10;

/** The rules of a source that a batch may affect. */
interface RulePlan extends EvaluationPlan {
  readonly rules: CachedRules;
  readonly affected: readonly PreparedRule[];
}

/** What an evaluation before the transaction depends on, and its result. */
interface EarlyResult {
  readonly rules: CachedRules;
  /** The time of the newest stored point. */
  readonly latest: number | null;
  /** Whether some points are older than that. */
  readonly hasLate: boolean;
  readonly changes: RuleChanges;
}

/** Evaluates the rules of a source at each point, in the transaction that stores the point, or before it if that takes long. */
@Injectable()
export class RuleEvaluator implements PointObserver {
  private readonly cache = new RuleCache();

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: PointStore,
    private readonly recorder: TransitionRecorder,
    private readonly backlog: NotificationBacklog,
    private readonly deliverer: Deliverer,
    writer: Writer,
  ) {
    writer.onConnect(() => this.cache.clear());
  }

  async plan(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
  ): Promise<RulePlan | undefined> {
    if (points.length === 0) return undefined;
    const known = this.cache.get(source);
    if (!known && (await countActiveRules(manager, source.id)) > MAX_READ_IN_TRANSACTION)
      return { rules: NOT_READ, affected: [], isLong: true };
    const rules = known ?? (await this.cache.read(manager, source));
    const affected = rules.prefilter.affectedBy(batchRangesOf(points, rules.slots, Date.now()));
    if (affected.length === 0) return undefined;
    return { rules, affected, isLong: affected.length * points.length > MAX_EVALUATIONS_IN_TRANSACTION };
  }

  async evaluate(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
    plan: RulePlan,
  ): Promise<AfterCommit | undefined> {
    const { rules, affected } = plan.rules === NOT_READ ? await this.planned(manager, source, points) : plan;
    const { changes } = await this.resultOf(manager, source, points, { rules, affected });
    return this.record(manager, source, { rules, changes });
  }

  async evaluateEarly(
    source: ObservedSource,
    points: readonly PackedPoint[],
    yieldTurn: YieldTurn,
  ): Promise<EarlyEvaluation | undefined> {
    const { manager } = this.dataSource;
    const plan = await this.planned(manager, source, points, yieldTurn);
    const early = await this.resultOf(manager, source, points, plan, yieldTurn);
    // Another instance may store points among those that late ones were judged with.
    if (early.hasLate && isPostgres(manager)) return undefined;
    const sliced: string[] = [];
    for (const text of slicesOf(early.changes.notifications)) {
      sliced.push(await packed(text));
      await yieldTurn();
    }
    const changes = { ...early.changes, sliced };
    return {
      isCurrent: async (within, now) =>
        now.watchVersion === plan.rules.version && (await this.store.latestTime(within, now)) === early.latest,
      store: (within, now) => this.record(within, now, { rules: plan.rules, changes }),
    };
  }

  /** The plan for points, whatever it takes. */
  private async planned(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
    yieldTurn?: YieldTurn,
  ): Promise<Omit<RulePlan, 'isLong'>> {
    const rules = this.cache.get(source) ?? (await this.cache.read(manager, source, yieldTurn));
    return { rules, affected: rules.prefilter.affectedBy(batchRangesOf(points, rules.slots, Date.now())) };
  }

  private async resultOf(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
    { rules, affected }: Omit<RulePlan, 'isLong'>,
    yieldTurn?: YieldTurn,
  ): Promise<EarlyResult> {
    const now = Date.now();
    const { slots } = rules;
    const [batch, latest] = await this.batchOf(manager, source, inOrder(points), { slots, now });
    const tasks = affected.map((prepared) => taskOf(prepared, batch));
    const from = tasks.reduce<number>((least, { start }) => Math.min(least, start ?? least), Infinity);
    const around = { ...batch, from, visibleFrom: source.visibleFrom, rules: weightOf(affected) };
    const windows = from === Infinity ? undefined : await LateWindows.read(this.store, manager, source, around);
    const results: RuleResult[] = [];
    for (const task of tasks) {
      await yieldTurn?.();
      const { rule, alertState: before } = task.prepared;
      const { alertState, transitions } = evaluate(task, batch, windows);
      const wasFiring = before.state === 'triggered';
      results.push({ rule, alertState, transitions: limitTransitions(transitions, { now, wasFiring }) });
    }
    const hasLate = batch.late.length > 0;
    return { rules, latest, hasLate, changes: await this.recorder.changesOf(manager, source, results, yieldTurn) };
  }

  private async record(
    manager: EntityManager,
    { id }: ObservedSource,
    { rules, changes }: Pick<EarlyResult, 'rules' | 'changes'>,
  ): Promise<AfterCommit | undefined> {
    if (changes.states.length === 0) return undefined;
    const isPostponed = await this.recorder.record(manager, id, changes);
    const version = await this.recorder.invalidateRules(manager, id);
    // If the transaction rolls back, no source ever has this version.
    this.cache.set(id, rules, { version, states: changes.states });
    return isPostponed ? () => this.backlog.writeOut(id) : this.wakeDeliverer;
  }

  private readonly wakeDeliverer: AfterCommit = () => {
    this.deliverer.wake();
    return undefined;
  };

  private async batchOf(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
    { slots, now }: { readonly slots: Slots; readonly now: number },
  ): Promise<readonly [Batch, number | null]> {
    const stored = await this.store.latestTime(manager, source);
    const latest = stored !== null && stored >= source.visibleFrom ? stored : null;
    // If a clock was ahead, the newest point does not show which points are late: all count as on time.
    const firstOnTime = latest === null || latest > now ? 0 : points.findIndex(({ at }) => at >= latest);
    const late = firstOnTime < 0 ? points : points.slice(0, firstOnTime);
    const [first] = late;
    const fieldTimes = first ? await readFieldTimes(this.store, manager, source, slots, first.at) : new Map();
    const onTime = points.slice(late.length);
    return [{ late, onTime, latest: latest ?? 0, fieldTimes, slots, now }, stored];
  }
}

/**
 * Limits the notifications of one batch: the last ten, and of those more than a day old only the last, so that a backlog does
 * not notify a hundred times.
 */
function limitTransitions(
  transitions: readonly TransitionWithPoints[],
  { now, wasFiring }: { readonly now: number; readonly wasFiring: boolean },
): readonly TransitionWithPoints[] {
  const recent = transitions.filter(({ transition }) => transition.at >= now - HISTORY_MILLIS);
  const old = transitions.length - recent.length;
  const first =
    recent.length > MAX_NOTIFICATIONS_PER_BATCH
      ? transitions.length - MAX_NOTIFICATIONS_PER_BATCH
      : Math.max(0, old - 1);
  // The end of an alert whose start was not sent is not sent either.
  const hasStart = wasFiring || transitions[first]?.transition.event === 'triggered';
  return transitions.slice(hasStart ? first : first + 1);
}

/** The cost of evaluating these rules, in rules of one or two comparisons. */
function weightOf(rules: readonly PreparedRule[]): number {
  return rules.reduce((sum, { comparisons }) => sum + Math.max(1, comparisons.length / 2), 0);
}

function batchRangesOf(points: readonly PackedPoint[], slots: Slots, now: number): BatchRanges {
  let [first, last] = [Infinity, -Infinity];
  for (const { at } of points) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return { ranges: valueRangesOf(points, slots), first, last: Math.min(last, now) };
}

function inOrder(points: readonly PackedPoint[]): readonly PackedPoint[] {
  const isSorted = points.every((point, index) => index === 0 || (points[index - 1] as PackedPoint).at <= point.at);
  return isSorted ? points : [...points].sort((one, other) => one.at - other.at);
}
