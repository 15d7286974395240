import type { Condition, SimpleCondition } from './condition';
import { eithersOf, holdsFrom, takeValues, withEithers, type Holding } from './holding';
import { isAsked, meets, sidesOf, type ValueOf } from './sides';

export { holdsFrom } from './holding';
export { fieldsOf, isAsked, meets, sidesOf, type ValueOf } from './sides';

export const RULE_STATES = ['ok', 'pending', 'triggered', 'cooldown', 'resolved'] as const;

/**
 * Where a rule stands: it does not hold, `ok`; it holds, though not for long enough, `pending`; it holds and a notification
 * was sent, `triggered`; it does not hold any more, or does again and may not notify yet, `cooldown`; and after that, `resolved`.
 */
export type RuleState = (typeof RULE_STATES)[number];

/** What a rule must remember from one point to the next. All times in milliseconds since 1970. */
export interface Memory extends Holding {
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
export interface Notification {
  readonly event: 'triggered' | 'resolved';
  readonly at: number;
  /** The firing that it belongs to. A reminder counts itself. */
  readonly firing: Firing;
}

export interface Step {
  readonly memory: Memory;
  readonly notifications: readonly Notification[];
}

/** The part of a rule that decides when it notifies. */
export interface Judged {
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
export function armed({ condition }: Pick<Judged, 'condition'>, at: number, latest: number | null = null): Memory {
  const since = condition.operator === 'no_data' ? [at] : sidesOf(condition).map(() => null);
  const unjudged = latest === null ? {} : { unjudgedUntil: latest };
  return { state: 'ok', since, eitherSince: null, quietUntil: null, ...unjudged };
}

/**
 * What a rule makes of the next point in the order of time. A value stands until the next one comes: what is due
 * before this point, does.
 */
export function takePoint(rule: Judged, before: Memory, time: number, valueOf: ValueOf): Step {
  // What was notified by a clock cannot have ended before, though another clock says so.
  const at = before.state === 'triggered' ? Math.max(time, lastNotificationAt(rule, before)) : time;
  const passed = notifyIfDue(rule, before, at - 1);
  const memory = takeValues(rule.condition, passed.memory, at, valueOf);
  const { notifications, ...step } = judge(rule, memory, at, isAsked(rule.condition, valueOf));
  return { ...step, notifications: [...passed.notifications, ...notifications] };
}

/** From when on a point changes a rule's state or causes a notification though it says the same as the points before; null for never. */
export function stirsFrom(rule: Judged, memory: Memory): number | null {
  return memory.state === 'triggered' ? reminderOf(rule, memory) : dueOf(rule, memory);
}

/** Whether a point could change since when the sides of a condition hold. */
export function isMovedBy(sides: readonly SimpleCondition[], { since }: Memory, valueOf: ValueOf): boolean {
  return sides.some((side, index) => {
    const value = valueOf(side.field);
    return value !== undefined && meets(side, value) === (since[index] === null);
  });
}

/** When a rule last notified; -Infinity if it never did. */
export function lastNotificationAt({ cooldownMillis }: Pick<Judged, 'cooldownMillis'>, { quietUntil }: Memory): number {
  return quietUntil === null ? -Infinity : quietUntil - cooldownMillis;
}

/** When a rule that fired sends its next reminder, if it still holds then; null if it sends none. */
export function reminderOf(rule: Omit<Judged, 'condition'>, memory: Memory): number | null {
  const { cooldownMillis, repeatMillis = cooldownMillis } = rule;
  return repeatMillis === 0 ? null : lastNotificationAt(rule, memory) + repeatMillis;
}

/** The last firing of a rule. Versions before reminders were counted stored only when the rule last notified. */
export function firingOf(rule: Omit<Judged, 'condition'>, memory: Memory): Firing {
  return memory.firing ?? { at: lastNotificationAt(rule, memory), repeats: 0 };
}

/** The same state with another cooldown: it counts from the last message. */
export function withCooldown(rule: Omit<Judged, 'condition'>, memory: Memory, cooldownMillis: number): Memory {
  if (memory.quietUntil === null) return memory;
  return { ...memory, firing: firingOf(rule, memory), quietUntil: lastNotificationAt(rule, memory) + cooldownMillis };
}

/** What a rule makes of the time being this. Silence that nobody noticed for long is notified once. */
export function takeTime(rule: Judged, before: Memory, now: number): Step {
  const isOfSilence = rule.condition.operator === 'no_data';
  const due = notifyIfDue(rule, before, now);
  if (isOfSilence && due.notifications.length > 0)
    return { ...due, memory: { ...due.memory, quietUntil: now + rule.cooldownMillis } };
  const { memory, notifications } = judge(rule, due.memory, now, isOfSilence);
  return { memory, notifications: [...due.notifications, ...notifications] };
}

/** The same memory on a clock that was set back: nothing in it is yet to come, but for the end of a cooldown. */
export function setBack({ cooldownMillis }: Judged, memory: Memory, now: number): Memory {
  const past = (time: number | null) => (time === null ? null : Math.min(time, now));
  const quietUntil = memory.quietUntil === null ? null : Math.min(memory.quietUntil, now + cooldownMillis);
  const { firing } = memory;
  const fired = firing && { firing: { ...firing, at: Math.min(firing.at, now) } };
  return withEithers({ ...memory, since: memory.since.map(past), quietUntil, ...fired }, eithersOf(memory).map(past));
}

/** When the time alone will change the rule's state next, or null. */
export function dueOf(rule: Judged, memory: Memory): number | null {
  const { condition } = rule;
  const isOfSilence = condition.operator === 'no_data';
  switch (memory.state) {
    case 'pending':
      return holdsFrom(condition, memory);
    case 'cooldown':
      return memory.quietUntil;
    case 'triggered':
      return isOfSilence ? reminderOf(rule, memory) : null;
    default:
      return isOfSilence ? holdsFrom(condition, memory) : null;
  }
}

/** The notification that waits for nothing but the time. */
function notifyIfDue(rule: Judged, memory: Memory, until: number): Step {
  const from = memory.state === 'triggered' ? null : holdsFrom(rule.condition, memory);
  const at = from === null ? null : Math.max(from, memory.quietUntil ?? from);
  return at === null || at > until ? { memory, notifications: [] } : notify(rule, memory, at);
}

function notify(rule: Judged, memory: Memory, at: number): Step {
  const before = firingOf(rule, memory);
  const firing = memory.state === 'triggered' ? { ...before, repeats: before.repeats + 1 } : { at, repeats: 0 };
  return {
    memory: { ...memory, state: 'triggered', quietUntil: at + rule.cooldownMillis, firing },
    notifications: [{ event: 'triggered', at, firing }],
  };
}

/** @param mayRepeat whether what still holds may send a reminder: that takes a point that says so, or silence */
function judge(rule: Judged, memory: Memory, at: number, mayRepeat: boolean): Step {
  const { state, quietUntil } = memory;
  const from = holdsFrom(rule.condition, memory);
  const isQuiet = quietUntil !== null && quietUntil > at;
  if (from !== null && from <= at) {
    if (state !== 'triggered')
      return isQuiet ? { memory: { ...memory, state: 'cooldown' }, notifications: [] } : notify(rule, memory, at);
    const reminder = mayRepeat ? reminderOf(rule, memory) : null;
    return reminder !== null && reminder <= at ? notify(rule, memory, at) : { memory, notifications: [] };
  }
  const waits = rule.condition.operator !== 'no_data' && from !== null;
  const rest = quietUntil === null ? 'ok' : isQuiet ? 'cooldown' : 'resolved';
  const notifications: Notification[] =
    state === 'triggered' ? [{ event: 'resolved', at, firing: firingOf(rule, memory) }] : [];
  return { memory: { ...memory, state: waits ? 'pending' : rest }, notifications };
}
