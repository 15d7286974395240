export type Comparison = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'ne';

interface Lasting {
  /** How long it must hold before it counts. */
  readonly durationSeconds?: number;
}

/** A field against a number. */
export interface NumberCondition extends Lasting {
  readonly field: string;
  readonly operator: Comparison;
  readonly value: number;
}

/** A field between two numbers, both included. */
export interface BetweenCondition extends Lasting {
  readonly field: string;
  readonly operator: 'between';
  readonly value: readonly [number, number];
}

/** Nothing at all has come for so many seconds. */
export interface NoDataCondition {
  readonly field: null;
  readonly operator: 'no_data';
  readonly value: number;
}

export type SimpleCondition = NumberCondition | BetweenCondition;

/** Two conditions together. */
export interface JointCondition extends Lasting {
  readonly operator: 'and' | 'or';
  readonly conditions: readonly [SimpleCondition, SimpleCondition];
}

export type Condition = SimpleCondition | JointCondition | NoDataCondition;

const SIGNS: Readonly<Record<Comparison, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', ne: '!=' };

/** A condition in words that `parseCondition` reads as the same again. */
export function printCondition(condition: Condition): string {
  if (condition.operator === 'no_data') return `no data for ${condition.value} seconds`;
  if ('conditions' in condition) {
    const [one, other] = condition.conditions.map(printCondition);
    return `${one} ${condition.operator} ${other}${lasting(condition)}`;
  }
  if (condition.operator === 'between')
    return `${condition.field} is between ${condition.value[0]} and ${condition.value[1]}${lasting(condition)}`;
  return `${condition.field} ${SIGNS[condition.operator]} ${condition.value}${lasting(condition)}`;
}

function lasting({ durationSeconds }: Lasting): string {
  return durationSeconds === undefined ? '' : ` for ${durationSeconds} seconds`;
}
