import { lastNotificationAt, type AlertState, type RuleDefinition, type RuleState } from './alert-state';
import type { Condition, ValueCondition } from './condition';
import { holdsFrom, lookBackSeconds, orTimesOf, withOrTimes } from './hold-times';
import { comparisonsOf, matches, type ValueOf } from './matching';
import { evaluatePoint, isAffectedBy, transitionDueAt, type Transition } from './state-machine';

/** A point as rules see it. */
export interface EvaluatedPoint {
  readonly at: number;
  readonly valueOf: ValueOf;
}

/** The stored points around late ones. */
export interface LateWindow {
  readonly from: number;
  /** The time of the first late point. */
  readonly lateFrom: number;
  /** The values at the start of the window. */
  readonly valueBefore: ValueOf;
  /** All points from `from` to the newest, late ones included, in time order. */
  readonly points: readonly EvaluatedPoint[];
}

/** A transition, and after how many points of the window it was due. */
export interface LateTransition extends Transition {
  readonly seen: number;
}

type ValueRule = RuleDefinition & { readonly condition: ValueCondition };

/**
 * Where the window of a late point starts. What holds since before it was notified already, unless the cooldown of the last
 * notification covers the late point: then the window starts at that notification.
 */
export function windowFrom(rule: RuleDefinition, alertState: AlertState, lateFrom: number): number {
  const isCovered = alertState.quietUntil !== null && alertState.quietUntil > lateFrom;
  const start = isCovered ? Math.min(lateFrom, lastNotificationAt(rule, alertState)) : lateFrom;
  return start - lookBackMillis(rule.condition);
}

function lookBackMillis(condition: Condition): number {
  return condition.operator === 'no_data' ? 0 : lookBackSeconds(condition) * 1000;
}

/** Whether a late point may change a rule's state. It may also show that a comparison has held for longer. */
export function isAffectedByLate(
  rule: RuleDefinition,
  alertState: AlertState,
  { at, valueOf }: EvaluatedPoint,
): boolean {
  if (!acceptsLatePoints(rule, alertState)) return false;
  const orTimes = orTimesOf(alertState);
  return comparisonsOf(rule.condition).some((comparison, index) => {
    const value = valueOf(comparison.field);
    const held = alertState.since[index] ?? null;
    if (value === undefined) return false;
    if (matches(comparison, value)) return held === null || at < held;
    // An `or` may have held through this comparison at that time, and through another one now.
    return (held !== null && at >= held) || orTimes.some((orTime) => orTime !== null && at >= orTime);
  });
}

/**
 * Evaluates late points as if they had arrived in time, with two exceptions: a sent notification is not withdrawn, and none is
 * sent for a time that an earlier notification and its cooldown cover. A firing rule ignores late points.
 */
export function evaluateLatePoints(
  rule: RuleDefinition,
  before: AlertState,
  window: LateWindow,
): { readonly alertState: AlertState; readonly transitions: readonly LateTransition[] } {
  if (!acceptsLatePoints(rule, before)) return { alertState: before, transitions: [] };
  const comparisons = comparisonsOf(rule.condition);
  const { lateFrom } = window;
  const checkpoints = checkpointsOf(rule, before, window);
  const transitions: LateTransition[] = [];
  let alertState = stateAtStart(rule, before, window);
  // Whether the notification of what holds was sent before the late points arrived. Then its end was sent too.
  let wasSent = false;
  let nextTransitionAt = transitionDueAt(rule, alertState);
  for (const [index, { at, valueOf }] of window.points.entries()) {
    // Other devices of the source may be ahead of those that the rule is about.
    if (comparisons.every(({ field }) => valueOf(field) === undefined)) continue;
    for (let checkpoint = checkpoints[0]; checkpoint !== undefined && checkpoint < at; checkpoint = checkpoints[0]) {
      ({ alertState, wasSent } = resumeAt(checkpoint, rule, alertState, before));
      nextTransitionAt = transitionDueAt(rule, alertState);
      checkpoints.shift();
    }
    // Most points repeat the values before them.
    const isDue = nextTransitionAt !== null && nextTransitionAt <= at;
    if (!isDue && !isAffectedBy(comparisons, alertState, valueOf)) continue;
    const evaluation = evaluatePoint(rule, alertState, at, valueOf);
    alertState = evaluation.alertState;
    nextTransitionAt = transitionDueAt(rule, alertState);
    if (at < lateFrom) continue;
    for (const transition of evaluation.transitions) {
      // A transition from before this point was due without it.
      if (!wasSent || transition.event === 'triggered')
        transitions.push({ ...transition, seen: transition.at < at ? index : index + 1 });
      wasSent = false;
    }
  }
  return { alertState, transitions };
}

/**
 * Applies a point that is too old for a window. It notifies nothing. If it shows that a pending condition did not hold all the
 * time, the duration starts over at the newest point.
 */
export function applyStalePoint(
  rule: RuleDefinition,
  before: AlertState,
  { at, latest }: { readonly at: number; readonly latest: number },
  valueOf: ValueOf,
): AlertState {
  if (!acceptsLatePoints(rule, before)) return before;
  const isBroken = comparisonsOf(rule.condition).map((comparison, index) => {
    const value = valueOf(comparison.field);
    return value !== undefined && !matches(comparison, value) && at >= (before.since[index] ?? Infinity);
  });
  if (!isBroken.includes(true)) return before;
  const since = before.since.map((time, index) => (isBroken[index] && time !== null ? Math.max(time, latest) : time));
  return withOrTimes(
    { ...before, since },
    orTimesOf(before).map(() => null),
  );
}

function acceptsLatePoints(rule: RuleDefinition, { state }: AlertState): rule is ValueRule {
  return rule.condition.operator !== 'no_data' && state !== 'triggered';
}

/** The times at which the replay takes up what really happened: just before the first late point, and at the last notification. */
function checkpointsOf(rule: RuleDefinition, before: AlertState, { from, lateFrom }: LateWindow): number[] {
  const notifiedAt = lastNotificationAt(rule, before);
  return notifiedAt < from ? [lateFrom - 1] : [lateFrom - 1, notifiedAt].sort((one, other) => one - other);
}

/** Sets the state at a checkpoint to what it was at that time: firing if the notification of what holds was sent by then. */
function resumeAt(
  checkpoint: number,
  rule: RuleDefinition,
  alertState: AlertState,
  before: AlertState,
): { readonly alertState: AlertState; readonly wasSent: boolean } {
  const { quietUntil } = before;
  const from = holdsFrom(rule.condition, alertState);
  const isNotified = checkpoint === lastNotificationAt(rule, before) || alertState.state === 'triggered';
  const wasSent = from !== null && (isNotified || Math.max(from, quietUntil ?? from) <= checkpoint);
  if (wasSent)
    return { alertState: { ...alertState, quietUntil: quietUntil ?? checkpoint, state: 'triggered' }, wasSent };
  const resumed = { ...alertState, quietUntil };
  return { alertState: { ...resumed, state: idleState(rule, resumed, checkpoint) }, wasSent };
}

/** The state at the start of the window. A comparison that holds now since before then, held then. */
function stateAtStart(rule: ValueRule, before: AlertState, { from, valueBefore }: LateWindow): AlertState {
  const since = comparisonsOf(rule.condition).map((comparison, index) => {
    const held = before.since[index] ?? null;
    if (held !== null && held < from) return held;
    const value = valueBefore(comparison.field);
    return value !== undefined && matches(comparison, value) ? from - 1 : null;
  });
  const orTimes = orTimesOf(before).map((orTime) => (orTime !== null && orTime < from ? orTime : null));
  const alertState = withOrTimes({ ...before, since }, orTimes);
  return { ...alertState, state: idleState(rule, alertState, from - 1) };
}

/** The state of a rule that is not firing. The next point decides between `cooldown` and `resolved`. */
function idleState({ condition }: RuleDefinition, alertState: AlertState, at: number): RuleState {
  const from = holdsFrom(condition, alertState);
  if (from !== null && from > at) return 'pending';
  return from === null && alertState.quietUntil === null ? 'ok' : 'cooldown';
}
