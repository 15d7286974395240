import type { CompoundCondition, ValueCondition } from '../condition';
import type { Place } from './places';

/** The duration after a condition, and where it is written. */
export interface WrittenDuration {
  readonly seconds: number;
  readonly at: Place;
}

/** A comparison or a group in brackets, with the duration after it. */
export interface Part {
  readonly condition: ValueCondition;
  readonly duration: WrittenDuration | undefined;
}

/** Parts joined by `and`. */
export interface Group {
  readonly parts: readonly Part[];
}

/** Makes the error for a second duration of the same condition. */
type DurationError = (at: Place) => Error;

/**
 * Builds the tree. A duration at the very end applies to the whole condition, unless another part has its own; a duration at the
 * end of a group then applies to that group.
 */
export function assemble(groups: readonly Group[], errorAt: DurationError): ValueCondition {
  const parts = groups.flatMap((group) => group.parts);
  if (!hasFinalDuration(parts))
    return join(
      'or',
      groups.map((group) => assembleGroup(group, errorAt)),
    );
  return withDuration(join('or', groups.map(withoutDurations)), parts.at(-1)?.duration, errorAt);
}

function assembleGroup({ parts }: Group, errorAt: DurationError): ValueCondition {
  if (hasFinalDuration(parts)) return withDuration(withoutDurations({ parts }), parts.at(-1)?.duration, errorAt);
  const timed = parts.map(({ condition, duration }) => withDuration(condition, duration, errorAt));
  return join('and', timed);
}

/** Whether the last part has a duration and no other does. */
function hasFinalDuration(parts: readonly Part[]): boolean {
  return parts.every(({ duration }, index) => (duration !== undefined) === (index === parts.length - 1));
}

function withoutDurations({ parts }: Group): ValueCondition {
  const conditions = parts.map(({ condition }) => condition);
  return join('and', conditions);
}

/** Joins conditions, and merges nested ones with the same operator and no duration into one list. */
function join(operator: CompoundCondition['operator'], conditions: readonly ValueCondition[]): ValueCondition {
  const [only, ...others] = conditions;
  if (only && others.length === 0) return only;
  const flat = conditions.flatMap((one) =>
    'conditions' in one && one.operator === operator && one.durationSeconds === undefined ? one.conditions : [one],
  );
  return { operator, conditions: flat };
}

function withDuration(
  condition: ValueCondition,
  duration: WrittenDuration | undefined,
  errorAt: DurationError,
): ValueCondition {
  if (duration === undefined) return condition;
  if (condition.durationSeconds !== undefined) throw errorAt(duration.at);
  return { ...condition, durationSeconds: duration.seconds };
}
