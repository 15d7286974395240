import type { Aggregation } from '../query/aggregations';
import type { FieldType } from '../sources/schema';

interface AggregateRule {
  readonly args: number;
  /** What has to be read for it. */
  readonly needs: readonly Aggregation[];
  readonly isForAllTypes?: true;
  readonly isForBooleans?: true;
  /** Whether it returns one of the values, whose time it has if it is the only function. */
  readonly isSelector?: true;
}

export const AGGREGATES: Readonly<Record<string, AggregateRule>> = {
  mean: { args: 1, needs: ['avg'] },
  sum: { args: 1, needs: ['sum'] },
  count: { args: 1, needs: ['count'], isForAllTypes: true },
  min: { args: 1, needs: ['min'], isForBooleans: true, isSelector: true },
  max: { args: 1, needs: ['max'], isForBooleans: true, isSelector: true },
  first: { args: 1, needs: ['first'], isForAllTypes: true, isSelector: true },
  last: { args: 1, needs: ['last'], isForAllTypes: true, isSelector: true },
  spread: { args: 1, needs: ['min', 'max'] },
  stddev: { args: 1, needs: ['stddev'] },
  median: { args: 1, needs: ['median'] },
  percentile: { args: 2, needs: ['median'], isSelector: true },
};

interface TransformationRule {
  readonly least: number;
  readonly most: number;
}

/** Functions of one value after the other. */
export const TRANSFORMATIONS: Readonly<Record<string, TransformationRule>> = {
  derivative: { least: 1, most: 2 },
  non_negative_derivative: { least: 1, most: 2 },
  difference: { least: 1, most: 1 },
  non_negative_difference: { least: 1, most: 1 },
  moving_average: { least: 2, most: 2 },
  cumulative_sum: { least: 1, most: 1 },
  elapsed: { least: 1, most: 2 },
};

/** Whether a function can be computed from the values of a type. */
export function isForType(name: string, type: FieldType): boolean {
  if (type === 'number' || name === 'elapsed') return true;
  const rule = AGGREGATES[name];
  return rule?.isForAllTypes === true || (type === 'boolean' && rule?.isForBooleans === true);
}

export const UNSUPPORTED_FUNCTIONS: readonly string[] = [
  ...['holt_winters', 'holt_winters_with_fit', 'integral', 'mode', 'top', 'bottom', 'distinct', 'sample'],
  ...['abs', 'ceil', 'floor', 'round', 'exp', 'ln', 'log', 'log2', 'log10', 'pow', 'sqrt', 'sin', 'cos', 'tan'],
  ...[
    'asin',
    'acos',
    'atan',
    'atan2',
    'chande_momentum_oscillator',
    'exponential_moving_average',
    'relative_strength_index',
  ],
  ...['double_exponential_moving_average', 'triple_exponential_moving_average', 'kaufmans_adaptive_moving_average'],
  ...['kaufmans_efficiency_ratio', 'triple_exponential_derivative'],
];
