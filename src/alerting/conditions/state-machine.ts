import {
  firingOf,
  lastNotificationAt,
  type AlertState,
  type Firing,
  type RuleDefinition,
  type RuleState,
} from './alert-state';
import type { SimpleCondition } from './condition';
import { applyValues, holdsFrom } from './hold-times';
import { hasConditionField, matches, type ValueOf } from './matching';

/** A firing, a reminder (`triggered` with `repeats` above 0) or an end. It goes to the history and to the webhook. */
export interface Transition {
  readonly event: 'triggered' | 'resolved';
  readonly at: number;
  /** The firing that it belongs to. A reminder counts itself. */
  readonly firing: Firing;
}

export interface Evaluation {
  readonly alertState: AlertState;
  readonly transitions: readonly Transition[];
}

/** Evaluates a rule at its next point in time order. A value stands until the next one, so timers that end before the point fire first. */
export function evaluatePoint(rule: RuleDefinition, before: AlertState, time: number, valueOf: ValueOf): Evaluation {
  // An alert that fired by the server's clock cannot end before it fired, even if the device's clock is behind.
  const at = before.state === 'triggered' ? Math.max(time, lastNotificationAt(rule, before)) : time;
  const timer = fireIfDue(rule, before, at - 1);
  const alertState = applyValues(rule.condition, timer.alertState, at, valueOf);
  const point = evaluate(rule, alertState, at, hasConditionField(rule.condition, valueOf));
  return { ...point, transitions: [...timer.transitions, ...point.transitions] };
}

/** Evaluates a rule at a time without a point. If no data was overdue for longer than the cooldown, it notifies once. */
export function evaluateTime(rule: RuleDefinition, before: AlertState, now: number): Evaluation {
  const isNoData = rule.condition.operator === 'no_data';
  const timer = fireIfDue(rule, before, now);
  if (isNoData && timer.transitions.length > 0)
    return { ...timer, alertState: { ...timer.alertState, quietUntil: now + rule.cooldownMillis } };
  const { alertState, transitions } = evaluate(rule, timer.alertState, now, isNoData);
  return { alertState, transitions: [...timer.transitions, ...transitions] };
}

/** When time alone changes the state next; null for never. */
export function timerDueAt(rule: RuleDefinition, alertState: AlertState): number | null {
  const { condition } = rule;
  const isNoData = condition.operator === 'no_data';
  switch (alertState.state) {
    case 'pending':
      return holdsFrom(condition, alertState);
    case 'cooldown':
      return alertState.quietUntil;
    case 'triggered':
      return isNoData ? reminderDueAt(rule, alertState) : null;
    default:
      return isNoData ? holdsFrom(condition, alertState) : null;
  }
}

/** From when on a point causes a transition even if its values change nothing; null for never. */
export function transitionDueAt(rule: RuleDefinition, alertState: AlertState): number | null {
  return alertState.state === 'triggered' ? reminderDueAt(rule, alertState) : timerDueAt(rule, alertState);
}

/** When a firing rule sends its next reminder if its condition is still met; null for never. */
export function reminderDueAt(rule: Omit<RuleDefinition, 'condition'>, alertState: AlertState): number | null {
  const { cooldownMillis, repeatMillis = cooldownMillis } = rule;
  return repeatMillis === 0 ? null : lastNotificationAt(rule, alertState) + repeatMillis;
}

/** Whether the values of a point make any comparison start or stop to hold. */
export function isAffectedBy(
  comparisons: readonly SimpleCondition[],
  { since }: AlertState,
  valueOf: ValueOf,
): boolean {
  return comparisons.some((comparison, index) => {
    const value = valueOf(comparison.field);
    return value !== undefined && matches(comparison, value) === (since[index] === null);
  });
}

/** Fires a rule whose duration or cooldown ends by a time, at the time it ends. */
function fireIfDue(rule: RuleDefinition, alertState: AlertState, until: number): Evaluation {
  const from = alertState.state === 'triggered' ? null : holdsFrom(rule.condition, alertState);
  const at = from === null ? null : Math.max(from, alertState.quietUntil ?? from);
  return at === null || at > until ? { alertState, transitions: [] } : fire(rule, alertState, at);
}

/** Fires a rule, or sends a reminder if it already fires. */
function fire(rule: RuleDefinition, alertState: AlertState, at: number): Evaluation {
  const before = firingOf(rule, alertState);
  const firing = alertState.state === 'triggered' ? { ...before, repeats: before.repeats + 1 } : { at, repeats: 0 };
  return {
    alertState: { ...alertState, state: 'triggered', quietUntil: at + rule.cooldownMillis, firing },
    transitions: [{ event: 'triggered', at, firing }],
  };
}

/** @param mayRemind whether a reminder may be sent: only for a point that confirms the condition, or for missing data */
function evaluate(rule: RuleDefinition, alertState: AlertState, at: number, mayRemind: boolean): Evaluation {
  const { state, quietUntil } = alertState;
  const from = holdsFrom(rule.condition, alertState);
  const inCooldown = quietUntil !== null && quietUntil > at;
  const isFiring = state === 'triggered';
  if (from !== null && from <= at) {
    if (!isFiring && inCooldown) return { alertState: { ...alertState, state: 'cooldown' }, transitions: [] };
    const reminderAt = isFiring && mayRemind ? reminderDueAt(rule, alertState) : null;
    const isDue = !isFiring || (reminderAt !== null && reminderAt <= at);
    return isDue ? fire(rule, alertState, at) : { alertState, transitions: [] };
  }
  const isPending = from !== null && rule.condition.operator !== 'no_data';
  const ended: RuleState = quietUntil === null ? 'ok' : inCooldown ? 'cooldown' : 'resolved';
  return {
    alertState: { ...alertState, state: isPending ? 'pending' : ended },
    transitions: isFiring ? [{ event: 'resolved', at, firing: firingOf(rule, alertState) }] : [],
  };
}
