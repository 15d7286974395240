import type { Condition, SimpleCondition } from '../../../../src/alerting/conditions/condition';
import { printInWords } from '../../../../src/alerting/conditions/print';

/** A condition as the server understood it. */
export type { Condition };

type Schema = Readonly<Record<string, { readonly type: string; readonly unit?: string | undefined }>>;

/** Each comparison of a condition, from left to right; none for missing data. */
export function comparisonsOf(condition: Condition): SimpleCondition[] {
  if (condition.operator === 'no_data') return [];
  return 'conditions' in condition ? condition.conditions.flatMap(comparisonsOf) : [condition];
}

/** The fields that a condition compares, each once. */
export function fieldsIn(condition: Condition): string[] {
  return [...new Set(comparisonsOf(condition).map(({ field }) => field))];
}

/** A condition that compares one field with one number. */
export interface Threshold {
  readonly field: string;
  readonly operator: string;
  readonly value: number;
}

/** The number that a condition compares with, if there is exactly one. */
export function thresholdOf(condition: Condition): Threshold | undefined {
  if (condition.operator === 'no_data' || 'conditions' in condition) return undefined;
  const { field, operator, value } = condition;
  return typeof value === 'number' ? { field, operator, value } : undefined;
}

const START = 'Fires when ';

/** What a rule does, for people: `Fires when temperature is greater than 30 °C for 5 minutes`. */
export function ruleInWords(condition: Condition, schema: Schema): string {
  if (condition.operator === 'no_data') return `Fires when there is ${printInWords(condition)}`;
  const threshold = thresholdOf(condition);
  const unit = threshold && schema[threshold.field]?.unit;
  if (!threshold || !unit) return START + printInWords(condition);
  const comparison = printInWords({ ...condition, durationSeconds: undefined });
  return `${START}${comparison} ${unit}${printInWords(condition).slice(comparison.length)}`;
}
