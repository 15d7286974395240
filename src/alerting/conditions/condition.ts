export type ComparisonOperator = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'ne';

interface Timed {
  /** How long it must hold without a gap. */
  readonly durationSeconds?: number;
}

/** Compares a field with a number. */
export interface NumberCondition extends Timed {
  readonly field: string;
  readonly operator: ComparisonOperator;
  readonly value: number;
}

/** A field between two numbers, both inclusive. */
export interface BetweenCondition extends Timed {
  readonly field: string;
  readonly operator: 'between';
  readonly value: readonly [number, number];
}

/** Compares a boolean or a text with a value. Texts ignore case. */
export interface StateCondition extends Timed {
  readonly field: string;
  readonly operator: 'eq' | 'ne';
  readonly value: boolean | string;
}

/** No data has arrived for `value` seconds. */
export interface NoDataCondition {
  readonly field: null;
  readonly operator: 'no_data';
  readonly value: number;
}

export type SimpleCondition = NumberCondition | BetweenCondition | StateCondition;

/** Two or more conditions. Rules from version 1 of the grammar have exactly two, both simple. */
export interface CompoundCondition extends Timed {
  readonly operator: 'and' | 'or';
  readonly conditions: readonly ValueCondition[];
}

/** A condition on values. */
export type ValueCondition = SimpleCondition | CompoundCondition;

/** A parsed condition. Rules store this form, with final numbers and seconds: the text is never parsed again. */
export type Condition = ValueCondition | NoDataCondition;

export function isCompound(condition: Condition): condition is CompoundCondition {
  return 'conditions' in condition;
}
