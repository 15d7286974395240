import type { AlertState } from './alert-state';
import type { SimpleCondition } from './condition';
import { isState } from './matching';
import type { ValueRange } from './value-range';

/** What decides whether points can change a rule's state. */
export interface PrefilteredRule {
  /** Empty for a `no_data` rule. */
  readonly comparisons: readonly SimpleCondition[];
  readonly alertState: AlertState;
  /** From when on a point causes a transition even if its values change nothing; null for never. */
  readonly nextTransitionAt: number | null;
}

/** A batch of points in summary: the range of each field's values, and the first and last time. */
export interface BatchRanges {
  readonly ranges: ReadonlyMap<string, ValueRange>;
  readonly first: number;
  readonly last: number;
}

/** Whether a batch may change the state of a rule. For most rules the smallest and largest values show that it cannot. */
export function mayAffect(
  { comparisons, alertState, nextTransitionAt }: PrefilteredRule,
  { ranges, first, last }: BatchRanges,
): boolean {
  const { state, since } = alertState;
  if (comparisons.length === 0) return state === 'triggered';
  let hasField = false;
  for (let index = 0; index < comparisons.length; index++) {
    const comparison = comparisons[index] as SimpleCondition;
    const range = ranges.get(comparison.field);
    if (!range) continue;
    hasField = true;
    const held = since[index] ?? null;
    if (held === null ? range.someMay(comparison) : !range.allMust(comparison)) return true;
    // An earlier point may show that the comparison has held for longer, so that its duration is over.
    if (held !== null && first < held && state !== 'triggered') return true;
  }
  return hasField && nextTransitionAt !== null && nextTransitionAt <= last;
}

/** The values of a field that leave every comparison as it is, as one interval. */
class UnchangedRange {
  private from = -Infinity;
  private above = -Infinity;
  private to = Infinity;
  private below = Infinity;

  /** Narrows the interval to values that leave a comparison as it is. Returns false if no interval describes them. */
  keep(comparison: SimpleCondition, holds: boolean): boolean {
    if (isState(comparison)) {
      if (typeof comparison.value === 'string') return false;
      const unchanged = Number(comparison.value === (holds === (comparison.operator === 'eq')));
      this.narrow([unchanged, unchanged]);
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

  contains({ least, most }: ValueRange): boolean {
    return least >= this.from && least > this.above && most <= this.to && most < this.below;
  }

  private narrow([low, high]: readonly [number, number]): void {
    this.from = Math.max(this.from, low);
    this.to = Math.min(this.to, high);
  }
}

/** Finds the rules that a batch may affect. One interval for each field rules out most batches for all rules at once. */
export class RulePrefilter<Rule extends PrefilteredRule> {
  private readonly unchanged = new Map<string, UnchangedRange>();
  /** Rules that no interval describes. They are checked one by one. */
  private readonly others: Rule[] = [];
  private nextTransitionAt = Infinity;
  private heldSince = -Infinity;

  constructor(private readonly rules: readonly Rule[]) {
    for (const rule of rules) if (!this.add(rule)) this.others.push(rule);
  }

  affectedBy(batch: BatchRanges): readonly Rule[] {
    const candidates = this.isUnchangedBy(batch) ? this.others : this.rules;
    return candidates.filter((rule) => mayAffect(rule, batch));
  }

  private isUnchangedBy({ ranges, first, last }: BatchRanges): boolean {
    if (last >= this.nextTransitionAt || first < this.heldSince) return false;
    for (const [field, unchanged] of this.unchanged) {
      const range = ranges.get(field);
      if (range && !unchanged.contains(range)) return false;
    }
    return true;
  }

  private add({ comparisons, alertState, nextTransitionAt }: Rule): boolean {
    if (comparisons.length === 0) return false;
    this.nextTransitionAt = Math.min(this.nextTransitionAt, nextTransitionAt ?? Infinity);
    let isDescribed = true;
    for (const [index, comparison] of comparisons.entries()) {
      const held = alertState.since[index] ?? null;
      if (held !== null && alertState.state !== 'triggered') this.heldSince = Math.max(this.heldSince, held);
      const unchanged = this.unchanged.get(comparison.field) ?? new UnchangedRange();
      this.unchanged.set(comparison.field, unchanged);
      if (!unchanged.keep(comparison, held !== null)) isDescribed = false;
    }
    return isDescribed;
  }
}
