import type { PackedPoint } from '../../points/values';
import type { PrefilteredRule } from '../conditions/rule-prefilter';
import type { SimpleCondition } from '../conditions/condition';
import {
  isAffectedByLate,
  applyStalePoint,
  evaluateLatePoints,
  windowFrom,
  type EvaluatedPoint,
} from '../conditions/late-points';
import type { AlertState } from '../conditions/alert-state';
import { hasConditionField, matches, type ValueOf } from '../conditions/matching';
import { isAffectedBy, transitionDueAt, evaluatePoint } from '../conditions/state-machine';
import { readerOf, type Slots } from './evaluated-points';
import type { LateWindows } from './late-windows';
import type { LoadedRule, TransitionWithPoints } from './alert-notifier';

/** A rule with what is asked of it for each batch. */
export interface PreparedRule extends PrefilteredRule {
  readonly rule: LoadedRule;
}

/** Points of a source that are about to be stored, in the order of time. */
export interface Batch {
  /** Those from before the latest that is stored. */
  readonly late: readonly PackedPoint[];
  readonly onTime: readonly PackedPoint[];
  readonly latest: number;
  /** When each field that rules ask for was last given a value by what is stored, as far as that makes any point late. */
  readonly fieldTimes: ReadonlyMap<string, number>;
  /** Where the values of these fields are. */
  readonly slots: Slots;
  readonly now: number;
}

/** A batch as one rule looks at it. */
interface RuleBatch {
  readonly late: readonly PackedPoint[];
  readonly onTime: readonly PackedPoint[];
  readonly read: (point: PackedPoint) => ValueOf;
  /** The earliest time that they are judged for: a triggered rule is judged by what is known of all its fields. */
  readonly earliest: number;
}

/** A rule, what of a batch concerns it, and how. */
export interface EvaluationTask extends RuleBatch {
  readonly prepared: PreparedRule;
  /** From when on the rule looks at what is stored around the points that came late; undefined if none of them could move it. */
  readonly start: number | undefined;
}

interface RuleOutcome {
  readonly alertState: AlertState;
  readonly transitions: readonly TransitionWithPoints[];
  /** Whether it has judged all points up to the latest that is stored. */
  readonly isToLatest?: boolean;
}

/** How long before the latest point others are judged by what came since. */
const LATE_MILLIS = 86_400_000;

/** What a rule has to judge of a batch. */
export function taskOf(prepared: PreparedRule, batch: Batch): EvaluationTask {
  const { rule, alertState } = prepared;
  const share = distanceRatio(prepared, batch);
  const earliest = batch.latest - LATE_MILLIS;
  const first = share.late.find((point) => {
    return point.at >= earliest && isAffectedByLate(rule, alertState, { at: point.at, valueOf: share.read(point) });
  });
  const start = first && Math.max(earliest, windowFrom(rule, alertState, first.at));
  return { ...share, prepared, start };
}

/** A point is late for a rule if what is stored is newer in a field that the rule asks for. */
function distanceRatio(
  { rule, comparisons, alertState }: PreparedRule,
  { late, onTime, fieldTimes, slots }: Batch,
): RuleBatch {
  const read = (point: PackedPoint) => readerOf(point, slots);
  if (late.length === 0) return { late, onTime, read, earliest: 0 };
  const all = [...late, ...onTime];
  // Whatever comes ends a silence, whenever it is from.
  if (rule.condition.operator === 'no_data') return { late: [], onTime: all, read, earliest: 0 };
  const newest = (field: string) => fieldTimes.get(field) ?? 0;
  const latest = Math.max(...comparisons.map(({ field }) => newest(field)));
  if (alertState.state === 'triggered') {
    // A notification that was sent is not taken back: nothing moves it but what is newer.
    const readNew = (point: PackedPoint) => newerThan(newest, point.at, read(point));
    return { late: [], onTime: all, read: readNew, earliest: latest };
  }
  const firstOnTime = all.findIndex(({ at }) => at >= latest);
  const count = firstOnTime < 0 ? all.length : firstOnTime;
  return { late: all.slice(0, count), onTime: all.slice(count), read, earliest: 0 };
}

function newerThan(newest: (field: string) => number, at: number, valueOf: ValueOf): ValueOf {
  return (field) => (at < newest(field) ? undefined : valueOf(field));
}

/**
 * What a rule makes of a batch.
 *
 * @param windows where there is a start, what is stored around the points that came late
 */
export function evaluate(task: EvaluationTask, batch: Batch, windows: LateWindows | undefined): RuleOutcome {
  const late = evaluateLate(task, batch.latest, windows);
  // Nothing is judged twice: what was on time for the rule, and not for its source, was in the window too.
  const onTime = late.isToLatest ? batch.onTime : task.onTime;
  const { alertState, transitions } = evaluateOnTime({ ...task, onTime }, late.alertState, batch.now);
  return { alertState, transitions: [...late.transitions, ...transitions] };
}

function evaluateOnTime(
  { prepared, onTime: points, read, earliest }: EvaluationTask,
  before: AlertState,
  now: number,
): RuleOutcome {
  const { rule, comparisons } = prepared;
  let alertState = before;
  const transitions: TransitionWithPoints[] = [];
  const isNoData = rule.condition.operator === 'no_data';
  let nextTransitionAt = transitionDueAt(rule, alertState);
  for (const [index, point] of points.entries()) {
    const valueOf = read(point);
    // A clock that is ahead does not make the future.
    const at = isNoData ? now : Math.min(Math.max(point.at, earliest), now);
    if (!isNoData && !isAffectedBy(comparisons, alertState, valueOf)) {
      // What the time alone changes is left to the clock where a point says nothing of it.
      if (nextTransitionAt === null || nextTransitionAt > at || !hasConditionField(rule.condition, valueOf)) continue;
    }
    const step = evaluatePoint(rule, alertState, at, valueOf);
    alertState = step.alertState;
    nextTransitionAt = transitionDueAt(rule, alertState);
    // What was due before this point came is not told of by it.
    const noDataSince = isNoData ? (alertState.since[0] ?? undefined) : undefined;
    for (const transition of step.transitions)
      transitions.push({
        transition,
        points: points.slice(0, transition.at < at ? index : index + 1),
        noDataSince,
      });
  }
  return { alertState, transitions };
}

function evaluateLate(
  { prepared, late, start, read }: EvaluationTask,
  latest: number,
  windows: LateWindows | undefined,
): RuleOutcome {
  const { rule, comparisons } = prepared;
  let { alertState } = prepared;
  const window = start === undefined ? undefined : windows?.from(start);
  for (const point of late) {
    if (window && start !== undefined && point.at >= start) break;
    alertState = applyStalePoint(rule, alertState, { at: point.at, latest }, read(point));
  }
  if (start === undefined || !window || window.lateFrom === Infinity) return { alertState, transitions: [] };
  const { unjudgedUntil = -1 } = alertState;
  const known = (evaluated: EvaluatedPoint): EvaluatedPoint =>
    evaluated.at > unjudgedUntil || windows?.isLate(evaluated)
      ? evaluated
      : { ...evaluated, valueOf: withoutAlarm(comparisons, evaluated.valueOf) };
  const valueBefore: ValueOf = (field) => {
    for (const evaluated of window.before) {
      const value = known(evaluated).valueOf(field);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const points = start > unjudgedUntil ? window.points : window.points.map(known);
  const step = evaluateLatePoints(rule, alertState, { from: start, lateFrom: window.lateFrom, valueBefore, points });
  const transitions = step.transitions.map(({ seen, ...transition }): TransitionWithPoints => ({
    transition,
    points: window.storedUpTo(seen),
    until: transition.at + 1,
  }));
  return { alertState: step.alertState, transitions, isToLatest: true };
}

/** What was there before the rule may end an alarm, and is none itself. */
function withoutAlarm(comparisons: readonly SimpleCondition[], valueOf: ValueOf): ValueOf {
  return (field) => {
    const value = valueOf(field);
    return comparisons.some(
      (comparison) => comparison.field === field && value !== undefined && matches(comparison, value),
    )
      ? undefined
      : value;
  };
}
