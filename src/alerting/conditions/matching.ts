import type { Value } from '../../points/values';
import {
  isCompound,
  type Condition,
  type SimpleCondition,
  type StateCondition,
  type ValueCondition,
} from './condition';

/** Gives the value of a field of one point, in the form that comparisons expect (`comparableValue`); undefined if the point lacks it. */
export type ValueOf = (field: string) => Value | undefined;

/** All comparisons of a condition, from left to right. */
export function comparisonsOf(condition: ValueCondition): readonly SimpleCondition[] {
  if (!isCompound(condition)) return [condition];
  const { conditions } = condition;
  return areSimple(conditions) ? conditions : conditions.flatMap(comparisonsOf);
}

/** The field of each comparison of a condition. */
export function fieldsOf(condition: Condition): readonly string[] {
  return condition.operator === 'no_data' ? [] : comparisonsOf(condition).map(({ field }) => field);
}

/** Whether a point has a field that a condition compares. */
export function hasConditionField(condition: Condition, valueOf: ValueOf): boolean {
  return fieldsOf(condition).some((field) => valueOf(field) !== undefined);
}

/** Whether a comparable value fulfils a comparison. Durations do not count here. */
export function matches(condition: SimpleCondition, value: Value): boolean {
  if (typeof value !== 'number') return matchesState(condition, value);
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

/** A text in the form in which texts are compared: NFC and lower case. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** A value in the form that comparisons expect: texts are case-folded. */
export function comparableValue(value: Value | undefined): Value | undefined {
  return typeof value === 'string' ? foldCase(value) : value;
}

export function isState(condition: SimpleCondition): condition is StateCondition {
  return typeof condition.value === 'boolean' || typeof condition.value === 'string';
}

function matchesState(condition: SimpleCondition, value: boolean | string): boolean {
  const { operator, value: expected } = condition;
  if (operator !== 'eq' && operator !== 'ne') return false;
  const isSame = value === (typeof expected === 'string' ? foldedValue(condition, expected) : expected);
  return isSame === (operator === 'eq');
}

/** Folded once for each condition, not for each point. */
const folded = new WeakMap<SimpleCondition, string>();

function foldedValue(condition: SimpleCondition, expected: string): string {
  let text = folded.get(condition);
  if (text === undefined) folded.set(condition, (text = foldCase(expected)));
  return text;
}

function areSimple(conditions: readonly ValueCondition[]): conditions is readonly SimpleCondition[] {
  return !conditions.some(isCompound);
}
