import type { Condition } from './condition';
import { orTimesOf, withOrTimes, type HoldTimes } from './hold-times';
import { comparisonsOf } from './matching';

export const RULE_STATES = ['ok', 'pending', 'triggered', 'cooldown', 'resolved'] as const;

/**
 * - `ok`: the condition is not met, and no alert is firing.
 * - `pending`: it holds, but not yet for its duration.
 * - `triggered`: it holds, and the rule has fired.
 * - `cooldown`: the alert ended, or the condition is met again, within the cooldown of the last notification.
 * - `resolved`: the alert ended, and the cooldown is over.
 */
export type RuleState = (typeof RULE_STATES)[number];

/** What a rule keeps between points. Stored as JSON, so keys never change. All times in milliseconds since 1970. */
export interface AlertState extends HoldTimes {
  readonly state: RuleState;
  /** The end of the cooldown; null if the rule never notified. */
  readonly quietUntil: number | null;
  /** The last firing, also after its end. */
  readonly firing?: Firing;
  /** The time of the newest point that was stored before the rule was created or reset. The rule has not evaluated older points. */
  readonly unjudgedUntil?: number;
}

/** One alert, from `triggered` to `resolved`. */
export interface Firing {
  readonly at: number;
  /** How many reminders were sent. */
  readonly repeats: number;
}

/** The settings that the state machine needs. */
export interface RuleDefinition {
  readonly condition: Condition;
  /** How long after its last notification a rule waits before it fires again. */
  readonly cooldownMillis: number;
  /** How long after its last notification a firing rule sends a reminder: 0 for never, the cooldown if absent. */
  readonly repeatMillis?: number;
}

/**
 * The state of a rule that is created or reset at a time. Earlier points do not count.
 *
 * @param latest the time of the newest stored point, null if there is none
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

/** When a rule last notified; -Infinity if it never did. */
export function lastNotificationAt(
  { cooldownMillis }: Pick<RuleDefinition, 'cooldownMillis'>,
  { quietUntil }: AlertState,
): number {
  return quietUntil === null ? -Infinity : quietUntil - cooldownMillis;
}

/** The last firing. Earlier versions did not store it, only when the rule last notified. */
export function firingOf(rule: Omit<RuleDefinition, 'condition'>, alertState: AlertState): Firing {
  return alertState.firing ?? { at: lastNotificationAt(rule, alertState), repeats: 0 };
}

/** The same state with another cooldown, which counts from the last notification. */
export function withCooldown(
  rule: Omit<RuleDefinition, 'condition'>,
  alertState: AlertState,
  cooldownMillis: number,
): AlertState {
  if (alertState.quietUntil === null) return alertState;
  const quietUntil = lastNotificationAt(rule, alertState) + cooldownMillis;
  return { ...alertState, firing: firingOf(rule, alertState), quietUntil };
}

/** The same state after the clock was set back: no time is in the future, except the end of a cooldown. */
export function adjustToClock({ cooldownMillis }: RuleDefinition, alertState: AlertState, now: number): AlertState {
  const past = (time: number | null) => (time === null ? null : Math.min(time, now));
  const { firing, since } = alertState;
  const quietUntil = alertState.quietUntil === null ? null : Math.min(alertState.quietUntil, now + cooldownMillis);
  const adjusted = { ...alertState, since: since.map(past), quietUntil };
  return withOrTimes(
    firing ? { ...adjusted, firing: { ...firing, at: Math.min(firing.at, now) } } : adjusted,
    orTimesOf(alertState).map(past),
  );
}
