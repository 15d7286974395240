import { FIELD_NAME } from '../../sources/schema';
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

const WORDS: Readonly<Record<ComparisonOperator, string>> = {
  ...{ gt: 'is greater than', gte: 'is at least', lt: 'is less than', lte: 'is at most', eq: 'is', ne: 'is not' },
};
type Operators = Readonly<Record<ComparisonOperator, string>>;

/** The canonical text of a condition. `parseCondition` turns it back into the same condition. */
export function printCondition(condition: Condition): string {
  return printWith(SIGNS, condition);
}

/** The same with the comparisons in words: `temperature is greater than 30 for 5 minutes`. */
export function printInWords(condition: Condition): string {
  return printWith(WORDS, condition);
}

function printWith(operators: Operators, condition: Condition): string {
  if (condition.operator === 'no_data') return `no data for ${printSeconds(condition.value)}`;
  return printPart(operators, condition) + printDuration(condition);
}

/** A duration in the largest unit that gives a whole number: `5 minutes`. */
export function printSeconds(seconds: number): string {
  const [unit, size] = UNITS.find(([, one]) => seconds % one === 0) ?? UNITS[3];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** A name of a field as it is written in a condition: in quotes if it could not be read without them. */
export function printName(name: string): string {
  return FIELD_NAME.test(name) ? name : inQuotes(name);
}

/** A value as it is written in a condition: texts in quotes, with quotes inside doubled. */
export function printValue(value: SimpleCondition['value']): string {
  if (typeof value === 'object') return `${value[0]} and ${value[1]}`;
  return typeof value === 'string' ? inQuotes(value) : String(value);
}

function inQuotes(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function printPart(operators: Operators, condition: ValueCondition): string {
  if (isCompound(condition)) {
    const { operator, conditions } = condition;
    return conditions
      .map((one) => (needsNoBrackets(one, operator) ? printPart(operators, one) : withBrackets(operators, one)))
      .join(` ${operator} `);
  }
  const { field, operator, value } = condition;
  return `${printName(field)} ${operator === 'between' ? 'is between' : operators[operator]} ${printValue(value)}`;
}

/** A part needs no brackets if it has no duration and binds tighter than its parent. */
function needsNoBrackets(part: ValueCondition, within: 'and' | 'or'): boolean {
  if (part.durationSeconds !== undefined) return false;
  return !isCompound(part) || (part.operator === 'and' && within === 'or');
}

function withBrackets(operators: Operators, part: ValueCondition): string {
  return `(${printPart(operators, part)}${printDuration(part)})`;
}

function printDuration({ durationSeconds }: ValueCondition): string {
  return durationSeconds === undefined ? '' : ` for ${printSeconds(durationSeconds)}`;
}
