export type ComparisonOperator = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'ne';

interface Timed {
  /** How long it must hold before it counts. */
  readonly durationSeconds?: number;
}

/** A field against a number. */
export interface NumberCondition extends Timed {
  readonly field: string;
  readonly operator: ComparisonOperator;
  readonly value: number;
}

/** A field between two numbers, both included. */
export interface BetweenCondition extends Timed {
  readonly field: string;
  readonly operator: 'between';
  readonly value: readonly [number, number];
}

/** A boolean or a text against a value. Upper and lower case of a text are the same. */
export interface StateCondition extends Timed {
  readonly field: string;
  readonly operator: 'eq' | 'ne';
  readonly value: boolean | string;
}

/** Nothing at all has come for so many seconds. */
export interface NoDataCondition {
  readonly field: null;
  readonly operator: 'no_data';
  readonly value: number;
}

export type SimpleCondition = NumberCondition | BetweenCondition | StateCondition;

/** Two or more conditions together. Rules from before version 2 of the grammar have exactly two, both simple. */
export interface CompoundCondition extends Timed {
  readonly operator: 'and' | 'or';
  readonly conditions: readonly ValueCondition[];
}

/** A condition that points can meet. */
export type ValueCondition = SimpleCondition | CompoundCondition;

/** What a condition means. Rules store this form: it holds the final numbers, and its text is never parsed again. */
export type Condition = ValueCondition | NoDataCondition;

export function isCompound(condition: Condition): condition is CompoundCondition {
  return 'conditions' in condition;
}
