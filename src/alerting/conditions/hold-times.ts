import { isCompound, type CompoundCondition, type Condition, type ValueCondition } from './condition';
import { comparisonsOf, matches, type ValueOf } from './matching';

type Time = number | null;

/** Since when the parts of a condition hold, in milliseconds since 1970. Stored as JSON, so keys never change. */
export interface HoldTimes {
  /** Since when each comparison holds, null if it does not; for `no_data`, when data last arrived. */
  readonly since: readonly Time[];
  /** Since when the first `or` holds without a gap, if one of its parts took over from another; else null. */
  readonly eitherSince: Time;
  /** The same for the other `or`s, in the order in which they begin. Absent if the condition has at most one. */
  readonly innerSince?: readonly Time[];
}

/** When the condition has been met for its duration if no more points arrive; null if it is not met. */
export function holdsFrom(condition: Condition, holdTimes: HoldTimes): Time {
  const first = holdTimes.since[0] ?? null;
  if (condition.operator === 'no_data') return after(first, condition.value);
  if (!isCompound(condition)) return after(first, condition.durationSeconds ?? 0);
  const times = { since: holdTimes.since, orTimes: orTimesOf(holdTimes) };
  return partHoldsFrom(condition, times, { comparison: 0, or: 0 });
}

/** Since when each part holds after a point. A comparison keeps its time if the point lacks its field. */
export function applyValues<T extends HoldTimes>(condition: Condition, before: T, at: number, valueOf: ValueOf): T {
  if (condition.operator === 'no_data') return { ...before, since: [at] };
  const since = comparisonsOf(condition).map((comparison, index) => {
    const value = valueOf(comparison.field);
    const held = before.since[index] ?? null;
    if (value === undefined) return held;
    return matches(comparison, value) ? (held ?? at) : null;
  });
  if (!isCompound(condition) || !containsOr(condition)) return { ...before, since };
  const tracker = new OrTracker(at, { since: before.since, orTimes: orTimesOf(before) }, since);
  tracker.visit(condition);
  return withOrTimes({ ...before, since }, tracker.orTimes);
}

/** Since when each `or` holds without a gap, in the order in which they begin. */
export function orTimesOf({ eitherSince, innerSince = [] }: HoldTimes): readonly Time[] {
  return innerSince.length === 0 ? [eitherSince] : [eitherSince, ...innerSince];
}

export function withOrTimes<T extends HoldTimes>(holdTimes: T, orTimes: readonly Time[]): T {
  const [eitherSince = null, ...innerSince] = orTimes;
  return { ...holdTimes, eitherSince, ...(innerSince.length > 0 && { innerSince }) };
}

/** How far back a condition looks, in seconds: the sum of the durations on its longest path. */
export function lookBackSeconds(condition: ValueCondition): number {
  const own = condition.durationSeconds ?? 0;
  return isCompound(condition) ? own + Math.max(...condition.conditions.map(lookBackSeconds)) : own;
}

interface Times {
  readonly since: readonly Time[];
  readonly orTimes: readonly Time[];
}

/** How many comparisons and `or`s precede a part of a condition. */
interface Position {
  comparison: number;
  or: number;
}

function partHoldsFrom(part: ValueCondition, times: Times, position: Position): Time {
  const seconds = part.durationSeconds ?? 0;
  if (!isCompound(part)) return after(times.since[position.comparison++] ?? null, seconds);
  const orTime = part.operator === 'or' ? (times.orTimes[position.or++] ?? null) : null;
  const parts = part.conditions.map((one) => partHoldsFrom(one, times, position));
  return after(part.operator === 'and' ? latestOf(parts) : (orTime ?? earliestOf(parts)), seconds);
}

/** Keeps the time of each `or` across a point, so that it holds on when one part takes over from another. */
class OrTracker {
  readonly orTimes: Time[] = [];
  private readonly position: Position = { comparison: 0, or: 0 };

  constructor(
    private readonly at: number,
    private readonly before: Times,
    private readonly since: readonly Time[],
  ) {}

  /** @returns from when on the part held before the point, and from when on it holds after it */
  visit(part: ValueCondition): { readonly before: Time; readonly now: Time } {
    const { before, now } = isCompound(part) ? this.visitCompound(part) : this.visitComparison();
    const seconds = part.durationSeconds ?? 0;
    return { before: after(before, seconds), now: after(now, seconds) };
  }

  private visitComparison(): { readonly before: Time; readonly now: Time } {
    const index = this.position.comparison++;
    return { before: this.before.since[index] ?? null, now: this.since[index] ?? null };
  }

  private visitCompound({ operator, conditions }: CompoundCondition): { readonly before: Time; readonly now: Time } {
    const index = operator === 'or' ? this.position.or++ : undefined;
    const visited = conditions.map((one) => this.visit(one));
    const join = operator === 'or' ? earliestOf : latestOf;
    const before = join(visited.map((one) => one.before));
    const now = join(visited.map((one) => one.now));
    if (index === undefined) return { before, now };
    const held = this.before.orTimes[index] ?? before;
    const isUnbroken = held !== null && held <= this.at && now !== null && now <= this.at;
    const orTime = isUnbroken ? Math.min(held, now) : null;
    this.orTimes[index] = orTime;
    return { before: held, now: orTime ?? now };
  }
}

function containsOr(condition: CompoundCondition): boolean {
  return condition.operator === 'or' || condition.conditions.some((one) => isCompound(one) && containsOr(one));
}

function latestOf(times: readonly Time[]): Time {
  let latest = -Infinity;
  for (const time of times) {
    if (time === null) return null;
    latest = Math.max(latest, time);
  }
  return latest;
}

function earliestOf(times: readonly Time[]): Time {
  let earliest: Time = null;
  for (const time of times) if (time !== null && (earliest === null || time < earliest)) earliest = time;
  return earliest;
}

function after(from: Time, seconds: number): Time {
  return from === null ? null : from + seconds * 1000;
}
