import type { FieldType } from '../sources/schema';
import type { Cell } from './answer';
import type { Input } from './evaluator';
import type { MergedGroup } from './merged-group';

/** Whether an aggregate is computed from the sorted values. */
export function isOfSorted({ aggregate }: Input): boolean {
  return aggregate === 'median' || aggregate === 'percentile';
}

/** Whether an aggregate compares booleans. All aggregates of this field are then computed from 0 and 1. */
export function isExtremeOfBooleans({ name, aggregate }: Input, fields: ReadonlyMap<string, FieldType>): boolean {
  return (aggregate === 'min' || aggregate === 'max') && fields.get(name) === 'boolean';
}

/** The value of an aggregate of a field with booleans, which may have been computed from 0 and 1. */
export function asBoolean(value: Cell | undefined): Cell | undefined {
  return typeof value === 'number' ? value === 1 : value;
}

/** The value of an aggregate. Undefined if there are no values, or if the input is not an aggregate. */
export function aggregateOf(
  { aggregate, share = 0 }: Input,
  group: MergedGroup | undefined,
  sorted: Float64Array = new Float64Array(),
): Cell | undefined {
  if (aggregate === undefined || !group || group.summary.n === 0) return undefined;
  const { summary } = group;
  switch (aggregate) {
    case 'median':
      return medianOf(sorted);
    case 'percentile':
      return sorted[Math.floor((sorted.length * share) / 100 + 0.5) - 1];
    case 'first':
      return group.first;
    case 'last':
      return group.last;
    case 'mean':
      return summary.mean;
    case 'sum':
      return summary.total;
    case 'count':
      return summary.n;
    case 'min':
      return summary.min;
    case 'max':
      return summary.max;
    case 'spread':
      return summary.max - summary.min;
    default:
      return summary.n < 2 ? null : Math.sqrt(summary.m2 / (summary.n - 1));
  }
}

function medianOf(sorted: Float64Array): number | undefined {
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle];
  const low = sorted[middle - 1];
  return sorted.length % 2 === 1 || low === undefined || high === undefined ? high : low + (high - low) / 2;
}
