import { isCompound, type Condition, type CompoundCondition, type ValueCondition } from './condition';
import { matches, comparisonsOf, type ValueOf } from './matching';

/** Since when the parts of a condition hold. All times in milliseconds since 1970. */
export interface HoldTimes {
  /** Since when each of the condition's sides holds, or null; of silence, since when nothing came. */
  readonly since: readonly (number | null)[];
  /** Since when the first `or` has held without a gap, where that is not the first of its parts in `since`. */
  readonly eitherSince: number | null;
  /** The same of its other `or`s, in the order in which they begin. Absent where it has one `or` at most. */
  readonly innerSince?: readonly (number | null)[];
}

/** How many sides and `or`s stand before a part of a condition. */
interface Place {
  comparison: number;
  either: number;
}

/** From when on the condition holds for as long as it must, if nothing else comes; null if it does not hold. */
export function holdsFrom(condition: Condition, holding: HoldTimes): number | null {
  if (condition.operator === 'no_data') return after(holding.since[0] ?? null, condition.value);
  if (!isCompound(condition)) return after(holding.since[0] ?? null, condition.durationSeconds ?? 0);
  return fromOf(condition, { since: holding.since, orTimes: orTimesOf(holding) }, { comparison: 0, either: 0 });
}

/** Since when each part holds after a point with these values. A side keeps what it had where the point lacks its field. */
export function applyValues<T extends HoldTimes>(condition: Condition, before: T, at: number, valueOf: ValueOf): T {
  if (condition.operator === 'no_data') return { ...before, since: [at] };
  const since = comparisonsOf(condition).map((comparison, index) => {
    const value = valueOf(comparison.field);
    const held = before.since[index] ?? null;
    return value === undefined ? held : matches(comparison, value) ? (held ?? at) : null;
  });
  if (!isCompound(condition) || !containsOr(condition)) return { ...before, since };
  const orTransition = new OrTransition(at, { since: before.since, orTimes: orTimesOf(before) }, since);
  orTransition.take(condition);
  return withOrTimes({ ...before, since }, orTransition.orTimes);
}

/** Since when each `or` has held without a gap, in the order in which they begin. */
export function orTimesOf({ eitherSince, innerSince = [] }: HoldTimes): readonly (number | null)[] {
  return innerSince.length === 0 ? [eitherSince] : [eitherSince, ...innerSince];
}

export function withOrTimes<T extends HoldTimes>(holding: T, orTimes: readonly (number | null)[]): T {
  const [eitherSince = null, ...innerSince] = orTimes;
  return { ...holding, eitherSince, ...(innerSince.length > 0 && { innerSince }) };
}

/** How far back a condition looks, in seconds: the sum of the durations on its longest path. */
export function lookBackSeconds(condition: ValueCondition): number {
  const own = condition.durationSeconds ?? 0;
  return isCompound(condition) ? own + Math.max(...condition.conditions.map(lookBackSeconds)) : own;
}

interface Times {
  readonly since: readonly (number | null)[];
  readonly orTimes: readonly (number | null)[];
}

function fromOf(part: ValueCondition, times: Times, place: Place): number | null {
  const seconds = part.durationSeconds ?? 0;
  if (!isCompound(part)) return after(times.since[place.comparison++] ?? null, seconds);
  if (part.operator === 'and') return after(latestOf(part.conditions.map((one) => fromOf(one, times, place))), seconds);
  const either = times.orTimes[place.either++] ?? null;
  const first = firstOf(part.conditions.map((one) => fromOf(one, times, place)));
  return after(either ?? first, seconds);
}

/** Carries each `or` that one part hands over to another across a point. */
class OrTransition {
  readonly orTimes: (number | null)[] = [];
  private readonly place: Place = { comparison: 0, either: 0 };

  constructor(
    private readonly at: number,
    private readonly before: Times,
    private readonly since: readonly (number | null)[],
  ) {}

  /** @returns from when on the part held before the point, and holds after it */
  take(part: ValueCondition): { readonly before: number | null; readonly now: number | null } {
    const seconds = part.durationSeconds ?? 0;
    if (!isCompound(part)) {
      const index = this.place.comparison++;
      return {
        before: after(this.before.since[index] ?? null, seconds),
        now: after(this.since[index] ?? null, seconds),
      };
    }
    const either = part.operator === 'or' ? this.place.either++ : undefined;
    const taken = part.conditions.map((one) => this.take(one));
    const join = either === undefined ? latestOf : firstOf;
    let before = join(taken.map((one) => one.before));
    let now = join(taken.map((one) => one.now));
    if (either !== undefined) {
      before = this.before.orTimes[either] ?? before;
      const isComparedField = before !== null && before <= this.at && now !== null && now <= this.at;
      this.orTimes[either] = isComparedField ? Math.min(before ?? 0, now ?? 0) : null;
      now = this.orTimes[either] ?? now;
    }
    return { before: after(before, seconds), now: after(now, seconds) };
  }
}

function containsOr(condition: CompoundCondition): boolean {
  return condition.operator === 'or' || condition.conditions.some((one) => isCompound(one) && containsOr(one));
}

function latestOf(times: readonly (number | null)[]): number | null {
  let latest = -Infinity;
  for (const time of times) {
    if (time === null) return null;
    latest = Math.max(latest, time);
  }
  return latest;
}

function firstOf(times: readonly (number | null)[]): number | null {
  let first: number | null = null;
  for (const time of times) if (time !== null && (first === null || time < first)) first = time;
  return first;
}

function after(from: number | null, seconds: number): number | null {
  return from === null ? null : from + seconds * 1000;
}
