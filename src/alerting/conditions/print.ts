import {
  isCompound,
  type ComparisonOperator,
  type Condition,
  type SimpleCondition,
  type ValueCondition,
} from './condition';

const SIGNS: Readonly<Record<ComparisonOperator, string>> = {
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  eq: '=',
  ne: '!=',
};
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** The canonical text of a condition. `parseCondition` turns it back into the same condition. */
export function printCondition(condition: Condition): string {
  if (condition.operator === 'no_data') return `no data for ${printSeconds(condition.value)}`;
  return printPart(condition) + printDuration(condition);
}

/** A duration in the largest unit that gives a whole number: `5 minutes`. */
export function printSeconds(seconds: number): string {
  const [unit, size] = UNITS.find(([, one]) => seconds % one === 0) ?? UNITS[3];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** A value as it is written in a condition: texts in quotes, with quotes inside doubled. */
export function printValue(value: SimpleCondition['value']): string {
  if (typeof value === 'object') return `${value[0]} and ${value[1]}`;
  return typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value);
}

function printPart(condition: ValueCondition): string {
  if (isCompound(condition)) {
    const { operator, conditions } = condition;
    return conditions
      .map((one) => (needsNoBrackets(one, operator) ? printPart(one) : withBrackets(one)))
      .join(` ${operator} `);
  }
  const { field, operator, value } = condition;
  return `${field} ${operator === 'between' ? 'is between' : SIGNS[operator]} ${printValue(value)}`;
}

/** A part needs no brackets if it has no duration and binds tighter than its parent. */
function needsNoBrackets(part: ValueCondition, within: 'and' | 'or'): boolean {
  if (part.durationSeconds !== undefined) return false;
  return !isCompound(part) || (part.operator === 'and' && within === 'or');
}

function withBrackets(part: ValueCondition): string {
  return `(${printPart(part)}${printDuration(part)})`;
}

function printDuration({ durationSeconds }: ValueCondition): string {
  return durationSeconds === undefined ? '' : ` for ${printSeconds(durationSeconds)}`;
}
