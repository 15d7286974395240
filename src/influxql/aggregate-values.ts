import type { YieldTurn } from '../common/http/yield';
import { Summary } from '../points/summary';
import type { Value } from '../points/values';
import type { FieldGroup } from '../query/aggregations';
import { sortInSlices } from '../query/sort-in-slices';
import type { Cell } from './answer';
import type { Input } from './evaluator';

/** The value of an aggregate over the groups of several data sources. Undefined if there are no values. */
export async function aggregateOf(
  { aggregate, share = 0 }: Input,
  groups: readonly FieldGroup[],
  yieldTurn: YieldTurn,
): Promise<Cell | undefined> {
  const some = groups.filter(({ summary }) => summary.n > 0);
  if (some.length === 0) return undefined;
  if (aggregate === 'median' || aggregate === 'percentile') {
    const sorted = await sortInSlices(
      some.flatMap(({ values }) => values),
      yieldTurn,
    );
    return aggregate === 'median' ? medianOf(sorted) : sorted[Math.floor((sorted.length * share) / 100 + 0.5) - 1];
  }
  if (aggregate === 'first' || aggregate === 'last') return edgeOf(aggregate, some);
  const summary = some.length === 1 && some[0] ? some[0].summary : merged(some);
  switch (aggregate) {
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

function merged(groups: readonly FieldGroup[]): Summary {
  const all = new Summary();
  for (const { summary } of groups) all.merge(summary);
  return all;
}

function medianOf(sorted: Float64Array): number | undefined {
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle];
  const low = sorted[middle - 1];
  return sorted.length % 2 === 1 || low === undefined || high === undefined ? high : low + (high - low) / 2;
}

/** Of several values of one time the larger one counts, as in InfluxDB. */
function edgeOf(aggregate: 'first' | 'last', groups: readonly FieldGroup[]): Cell | undefined {
  let best: { readonly at: number; readonly value: Value | null } | undefined;
  for (const { summary } of groups) {
    const at = aggregate === 'first' ? summary.firstAt : summary.lastAt;
    const value = aggregate === 'first' ? summary.first : summary.last;
    const isBetter = best === undefined || (aggregate === 'first' ? at < best.at : at > best.at);
    if (isBetter || (at === best?.at && (value ?? 0) > (best.value ?? 0))) best = { at, value };
  }
  return best?.value;
}
