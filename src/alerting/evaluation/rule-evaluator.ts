import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LruMap } from '../../common/lru-map';
import { Writer } from '../../database/writer';
import type { ObservedSource, PointObserver } from '../../ingest/point-observer';
import { PointStore } from '../../points/point-store';
import type { PackedPoint } from '../../points/values';
import { Deliverer } from '../../webhooks/deliverer';
import { comparisonsOf } from '../conditions/matching';
import { RulePrefilter, type BatchRanges } from '../conditions/rule-prefilter';
import { transitionDueAt } from '../conditions/state-machine';
import { valueRangesOf } from '../conditions/value-range';
import type { TransitionWithPoints } from './alert-notifier';
import { evaluate, taskOf, type Batch, type PreparedRule } from './batch-evaluation';
import type { Slots } from './evaluated-points';
import { readFieldTimes } from './field-times';
import { LateWindows } from './late-windows';
import { readActiveRules, type LoadedRule } from './loaded-rules';
import type { RuleState } from './rule-states';
import { TransitionRecorder } from './transition-recorder';

/** The active rules of a source at one version. */
interface CachedRules {
  readonly version: number;
  readonly rules: readonly PreparedRule[];
  readonly prefilter: RulePrefilter<PreparedRule>;
  /** The fields that the rules compare. */
  readonly slots: Slots;
}

/** Rules that are cached. A source without active rules counts as one. */
export const MAX_CACHED_RULES = 20_000;
/** Transitions older than this when they are found notify once at most. */
const HISTORY_MILLIS = 86_400_000;
/** Bounds the work for a batch of a flapping sensor, which holds up other requests. */
export const MAX_NOTIFICATIONS_PER_BATCH = 10;

/** Evaluates the rules of a source at each point, in the transaction that stores the point. */
@Injectable()
export class RuleEvaluator implements PointObserver {
  private readonly cached = new LruMap<string, CachedRules>(MAX_CACHED_RULES, ({ rules }) => Math.max(1, rules.length));

  constructor(
    private readonly store: PointStore,
    private readonly recorder: TransitionRecorder,
    private readonly deliverer: Deliverer,
    writer: Writer,
  ) {
    writer.onConnect(() => this.cached.clear());
  }

  committed(): void {
    this.deliverer.wake();
  }

  async beforeStored(manager: EntityManager, source: ObservedSource, sent: readonly PackedPoint[]): Promise<boolean> {
    const rules = this.cachedRulesOf(source) ?? (await this.read(manager, source));
    const { prefilter, slots } = rules;
    if (sent.length === 0) return false;
    const now = Date.now();
    const affected = prefilter.affectedBy(batchRangesOf(sent, slots, now));
    if (affected.length === 0) return false;
    const batch = await this.batchOf(manager, source, inOrder(sent), { slots, now });
    const tasks = affected.map((prepared) => taskOf(prepared, batch));
    const from = tasks.reduce<number>((least, { start }) => Math.min(least, start ?? least), Infinity);
    const around = { ...batch, from, visibleFrom: source.visibleFrom, rules: weightOf(affected) };
    const windows = from === Infinity ? undefined : await LateWindows.read(this.store, manager, source, around);
    const results = tasks.map((task) => {
      const { rule, alertState: before } = task.prepared;
      const { alertState, transitions } = evaluate(task, batch, windows);
      const wasFiring = before.state === 'triggered';
      return { rule, alertState, transitions: limitTransitions(transitions, { now, wasFiring }) };
    });
    const changed = await this.recorder.recordAll(manager, source, results);
    if (changed.length === 0) return false;
    const version = await this.recorder.invalidateRules(manager, source.id);
    // If the transaction rolls back, no source ever has this version.
    this.cached.set(source.id, changedRules(rules, version, changed));
    return true;
  }

  private async batchOf(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
    { slots, now }: { readonly slots: Slots; readonly now: number },
  ): Promise<Batch> {
    const stored = await this.store.latestTime(manager, source);
    const latest = stored !== null && stored >= source.visibleFrom ? stored : null;
    // If a clock was ahead, the newest point does not show which points are late: all count as on time.
    const firstOnTime = latest === null || latest > now ? 0 : points.findIndex(({ at }) => at >= latest);
    const late = firstOnTime < 0 ? points : points.slice(0, firstOnTime);
    const [first] = late;
    const fieldTimes = first ? await readFieldTimes(this.store, manager, source, slots, first.at) : new Map();
    return { late, onTime: points.slice(late.length), latest: latest ?? 0, fieldTimes, slots, now };
  }

  private cachedRulesOf({ id, watchVersion }: ObservedSource): CachedRules | undefined {
    const cached = this.cached.get(id);
    return cached?.version === watchVersion ? cached : undefined;
  }

  private async read(manager: EntityManager, { id, schema, watchVersion }: ObservedSource): Promise<CachedRules> {
    const rules = (await readActiveRules(manager, id)).map((rule) => {
      const { condition } = rule;
      return preparedRule(rule, condition.operator === 'no_data' ? [] : comparisonsOf(condition));
    });
    const fields = new Set(rules.flatMap(({ comparisons }) => comparisons.map(({ field }) => field)));
    const slots = new Map(schema.filter(({ name }) => fields.has(name)).map((field) => [field.name, field]));
    const read: CachedRules = { version: watchVersion, rules, prefilter: new RulePrefilter(rules), slots };
    this.cached.set(id, read);
    return read;
  }
}

function preparedRule(rule: LoadedRule, comparisons: PreparedRule['comparisons']): PreparedRule {
  const { alertState } = rule.row;
  return { rule, comparisons, alertState, nextTransitionAt: transitionDueAt(rule, alertState) };
}

/** The rules as they are stored with these changes: it takes a fifth of the time of reading them. */
function changedRules(before: CachedRules, version: number, changed: readonly RuleState[]): CachedRules {
  const states = new Map(changed.map((state) => [state.id, state]));
  const rules = before.rules.map((prepared) => {
    const { rule, comparisons } = prepared;
    const state = states.get(rule.row.id);
    return state ? preparedRule({ ...rule, row: { ...rule.row, ...state } }, comparisons) : prepared;
  });
  return { version, rules, prefilter: new RulePrefilter(rules), slots: before.slots };
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
