import type { SimpleCondition } from './condition';
import type { Memory } from './rule-state';
import { isState } from './sides';
import type { Cover } from './value-range';

/** What of a rule says whether points can move it. */
export interface Movable {
  /** None of a rule that waits for silence. */
  readonly sides: readonly SimpleCondition[];
  readonly memory: Memory;
  /** From when on it is moved by a point though that says nothing new; null for never. */
  readonly stirs: number | null;
}

/** Points as a whole: what the values of each field lie between, and their first and last time. */
export interface Crowd {
  readonly covers: ReadonlyMap<string, Cover>;
  readonly first: number;
  readonly last: number;
}

/** Whether some points could make a difference to a rule. For most rules, the smallest and the largest value say that they cannot. */
export function mayMove({ sides, memory, stirs }: Movable, { covers, first, last }: Crowd): boolean {
  const { state, since } = memory;
  if (sides.length === 0) return state === 'triggered';
  let isAsked = false;
  for (let index = 0; index < sides.length; index++) {
    const side = sides[index] as SimpleCondition;
    const cover = covers.get(side.field);
    if (!cover) continue;
    isAsked = true;
    const held = since[index] ?? null;
    if (held === null ? cover.someMay(side) : !cover.allMust(side)) return true;
    // What has held for longer than was known may be due for a notification, or have had one.
    if (held !== null && first < held && state !== 'triggered') return true;
  }
  return isAsked && stirs !== null && stirs <= last;
}

/** The values of a field by which nothing changes: from the one to the other, or between them. */
class Range {
  from = -Infinity;
  above = -Infinity;
  to = Infinity;
  below = Infinity;

  /** Narrows the range to values that leave a side as it is, and says whether that can be told by a range. */
  keep(side: SimpleCondition, holds: boolean): boolean {
    if (isState(side)) {
      if (typeof side.value === 'string') return false;
      // Of two values, the one that is not met is the other.
      const kept = Number(side.value === (holds === (side.operator === 'eq')));
      this.narrow([kept, kept]);
      return true;
    }
    const { operator, value } = side;
    if (operator === (holds ? 'gt' : 'lte')) this.above = Math.max(this.above, value);
    else if (operator === (holds ? 'gte' : 'lt')) this.from = Math.max(this.from, value);
    else if (operator === (holds ? 'lt' : 'gte')) this.below = Math.min(this.below, value);
    else if (operator === (holds ? 'lte' : 'gt')) this.to = Math.min(this.to, value);
    else if (operator === (holds ? 'eq' : 'ne')) this.narrow([value, value]);
    else if (operator === 'between' && holds) this.narrow(value);
    else return false;
    return true;
  }

  has({ least, most }: Cover): boolean {
    return least >= this.from && least > this.above && most <= this.to && most < this.below;
  }

  private narrow([low, high]: readonly [number, number]): void {
    this.from = Math.max(this.from, low);
    this.to = Math.min(this.to, high);
  }
}

/** Many rules as a whole: what most points say is known at one look to move none of them, however many these are. */
export class Calm<Rule extends Movable> {
  private readonly ranges = new Map<string, Range>();
  /** Those that no range tells of. */
  private readonly others: Rule[] = [];
  private stirs = Infinity;
  private heldSince = -Infinity;

  constructor(private readonly rules: readonly Rule[]) {
    for (const rule of rules) if (!this.take(rule)) this.others.push(rule);
  }

  /** The rules to which some points could make a difference. */
  movedBy(crowd: Crowd): readonly Rule[] {
    const asked = this.holds(crowd) ? this.others : this.rules;
    return asked.filter((rule) => mayMove(rule, crowd));
  }

  private holds({ covers, first, last }: Crowd): boolean {
    if (last >= this.stirs || first < this.heldSince) return false;
    for (const [field, range] of this.ranges) {
      const cover = covers.get(field);
      if (cover && !range.has(cover)) return false;
    }
    return true;
  }

  private take({ sides, memory, stirs }: Rule): boolean {
    if (sides.length === 0) return false;
    this.stirs = Math.min(this.stirs, stirs ?? Infinity);
    let isTold = true;
    for (const [index, side] of sides.entries()) {
      const held = memory.since[index] ?? null;
      if (held !== null && memory.state !== 'triggered') this.heldSince = Math.max(this.heldSince, held);
      const range = this.ranges.get(side.field) ?? new Range();
      this.ranges.set(side.field, range);
      if (!range.keep(side, held !== null)) isTold = false;
    }
    return isTold;
  }
}
