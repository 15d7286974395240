import { Summary } from '../points/summary';
import type { Value } from '../points/values';
import type { FieldGroup } from '../query/aggregations';

/** A value with the time of its point. */
interface Edge {
  readonly at: number;
  readonly value: Value | null;
}

/** The values of one field in one time bucket, merged over data sources: its memory does not grow with their number. */
export class MergedGroup {
  readonly summary = new Summary();
  /** Every value, in no order, if `median` or `percentile` needs them. */
  readonly values: number[] = [];
  private firstEdge: Edge | undefined;
  private lastEdge: Edge | undefined;

  merge({ summary, values }: FieldGroup): void {
    this.summary.merge(summary);
    for (const value of values) this.values.push(value);
    const first = { at: summary.firstAt, value: summary.first };
    const last = { at: summary.lastAt, value: summary.last };
    const { firstEdge, lastEdge } = this;
    if (!firstEdge || first.at < firstEdge.at || isLargerTie(first, firstEdge)) this.firstEdge = first;
    if (!lastEdge || last.at > lastEdge.at || isLargerTie(last, lastEdge)) this.lastEdge = last;
  }

  get first(): Value | null {
    return this.firstEdge?.value ?? null;
  }

  get last(): Value | null {
    return this.lastEdge?.value ?? null;
  }
}

/** Of several values of one time the larger one counts, as in InfluxDB. */
function isLargerTie(one: Edge, other: Edge): boolean {
  return one.at === other.at && (one.value ?? 0) > (other.value ?? 0);
}
