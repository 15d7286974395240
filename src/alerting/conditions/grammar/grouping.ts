import type { CompoundCondition, ValueCondition } from '../condition';

/** A time behind a condition, and where it was written. */
export interface WrittenTime {
  readonly seconds: number;
  readonly at: number;
}

/** A comparison or what stands in brackets, with the time that is written behind it. */
export interface Part {
  readonly condition: ValueCondition;
  readonly time: WrittenTime | undefined;
}

/** Parts that `and` joins. */
export interface Group {
  readonly parts: readonly Part[];
}

/** Makes the error for a time of what has one already. */
type Refuse = (at: number) => Error;

/** A time at the very end is for all together, unless another part has one of its own; at a group's end, for that group. */
export function assembled(groups: readonly Group[], refuse: Refuse): ValueCondition {
  const parts = groups.flatMap((group) => group.parts);
  if (!isForAll(parts))
    return joined(
      'or',
      groups.map((group) => groupOf(group, refuse)),
    );
  return lasting(joined('or', groups.map(bare)), parts.at(-1)?.time, refuse);
}

function groupOf({ parts }: Group, refuse: Refuse): ValueCondition {
  if (isForAll(parts)) return lasting(bare({ parts }), parts.at(-1)?.time, refuse);
  const timed = parts.map(({ condition, time }) => lasting(condition, time, refuse));
  return joined('and', timed);
}

/** Whether some parts have a time, and it stands behind the last of them alone. */
function isForAll(parts: readonly Part[]): boolean {
  return parts.every(({ time }, index) => (time !== undefined) === (index === parts.length - 1));
}

/** The parts of a group without their times. */
function bare({ parts }: Group): ValueCondition {
  const conditions = parts.map(({ condition }) => condition);
  return joined('and', conditions);
}

/** Conditions under one word. What the same word joins within them, for no time of its own, is part of the same list. */
function joined(operator: CompoundCondition['operator'], conditions: readonly ValueCondition[]): ValueCondition {
  const [only, ...others] = conditions;
  if (only && others.length === 0) return only;
  const flat = conditions.flatMap((one) =>
    'conditions' in one && one.operator === operator && one.durationSeconds === undefined ? one.conditions : [one],
  );
  return { operator, conditions: flat };
}

function lasting(condition: ValueCondition, time: WrittenTime | undefined, refuse: Refuse): ValueCondition {
  if (time === undefined) return condition;
  if (condition.durationSeconds !== undefined) throw refuse(time.at);
  return { ...condition, durationSeconds: time.seconds };
}
