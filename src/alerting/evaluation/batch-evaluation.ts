import type { PackedPoint } from '../../points/values';
import type { AlertState } from '../conditions/alert-state';
import type { SimpleCondition } from '../conditions/condition';
import {
  applyStalePoint,
  evaluateLatePoints,
  isAffectedByLate,
  windowFrom,
  type EvaluatedPoint,
} from '../conditions/late-points';
import { hasConditionField, matches, type ValueOf } from '../conditions/matching';
import type { PrefilteredRule } from '../conditions/rule-prefilter';
import { evaluatePoint, isAffectedBy, transitionDueAt } from '../conditions/state-machine';
import type { TransitionWithPoints } from './alert-notifier';
import { readerOf, type Slots } from './evaluated-points';
import type { LateWindows } from './late-windows';
import type { LoadedRule } from './loaded-rules';

/** A rule with what every batch needs of it. */
export interface PreparedRule extends PrefilteredRule {
  readonly rule: LoadedRule;
}

/** Points of a source that are about to be stored, in time order. */
export interface Batch {
  /** Points older than the newest stored one. */
  readonly late: readonly PackedPoint[];
  readonly onTime: readonly PackedPoint[];
  /** The time of the newest stored point; 0 if there is none. */
  readonly latest: number;
  /** The time of the newest stored value of each field, from the first late point on. */
  readonly fieldTimes: ReadonlyMap<string, number>;
  readonly slots: Slots;
  readonly now: number;
}

/** A batch as one rule sees it. */
interface RuleBatch {
  readonly late: readonly PackedPoint[];
  readonly onTime: readonly PackedPoint[];
  readonly read: (point: PackedPoint) => ValueOf;
  /** No point counts as earlier than this: a firing rule is evaluated with the newest value of each field. */
  readonly earliest: number;
}

export interface EvaluationTask extends RuleBatch {
  readonly prepared: PreparedRule;
  /** Where the window around the late points starts; undefined if none of them affects the rule. */
  readonly start: number | undefined;
}

interface RuleOutcome {
  readonly alertState: AlertState;
  readonly transitions: readonly TransitionWithPoints[];
  /** Whether the points up to the newest stored one are evaluated. */
  readonly isUpToLatest?: boolean;
}

/** Points that are later than this have no window. */
const LATE_MILLIS = 86_400_000;

/** Finds out what a rule has to evaluate of a batch. */
export function taskOf(prepared: PreparedRule, batch: Batch): EvaluationTask {
  const { rule, alertState } = prepared;
  const ruleBatch = ruleBatchOf(prepared, batch);
  const { late, read } = ruleBatch;
  const earliest = batch.latest - LATE_MILLIS;
  const first = late.find((point) => {
    return point.at >= earliest && isAffectedByLate(rule, alertState, { at: point.at, valueOf: read(point) });
  });
  const start = first && Math.max(earliest, windowFrom(rule, alertState, first.at));
  return { ...ruleBatch, prepared, start };
}

/** A point is late for a rule if a newer value of one of the rule's fields is stored. */
function ruleBatchOf(
  { rule, comparisons, alertState }: PreparedRule,
  { late, onTime, fieldTimes, slots }: Batch,
): RuleBatch {
  const read = (point: PackedPoint) => readerOf(point, slots);
  if (late.length === 0) return { late, onTime, read, earliest: 0 };
  const all = [...late, ...onTime];
  // Any arrival ends missing data, whatever time the point has.
  if (rule.condition.operator === 'no_data') return { late: [], onTime: all, read, earliest: 0 };
  const newest = (field: string) => fieldTimes.get(field) ?? 0;
  const latest = Math.max(...comparisons.map(({ field }) => newest(field)));
  if (alertState.state === 'triggered') {
    // A sent notification is not withdrawn: only newer values count.
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
 * Evaluates a rule for a batch.
 *
 * @param windows the stored points around the late ones, if the task has a start
 */
export function evaluate(task: EvaluationTask, batch: Batch, windows: LateWindows | undefined): RuleOutcome {
  const late = evaluateLate(task, batch.latest, windows);
  // The window includes points that are on time for the rule but not for its source. They are evaluated once.
  const onTime = late.isUpToLatest ? batch.onTime : task.onTime;
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
    // A point from the future, by a clock that is ahead, counts as now.
    const at = isNoData ? now : Math.min(Math.max(point.at, earliest), now);
    if (!isNoData && !isAffectedBy(comparisons, alertState, valueOf)) {
      // The scheduler handles what is due if the point lacks the fields of the rule.
      const isDue = nextTransitionAt !== null && nextTransitionAt <= at;
      if (!isDue || !hasConditionField(rule.condition, valueOf)) continue;
    }
    const evaluation = evaluatePoint(rule, alertState, at, valueOf);
    alertState = evaluation.alertState;
    nextTransitionAt = transitionDueAt(rule, alertState);
    const noDataSince = isNoData ? (alertState.since[0] ?? undefined) : undefined;
    for (const transition of evaluation.transitions) {
      // A transition that was due before this point shows the points before it.
      const seen = transition.at < at ? index : index + 1;
      transitions.push({ transition, points, seen, noDataSince });
    }
  }
  return { alertState, transitions };
}

function evaluateLate(
  { prepared, late, start, read }: EvaluationTask,
  latest: number,
  windows: LateWindows | undefined,
): RuleOutcome {
  const { rule } = prepared;
  let { alertState } = prepared;
  const window = start === undefined ? undefined : windows?.from(start);
  for (const point of late) {
    if (window && start !== undefined && point.at >= start) break;
    alertState = applyStalePoint(rule, alertState, { at: point.at, latest }, read(point));
  }
  if (start === undefined || !windows || !window || window.lateFrom === Infinity)
    return { alertState, transitions: [] };
  const visible = visiblePoints(prepared, alertState, windows);
  const valueBefore: ValueOf = (field) => {
    for (const point of window.before) {
      const value = visible(point).valueOf(field);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const points = start > (alertState.unjudgedUntil ?? -1) ? window.points : window.points.map(visible);
  const evaluation = evaluateLatePoints(rule, alertState, {
    from: start,
    lateFrom: window.lateFrom,
    valueBefore,
    points,
  });
  const transitions = evaluation.transitions.map(({ seen, ...transition }): TransitionWithPoints => ({
    transition,
    points: window.storedUpTo(seen),
    until: transition.at + 1,
  }));
  return { alertState: evaluation.alertState, transitions, isUpToLatest: true };
}

/** Hides values that would fire the rule in points from before it was created. Such points may end an alert, but not start one. */
function visiblePoints(
  { comparisons }: PreparedRule,
  { unjudgedUntil = -1 }: AlertState,
  windows: LateWindows,
): (point: EvaluatedPoint) => EvaluatedPoint {
  return (point) =>
    point.at > unjudgedUntil || windows.isLate(point)
      ? point
      : { ...point, valueOf: withoutMatches(comparisons, point.valueOf) };
}

function withoutMatches(comparisons: readonly SimpleCondition[], valueOf: ValueOf): ValueOf {
  return (field) => {
    const value = valueOf(field);
    const isMatch = comparisons.some((one) => one.field === field && value !== undefined && matches(one, value));
    return isMatch ? undefined : value;
  };
}
