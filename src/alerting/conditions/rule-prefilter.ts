import type { SimpleCondition } from './condition';
import type { AlertState } from './rule-state';
import { isState } from './matching';
import type { ValueRange } from './value-range';

/** What of a rule says whether points can move it. */
export interface PrefilteredRule {
  /** None of a rule that waits for silence. */
  readonly comparisons: readonly SimpleCondition[];
  readonly alertState: AlertState;
  /** From when on it is moved by a point though that says nothing new; null for never. */
  readonly nextTransitionAt: number | null;
}

/** Points as a whole: what the values of each field lie between, and their first and last time. */
export interface BatchRanges {
  readonly ranges: ReadonlyMap<string, ValueRange>;
  readonly first: number;
  readonly last: number;
}

/** Whether some points could make a difference to a rule. For most rules, the smallest and the largest value say that they cannot. */
export function mayAffect(
  { comparisons, alertState, nextTransitionAt }: PrefilteredRule,
  { ranges, first, last }: BatchRanges,
): boolean {
  const { state, since } = alertState;
  if (comparisons.length === 0) return state === 'triggered';
  let hasConditionField = false;
  for (let index = 0; index < comparisons.length; index++) {
    const comparison = comparisons[index] as SimpleCondition;
    const range = ranges.get(comparison.field);
    if (!range) continue;
    hasConditionField = true;
    const held = since[index] ?? null;
    if (held === null ? range.someMay(comparison) : !range.allMust(comparison)) return true;
    // What has held for longer than was known may be due for a notification, or have had one.
    if (held !== null && first < held && state !== 'triggered') return true;
  }
  return hasConditionField && nextTransitionAt !== null && nextTransitionAt <= last;
}

/** The values of a field by which nothing changes: from the one to the other, or between them. */
class UnchangedRange {
  from = -Infinity;
  above = -Infinity;
  to = Infinity;
  below = Infinity;

  /** Narrows the range to values that leave a side as it is, and says whether that can be told by a range. */
  keep(comparison: SimpleCondition, holds: boolean): boolean {
    if (isState(comparison)) {
      if (typeof comparison.value === 'string') return false;
      // Of two values, the one that is not met is the other.
      const cached = Number(comparison.value === (holds === (comparison.operator === 'eq')));
      this.narrow([cached, cached]);
      return true;
    }
    const { operator, value } = comparison;
    if (operator === (holds ? 'gt' : 'lte')) this.above = Math.max(this.above, value);
    else if (operator === (holds ? 'gte' : 'lt')) this.from = Math.max(this.from, value);
    else if (operator === (holds ? 'lt' : 'gte')) this.below = Math.min(this.below, value);
    else if (operator === (holds ? 'lte' : 'gt')) this.to = Math.min(this.to, value);
    else if (operator === (holds ? 'eq' : 'ne')) this.narrow([value, value]);
    else if (operator === 'between' && holds) this.narrow(value);
    else return false;
    return true;
  }

  has({ least, most }: ValueRange): boolean {
    return least >= this.from && least > this.above && most <= this.to && most < this.below;
  }

  private narrow([low, high]: readonly [number, number]): void {
    this.from = Math.max(this.from, low);
    this.to = Math.min(this.to, high);
  }
}

/** Many rules as a whole: what most points say is known at one look to move none of them, however many these are. */
export class RulePrefilter<Rule extends PrefilteredRule> {
  private readonly unchanged = new Map<string, UnchangedRange>();
  /** Those that no range tells of. */
  private readonly others: Rule[] = [];
  private nextTransitionAt = Infinity;
  private heldSince = -Infinity;

  constructor(private readonly rules: readonly Rule[]) {
    for (const rule of rules) if (!this.take(rule)) this.others.push(rule);
  }

  /** The rules to which some points could make a difference. */
  affectedBy(batchRanges: BatchRanges): readonly Rule[] {
    const asked = this.holds(batchRanges) ? this.others : this.rules;
    return asked.filter((rule) => mayAffect(rule, batchRanges));
  }

  private holds({ ranges, first, last }: BatchRanges): boolean {
    if (last >= this.nextTransitionAt || first < this.heldSince) return false;
    for (const [field, unchanged] of this.unchanged) {
      const range = ranges.get(field);
      if (range && !unchanged.has(range)) return false;
    }
    return true;
  }

  private take({ comparisons, alertState, nextTransitionAt }: Rule): boolean {
    if (comparisons.length === 0) return false;
    this.nextTransitionAt = Math.min(this.nextTransitionAt, nextTransitionAt ?? Infinity);
    let isTold = true;
    for (const [index, comparison] of comparisons.entries()) {
      const held = alertState.since[index] ?? null;
      if (held !== null && alertState.state !== 'triggered') this.heldSince = Math.max(this.heldSince, held);
      const unchanged = this.unchanged.get(comparison.field) ?? new UnchangedRange();
      this.unchanged.set(comparison.field, unchanged);
      if (!unchanged.keep(comparison, held !== null)) isTold = false;
    }
    return isTold;
  }
}
