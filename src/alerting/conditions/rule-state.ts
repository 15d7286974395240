import type { Condition, SimpleCondition } from './condition';
import { orTimesOf, holdsFrom, applyValues, withOrTimes, type HoldTimes } from './hold-times';
import { hasConditionField, matches, comparisonsOf, type ValueOf } from './matching';

export { holdsFrom } from './hold-times';
export { fieldsOf, hasConditionField, matches, comparisonsOf, type ValueOf } from './matching';

export const RULE_STATES = ['ok', 'pending', 'triggered', 'cooldown', 'resolved'] as const;

/**
 * Where a rule stands: it does not hold, `ok`; it holds, though not for long enough, `pending`; it holds and a notification
 * was sent, `triggered`; it does not hold any more, or does again and may not notify yet, `cooldown`; and after that, `resolved`.
 */
export type RuleState = (typeof RULE_STATES)[number];

/** What a rule must remember from one point to the next. All times in milliseconds since 1970. */
export interface AlertState extends HoldTimes {
  readonly state: RuleState;
  /** Until when the rule may not fire again. */
  readonly quietUntil: number | null;
  /** The last firing: when it began, and how many reminders followed. It stays after its end. */
  readonly firing?: Firing;
  /** The time of the latest point that was there already when the rule was set up. Up to then it has not judged what is stored. */
  readonly unjudgedUntil?: number;
}

export interface Firing {
  readonly at: number;
  readonly repeats: number;
}

/** What a rule makes of what happens. */
export interface Transition {
  readonly event: 'triggered' | 'resolved';
  readonly at: number;
  /** The firing that it belongs to. A reminder counts itself. */
  readonly firing: Firing;
}

export interface Step {
  readonly alertState: AlertState;
  readonly transitions: readonly Transition[];
}

/** The part of a rule that decides when it notifies. */
export interface RuleDefinition {
  readonly condition: Condition;
  /** How long after its last message a rule waits before it fires again. */
  readonly cooldownMillis: number;
  /** How long after its last message a rule that still holds sends a reminder; 0 for never; the cooldown where absent. */
  readonly repeatMillis?: number;
}

/**
 * A rule that was set up at a time: of what came before, it knows nothing.
 *
 * @param latest the time of the latest point that was there, if there was any
 */
export function initialState(
  { condition }: Pick<RuleDefinition, 'condition'>,
  at: number,
  latest: number | null = null,
): AlertState {
  const since = condition.operator === 'no_data' ? [at] : comparisonsOf(condition).map(() => null);
  const unjudged = latest === null ? {} : { unjudgedUntil: latest };
  return { state: 'ok', since, eitherSince: null, quietUntil: null, ...unjudged };
}

/**
 * What a rule makes of the next point in the order of time. A value stands until the next one comes: what is due
 * before this point, does.
 */
export function evaluatePoint(rule: RuleDefinition, before: AlertState, time: number, valueOf: ValueOf): Step {
  // What was notified by a clock cannot have ended before, though another clock says so.
  const at = before.state === 'triggered' ? Math.max(time, lastNotificationAt(rule, before)) : time;
  const passed = notifyIfDue(rule, before, at - 1);
  const alertState = applyValues(rule.condition, passed.alertState, at, valueOf);
  const { transitions, ...step } = evaluate(rule, alertState, at, hasConditionField(rule.condition, valueOf));
  return { ...step, transitions: [...passed.transitions, ...transitions] };
}

/** From when on a point changes a rule's state or causes a notification though it says the same as the points before; null for never. */
export function transitionDueAt(rule: RuleDefinition, alertState: AlertState): number | null {
  return alertState.state === 'triggered' ? reminderOf(rule, alertState) : timerDueAt(rule, alertState);
}

/** Whether a point could change since when the sides of a condition hold. */
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

/** When a rule last notified; -Infinity if it never did. */
export function lastNotificationAt(
  { cooldownMillis }: Pick<RuleDefinition, 'cooldownMillis'>,
  { quietUntil }: AlertState,
): number {
  return quietUntil === null ? -Infinity : quietUntil - cooldownMillis;
}

/** When a rule that fired sends its next reminder, if it still holds then; null if it sends none. */
export function reminderOf(rule: Omit<RuleDefinition, 'condition'>, alertState: AlertState): number | null {
  const { cooldownMillis, repeatMillis = cooldownMillis } = rule;
  return repeatMillis === 0 ? null : lastNotificationAt(rule, alertState) + repeatMillis;
}

/** The last firing of a rule. Versions before reminders were counted stored only when the rule last notified. */
export function firingOf(rule: Omit<RuleDefinition, 'condition'>, alertState: AlertState): Firing {
  return alertState.firing ?? { at: lastNotificationAt(rule, alertState), repeats: 0 };
}

/** The same state with another cooldown: it counts from the last message. */
export function withCooldown(
  rule: Omit<RuleDefinition, 'condition'>,
  alertState: AlertState,
  cooldownMillis: number,
): AlertState {
  if (alertState.quietUntil === null) return alertState;
  return {
    ...alertState,
    firing: firingOf(rule, alertState),
    quietUntil: lastNotificationAt(rule, alertState) + cooldownMillis,
  };
}

/** What a rule makes of the time being this. Silence that nobody noticed for long is notified once. */
export function evaluateTime(rule: RuleDefinition, before: AlertState, now: number): Step {
  const isNoData = rule.condition.operator === 'no_data';
  const due = notifyIfDue(rule, before, now);
  if (isNoData && due.transitions.length > 0)
    return { ...due, alertState: { ...due.alertState, quietUntil: now + rule.cooldownMillis } };
  const { alertState, transitions } = evaluate(rule, due.alertState, now, isNoData);
  return { alertState, transitions: [...due.transitions, ...transitions] };
}

/** The same memory on a clock that was set back: nothing in it is yet to come, but for the end of a cooldown. */
export function adjustToClock({ cooldownMillis }: RuleDefinition, alertState: AlertState, now: number): AlertState {
  const past = (time: number | null) => (time === null ? null : Math.min(time, now));
  const quietUntil = alertState.quietUntil === null ? null : Math.min(alertState.quietUntil, now + cooldownMillis);
  const { firing } = alertState;
  const fired = firing && { firing: { ...firing, at: Math.min(firing.at, now) } };
  return withOrTimes(
    { ...alertState, since: alertState.since.map(past), quietUntil, ...fired },
    orTimesOf(alertState).map(past),
  );
}

/** When the time alone will change the rule's state next, or null. */
export function timerDueAt(rule: RuleDefinition, alertState: AlertState): number | null {
  const { condition } = rule;
  const isNoData = condition.operator === 'no_data';
  switch (alertState.state) {
    case 'pending':
      return holdsFrom(condition, alertState);
    case 'cooldown':
      return alertState.quietUntil;
    case 'triggered':
      return isNoData ? reminderOf(rule, alertState) : null;
    default:
      return isNoData ? holdsFrom(condition, alertState) : null;
  }
}

/** The notification that waits for nothing but the time. */
function notifyIfDue(rule: RuleDefinition, alertState: AlertState, until: number): Step {
  const from = alertState.state === 'triggered' ? null : holdsFrom(rule.condition, alertState);
  const at = from === null ? null : Math.max(from, alertState.quietUntil ?? from);
  return at === null || at > until ? { alertState, transitions: [] } : notify(rule, alertState, at);
}

function notify(rule: RuleDefinition, alertState: AlertState, at: number): Step {
  const before = firingOf(rule, alertState);
  const firing = alertState.state === 'triggered' ? { ...before, repeats: before.repeats + 1 } : { at, repeats: 0 };
  return {
    alertState: { ...alertState, state: 'triggered', quietUntil: at + rule.cooldownMillis, firing },
    transitions: [{ event: 'triggered', at, firing }],
  };
}

/** @param mayRepeat whether what still holds may send a reminder: that takes a point that says so, or silence */
function evaluate(rule: RuleDefinition, alertState: AlertState, at: number, mayRepeat: boolean): Step {
  const { state, quietUntil } = alertState;
  const from = holdsFrom(rule.condition, alertState);
  const isQuiet = quietUntil !== null && quietUntil > at;
  if (from !== null && from <= at) {
    if (state !== 'triggered')
      return isQuiet
        ? { alertState: { ...alertState, state: 'cooldown' }, transitions: [] }
        : notify(rule, alertState, at);
    const reminder = mayRepeat ? reminderOf(rule, alertState) : null;
    return reminder !== null && reminder <= at ? notify(rule, alertState, at) : { alertState, transitions: [] };
  }
  const waits = rule.condition.operator !== 'no_data' && from !== null;
  const rest = quietUntil === null ? 'ok' : isQuiet ? 'cooldown' : 'resolved';
  const transitions: Transition[] =
    state === 'triggered' ? [{ event: 'resolved', at, firing: firingOf(rule, alertState) }] : [];
  return { alertState: { ...alertState, state: waits ? 'pending' : rest }, transitions };
}
