import type { Condition, JointCondition, SimpleCondition } from './condition';

export const RULE_STATES = ['ok', 'pending', 'triggered', 'cooldown', 'resolved'] as const;

/**
 * Where a rule stands: it does not hold, `ok`; it holds, though not for long enough, `pending`; it holds and the bell was
 * rung, `triggered`; it does not hold any more, or does again and may not ring yet, `cooldown`; and after that, `resolved`.
 */
export type RuleState = (typeof RULE_STATES)[number];

/** What a rule must remember from one point to the next. All times in milliseconds since 1970. */
export interface Memory {
  readonly state: RuleState;
  /** Since when each of the condition's sides holds, or null; of silence, since when nothing came. */
  readonly since: readonly (number | null)[];
  /** Since when one side or the other of an `or` has held without a gap, where that is not the first of `since`. */
  readonly eitherSince: number | null;
  /** Until when the bell may not ring again. */
  readonly quietUntil: number | null;
  /** The time of the latest point that was there already when the rule was set up. Up to then it has not judged what is stored. */
  readonly unjudgedUntil?: number;
}

/** What a rule makes of what happens. */
export interface Bell {
  readonly event: 'triggered' | 'resolved';
  readonly at: number;
}

export interface Step {
  readonly memory: Memory;
  readonly bells: readonly Bell[];
}

/** What of a rule says when it rings. */
export interface Judged {
  readonly condition: Condition;
  readonly cooldownMillis: number;
}

/** The values of one point, by the names of the fields. Undefined for what the point lacks. */
export type ValueOf = (field: string) => number | undefined;

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
 * What a rule makes of the next point in the order of time. A value stands until the next one comes: what should have rung
 * before this point, does.
 */
export function takePoint(rule: Judged, before: Memory, time: number, valueOf: ValueOf): Step {
  // What a clock has rung cannot have ended before, though another clock says so.
  const at = before.state === 'triggered' ? Math.max(time, lastBellOf(rule, before)) : time;
  const passed = ringIfDue(rule, before, at - 1);
  const memory = takeValues(rule, passed.memory, at, valueOf);
  const { bells, ...step } = judge(rule, memory, at, isAsked(rule.condition, valueOf));
  return { ...step, bells: [...passed.bells, ...bells] };
}

/** From when on a point changes a rule's state or rings its bell though it says the same as the points before; null for never. */
export function stirsFrom(rule: Judged, memory: Memory): number | null {
  return memory.state === 'triggered' ? memory.quietUntil : dueOf(rule, memory);
}

/** Whether a point says anything of what a condition asks for. */
export function isAsked(condition: Condition, valueOf: ValueOf): boolean {
  return fieldsOf(condition).some((field) => valueOf(field) !== undefined);
}

/** Whether a point could change since when the sides of a condition hold. */
export function isMovedBy(sides: readonly SimpleCondition[], { since }: Memory, valueOf: ValueOf): boolean {
  return sides.some((side, index) => {
    const value = valueOf(side.field);
    return value !== undefined && meets(side, value) === (since[index] === null);
  });
}

/** When a rule rang last; -Infinity if it never did. */
export function lastBellOf({ cooldownMillis }: Pick<Judged, 'cooldownMillis'>, { quietUntil }: Memory): number {
  return quietUntil === null ? -Infinity : quietUntil - cooldownMillis;
}

/** What a rule makes of the time being this. Silence that nobody noticed for long rings once. */
export function takeTime(rule: Judged, before: Memory, now: number): Step {
  const isOfSilence = rule.condition.operator === 'no_data';
  const rung = ringIfDue(rule, before, now);
  if (isOfSilence && rung.bells.length > 0) return { ...rung, memory: ring(rule, rung.memory, now).memory };
  const { memory, bells } = judge(rule, rung.memory, now, isOfSilence);
  return { memory, bells: [...rung.bells, ...bells] };
}

/** The same memory on a clock that was set back: nothing in it is yet to come, but for the end of a cooldown. */
export function setBack({ cooldownMillis }: Judged, memory: Memory, now: number): Memory {
  const past = (time: number | null) => (time === null ? null : Math.min(time, now));
  const quietUntil = memory.quietUntil === null ? null : Math.min(memory.quietUntil, now + cooldownMillis);
  return { ...memory, since: memory.since.map(past), eitherSince: past(memory.eitherSince), quietUntil };
}

/** When the time alone will change the rule's state next, or null. */
export function dueOf({ condition }: Pick<Judged, 'condition'>, memory: Memory): number | null {
  const isOfSilence = condition.operator === 'no_data';
  switch (memory.state) {
    case 'pending':
      return holdsFrom(condition, memory);
    case 'cooldown':
      return memory.quietUntil;
    case 'triggered':
      return isOfSilence ? memory.quietUntil : null;
    default:
      return isOfSilence ? holdsFrom(condition, memory) : null;
  }
}

/** The sides of a condition: two of a joint one. */
export function sidesOf(condition: Exclude<Condition, { operator: 'no_data' }>): readonly SimpleCondition[] {
  return isJoint(condition) ? condition.conditions : [condition];
}

/** The fields that a condition asks for. */
export function fieldsOf(condition: Condition): readonly string[] {
  return condition.operator === 'no_data' ? [] : sidesOf(condition).map(({ field }) => field);
}

/** Whether a value meets a condition, for however long. */
export function meets(condition: SimpleCondition, value: number): boolean {
  switch (condition.operator) {
    case 'gt':
      return value > condition.value;
    case 'gte':
      return value >= condition.value;
    case 'lt':
      return value < condition.value;
    case 'lte':
      return value <= condition.value;
    case 'eq':
      return value === condition.value;
    case 'ne':
      return value !== condition.value;
    case 'between':
      return value >= condition.value[0] && value <= condition.value[1];
  }
}

/** From when on the condition holds for as long as it must, if nothing else comes; null if it does not hold. */
export function holdsFrom(condition: Condition, memory: Memory): number | null {
  if (condition.operator === 'no_data') return after(memory.since[0] ?? null, condition.value);
  const from = isJoint(condition) ? jointFrom(condition, memory) : (memory.since[0] ?? null);
  return after(from, condition.durationSeconds ?? 0);
}

function jointFrom(condition: JointCondition, { since, eitherSince }: Memory): number | null {
  const [one, other] = condition.conditions.map((side, index) =>
    after(since[index] ?? null, side.durationSeconds ?? 0),
  );
  if (condition.operator === 'and') return one != null && other != null ? Math.max(one, other) : null;
  if (eitherSince !== null) return eitherSince;
  return one == null || other == null ? (one ?? other ?? null) : Math.min(one, other);
}

function after(from: number | null, seconds: number): number | null {
  return from === null ? null : from + seconds * 1000;
}

function takeValues({ condition }: Judged, memory: Memory, at: number, valueOf: ValueOf): Memory {
  if (condition.operator === 'no_data') return { ...memory, since: [at] };
  const since = sidesOf(condition).map((side, index) => {
    const value = valueOf(side.field);
    const before = memory.since[index] ?? null;
    return value === undefined ? before : meets(side, value) ? (before ?? at) : null;
  });
  if (!isJoint(condition) || condition.operator === 'and') return { ...memory, since };
  const before = jointFrom(condition, memory);
  const now = jointFrom(condition, { ...memory, since, eitherSince: null });
  const goesOn = before !== null && before <= at && now !== null && now <= at;
  return { ...memory, since, eitherSince: goesOn ? Math.min(before, now) : null };
}

/** The bell that waits for nothing but the time. */
function ringIfDue(rule: Judged, memory: Memory, until: number): Step {
  const from = memory.state === 'triggered' ? null : holdsFrom(rule.condition, memory);
  const at = from === null ? null : Math.max(from, memory.quietUntil ?? from);
  return at === null || at > until ? { memory, bells: [] } : ring(rule, memory, at);
}

function ring({ cooldownMillis }: Judged, memory: Memory, at: number): Step {
  return {
    memory: { ...memory, state: 'triggered', quietUntil: at + cooldownMillis },
    bells: [{ event: 'triggered', at }],
  };
}

/** @param mayRepeat whether what still holds after the cooldown rings again: that takes a point that says so, or silence */
function judge(rule: Judged, memory: Memory, at: number, mayRepeat: boolean): Step {
  const { state, quietUntil } = memory;
  const from = holdsFrom(rule.condition, memory);
  const holds = from !== null && from <= at;
  const isQuiet = quietUntil !== null && quietUntil > at;
  if (holds) {
    if (isQuiet) return { memory: { ...memory, state: state === 'triggered' ? state : 'cooldown' }, bells: [] };
    return state !== 'triggered' || mayRepeat ? ring(rule, memory, at) : { memory, bells: [] };
  }
  const waits = rule.condition.operator !== 'no_data' && from !== null;
  const rest = quietUntil === null ? 'ok' : isQuiet ? 'cooldown' : 'resolved';
  const bells: Bell[] = state === 'triggered' ? [{ event: 'resolved', at }] : [];
  return { memory: { ...memory, state: waits ? 'pending' : rest }, bells };
}

function isJoint(condition: Condition): condition is JointCondition {
  return 'conditions' in condition;
}
