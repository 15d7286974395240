import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LruMap } from '../../common/lru-map';
import { Writer } from '../../database/writer';
import type { ObservedSource, PointObserver } from '../../ingest/point-observer';
import { PointStore } from '../../points/point-store';
import type { PackedPoint } from '../../points/values';
import { Deliverer } from '../../webhooks/deliverer';
import { readFieldTimes } from './field-times';
import type { Slots } from './evaluated-points';
import { evaluate, taskOf, type Batch, type PreparedRule } from './batch-evaluation';
import { LateWindows } from './late-windows';
import { TransitionRecorder } from './transition-recorder';
import type { TransitionWithPoints } from './alert-notifier';
import { readActiveRules } from './rule-rows';
import { RulePrefilter, type BatchRanges } from '../conditions/rule-prefilter';
import { comparisonsOf } from '../conditions/matching';
import { transitionDueAt } from '../conditions/state-machine';
import { valueRangesOf } from '../conditions/value-range';

/** The rules of a source, as of one version. */
interface CachedRules {
  readonly version: number;
  /** How many rules. */
  readonly count: number;
  readonly prefilter: RulePrefilter<PreparedRule>;
  /** The fields that any of them asks for, with their slots. */
  readonly slots: Slots;
}

/** Rules that are kept ready, with a source without active rules counted as one. */
export const MAX_CACHED_RULES = 20_000;
/** Of what is older than this when it comes, only how it ends is told. */
const HISTORY_MILLIS = 86_400_000;
/** Whoever sends what a flapping sensor said for hours keeps nobody else waiting. */
export const MAX_NOTIFICATIONS_PER_BATCH = 10;

/** Judges each point by the rules of its source, in the transaction that stores it. */
@Injectable()
export class RuleEvaluator implements PointObserver {
  private readonly cached = new LruMap<string, CachedRules>(MAX_CACHED_RULES, ({ count }) => Math.max(1, count));

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
    const { prefilter, slots } = this.cachedRulesOf(source) ?? (await this.read(manager, source));
    if (sent.length === 0) return false;
    const now = Date.now();
    const concerned = prefilter.affectedBy(batchRangesOf(sent, slots, now));
    if (concerned.length === 0) return false;
    const batch = await this.batchOf(manager, source, inOrder(sent), { slots, now });
    const tasks = concerned.map((prepared) => taskOf(prepared, batch));
    const from = tasks.reduce<number>((least, { start }) => Math.min(least, start ?? least), Infinity);
    const around = { ...batch, from, visibleFrom: source.visibleFrom, rules: weightOf(concerned) };
    const windows = from === Infinity ? undefined : await LateWindows.read(this.store, manager, source, around);
    let hasChanges = false;
    for (const task of tasks) {
      const { prepared } = task;
      const { alertState, transitions } = evaluate(task, batch, windows);
      const told = limitTransitions(transitions, { now, wasTriggered: prepared.alertState.state === 'triggered' });
      if (await this.recorder.note(manager, source, prepared.rule, { alertState, transitions: told }))
        hasChanges = true;
    }
    if (hasChanges) {
      // Only those who read it after the commit may keep it.
      this.cached.delete(source.id);
      await this.recorder.invalidateRules(manager, source.id);
    }
    return hasChanges;
  }

  private async batchOf(
    manager: EntityManager,
    source: ObservedSource,
    points: readonly PackedPoint[],
    { slots, now }: { readonly slots: Slots; readonly now: number },
  ): Promise<Batch> {
    const stored = await this.store.latestTime(manager, source);
    const latest = stored !== null && stored >= source.visibleFrom ? stored : null;
    // Where a clock was ahead, later points cannot be told from late ones.
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
    const rules = (await readActiveRules(manager, id)).map((row): PreparedRule => {
      const rule = this.recorder.open(row);
      const { condition } = rule;
      const comparisons = condition.operator === 'no_data' ? [] : comparisonsOf(condition);
      return { rule, comparisons, alertState: row.alertState, nextTransitionAt: transitionDueAt(rule, row.alertState) };
    });
    const fields = new Set(rules.flatMap(({ comparisons }) => comparisons.map(({ field }) => field)));
    const slots = new Map(schema.filter(({ name }) => fields.has(name)).map((field) => [field.name, field]));
    const read: CachedRules = {
      version: watchVersion,
      count: rules.length,
      prefilter: new RulePrefilter(rules),
      slots,
    };
    this.cached.set(id, read);
    return read;
  }
}

/**
 * Which notifications of one batch are sent: of those that were due more than a day ago only the last, so that
 * old records which come at once do not wake anybody a hundred times; of the others the last ten.
 */
function limitTransitions(
  transitions: readonly TransitionWithPoints[],
  { now, wasTriggered }: { readonly now: number; readonly wasTriggered: boolean },
): readonly TransitionWithPoints[] {
  const recent = transitions.filter(({ transition }) => transition.at >= now - HISTORY_MILLIS);
  const old = transitions.length - recent.length;
  const first =
    recent.length > MAX_NOTIFICATIONS_PER_BATCH
      ? transitions.length - MAX_NOTIFICATIONS_PER_BATCH
      : Math.max(0, old - 1);
  // An end of what nobody was told of is no news.
  const isNews = wasTriggered || transitions[first]?.transition.event === 'triggered';
  return transitions.slice(isNews ? first : first + 1);
}

/** How many rules of one or two comparisons take as long to judge as these. */
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
