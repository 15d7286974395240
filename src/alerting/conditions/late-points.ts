import type { Condition } from './condition';
import { orTimesOf, lookBackSeconds, withOrTimes } from './hold-times';
import {
  holdsFrom,
  isAffectedBy,
  lastNotificationAt,
  matches,
  comparisonsOf,
  transitionDueAt,
  evaluatePoint,
  type Transition,
  type RuleDefinition,
  type AlertState,
  type RuleState,
  type ValueOf,
} from './rule-state';

/** A point as a rule looks at it. */
export interface EvaluatedPoint {
  readonly at: number;
  readonly valueOf: ValueOf;
}

/** A time in which points came late. */
export interface LateWindow {
  readonly from: number;
  /** When the first of those is that came late. */
  readonly lateFrom: number;
  /** What stood when it began. */
  readonly valueBefore: ValueOf;
  /** All points from then on up to the latest, those that came late among them, in the order of time. */
  readonly points: readonly EvaluatedPoint[];
}

/** A notification, and after how many of the points it was due. */
export interface LateTransition extends Transition {
  readonly seen: number;
}

/**
 * From when on the others matter to a point that comes late: what holds since before then has been notified, unless the last notification was
 * so near that it had to keep silent.
 */
export function windowFrom(rule: RuleDefinition, alertState: AlertState, lateFrom: number): number {
  const isNear = alertState.quietUntil !== null && alertState.quietUntil > lateFrom;
  return Math.min(lateFrom, isNear ? lastNotificationAt(rule, alertState) : lateFrom) - lookBackOf(rule.condition);
}

function lookBackOf(condition: Condition): number {
  return condition.operator === 'no_data' ? 0 : lookBackSeconds(condition) * 1000;
}

/** Whether a point that comes late could make a difference to a rule: it may also show that something has held for longer. */
export function isAffectedByLate(
  rule: RuleDefinition,
  alertState: AlertState,
  { at, valueOf }: EvaluatedPoint,
): boolean {
  if (!canBeLate(rule, alertState) || rule.condition.operator === 'no_data') return false;
  const orTimes = orTimesOf(alertState);
  return comparisonsOf(rule.condition).some((comparison, index) => {
    const value = valueOf(comparison.field);
    const held = alertState.since[index] ?? null;
    if (value === undefined) return false;
    if (matches(comparison, value)) return held === null || at < held;
    // Since then one side or the other held: this one may not have, in between.
    return (held !== null && at >= held) || orTimes.some((either) => either !== null && at >= either);
  });
}

/**
 * What a rule makes of points from before the latest one: the same as if they had come in time, but that it takes no notification
 * back and sends none for a time that an earlier one, with its cooldown, has covered. While it is triggered it is not moved.
 */
export function evaluateLatePoints(
  rule: RuleDefinition,
  before: AlertState,
  window: LateWindow,
): { readonly alertState: AlertState; readonly transitions: readonly LateTransition[] } {
  if (!canBeLate(rule, before) || rule.condition.operator === 'no_data') return { alertState: before, transitions: [] };
  const comparisons = comparisonsOf(rule.condition);
  const { quietUntil } = before;
  const { lateFrom, points } = window;
  const lastNotifiedAt = lastNotificationAt(rule, before);
  let alertState = stateAt(rule, before, window);
  const transitions: LateTransition[] = [];
  // Whether what holds has been told before any of this came; then its end has been told too.
  let isTold = false;
  const turns =
    lastNotifiedAt < window.from ? [lateFrom - 1] : [lateFrom - 1, lastNotifiedAt].sort((one, other) => one - other);
  let nextTransitionAt = transitionDueAt(rule, alertState);
  for (const [index, { at, valueOf }] of points.entries()) {
    for (let turn = turns[0]; turn !== undefined && turn < at; turn = turns[0]) {
      isTold = isToldAt(rule, alertState, { at: turn, isLastNotification: turn === lastNotifiedAt, quietUntil });
      alertState = isTold
        ? { ...alertState, quietUntil: quietUntil ?? turn, state: 'triggered' }
        : { ...alertState, quietUntil, state: restOf(rule, { ...alertState, quietUntil }, turn) };
      nextTransitionAt = transitionDueAt(rule, alertState);
      turns.shift();
    }
    // Most points say what those before them said.
    if (!isAffectedBy(comparisons, alertState, valueOf) && (nextTransitionAt === null || nextTransitionAt > at))
      continue;
    const step = evaluatePoint(rule, alertState, at, valueOf);
    alertState = step.alertState;
    nextTransitionAt = transitionDueAt(rule, alertState);
    if (at < lateFrom) continue;
    for (const transition of step.transitions) {
      // What was due before this point was not caused by it.
      if (!isTold || transition.event === 'triggered')
        transitions.push({ ...transition, seen: transition.at < at ? index : index + 1 });
      isTold = false;
    }
  }
  return { alertState, transitions };
}

/**
 * The same of a point from so long ago that nobody looks at what came since. It notifies nothing; yet where it shows that what is
 * pending did not hold all the time, the wait begins anew at the latest.
 */
export function applyStalePoint(
  rule: RuleDefinition,
  before: AlertState,
  { at, latest }: { readonly at: number; readonly latest: number },
  valueOf: ValueOf,
): AlertState {
  if (!canBeLate(rule, before) || rule.condition.operator === 'no_data') return before;
  const broken = comparisonsOf(rule.condition).map((comparison, index) => {
    const value = valueOf(comparison.field);
    return value !== undefined && !matches(comparison, value) && at >= (before.since[index] ?? Infinity);
  });
  if (!broken.includes(true)) return before;
  const since = before.since.map((time, index) => (broken[index] && time !== null ? Math.max(time, latest) : time));
  return withOrTimes(
    { ...before, since },
    orTimesOf(before).map(() => null),
  );
}

function canBeLate({ condition }: RuleDefinition, { state }: AlertState): boolean {
  return condition.operator !== 'no_data' && state !== 'triggered';
}

/** What a rule would have remembered when the window began. What holds now since before then, held then. */
function stateAt(rule: RuleDefinition, before: AlertState, { from, valueBefore }: LateWindow): AlertState {
  if (rule.condition.operator === 'no_data') return before;
  const since = comparisonsOf(rule.condition).map((comparison, index) => {
    const held = before.since[index] ?? null;
    if (held !== null && held < from) return held;
    const value = valueBefore(comparison.field);
    return value !== undefined && matches(comparison, value) ? from - 1 : null;
  });
  const orTimes = orTimesOf(before).map((either) => (either !== null && either < from ? either : null));
  const alertState = withOrTimes({ ...before, since }, orTimes);
  return { ...alertState, state: restOf(rule, alertState, from - 1) };
}

function isToldAt(
  { condition }: RuleDefinition,
  alertState: AlertState,
  { at, isLastNotification, quietUntil }: { at: number; isLastNotification: boolean; quietUntil: number | null },
): boolean {
  const from = holdsFrom(condition, alertState);
  if (isLastNotification || alertState.state === 'triggered') return from !== null;
  return from !== null && Math.max(from, quietUntil ?? from) <= at;
}

/** The state of a rule that is not triggered, to be made more of by the next point. */
function restOf({ condition }: RuleDefinition, alertState: AlertState, at: number): RuleState {
  const from = holdsFrom(condition, alertState);
  if (from !== null && from > at) return 'pending';
  return from === null && alertState.quietUntil === null ? 'ok' : 'cooldown';
}
