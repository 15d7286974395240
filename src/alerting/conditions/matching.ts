import type { Value } from '../../points/values';
import {
  isCompound,
  type Condition,
  type SimpleCondition,
  type StateCondition,
  type ValueCondition,
} from './condition';

/** The values of one point as they are judged (`judgedValue`), by the names of the fields. Undefined for what the point lacks. */
export type ValueOf = (field: string) => Value | undefined;

/** The simple conditions that a condition is made of, from left to right. */
export function comparisonsOf(condition: ValueCondition): readonly SimpleCondition[] {
  if (!isCompound(condition)) return [condition];
  const { conditions } = condition;
  return areSimple(conditions) ? conditions : conditions.flatMap(comparisonsOf);
}

/** The fields that a condition asks for, one for each of its sides. */
export function fieldsOf(condition: Condition): readonly string[] {
  return condition.operator === 'no_data' ? [] : comparisonsOf(condition).map(({ field }) => field);
}

/** Whether a point says anything of what a condition asks for. */
export function hasConditionField(condition: Condition, valueOf: ValueOf): boolean {
  return fieldsOf(condition).some((field) => valueOf(field) !== undefined);
}

/** Whether a value, as it is judged, meets a condition, for however long. */
export function matches(condition: SimpleCondition, value: Value): boolean {
  if (typeof value !== 'number') return meetsState(condition, value);
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

/** A text as texts are compared: composed and in lower case. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** A value as conditions judge it: texts folded. */
export function comparableValue(value: Value | undefined): Value | undefined {
  return typeof value === 'string' ? foldCase(value) : value;
}

export function isState(condition: SimpleCondition): condition is StateCondition {
  return typeof condition.value === 'boolean' || typeof condition.value === 'string';
}

function meetsState(condition: SimpleCondition, value: boolean | string): boolean {
  const { operator, value: wanted } = condition;
  if (operator !== 'eq' && operator !== 'ne') return false;
  const isSame = value === (typeof wanted === 'string' ? foldedWanted(condition, wanted) : wanted);
  return isSame === (operator === 'eq');
}

/** A thousand points may be compared with one condition. */
const folded = new WeakMap<SimpleCondition, string>();

function foldedWanted(condition: SimpleCondition, wanted: string): string {
  let text = folded.get(condition);
  if (text === undefined) folded.set(condition, (text = foldCase(wanted)));
  return text;
}

function areSimple(conditions: readonly ValueCondition[]): conditions is readonly SimpleCondition[] {
  return !conditions.some(isCompound);
}
