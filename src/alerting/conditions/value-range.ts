import { COLUMN_SLOTS, type Field } from '../../sources/schema';
import { othersOf, valueOf, type PackedPoint, type Value } from '../../points/values';
import type { SimpleCondition, StateCondition } from './condition';
import { foldCase, isState } from './matching';

/** A batch with more distinct texts than this may contain any text. */
const MAX_TEXTS = 16;

/** The range of one field's values in a batch, with booleans as 0 and 1, and the set of its texts. */
export class ValueRange {
  least = Infinity;
  most = -Infinity;
  private readonly texts = new Set<string>();

  add(value: Value): void {
    if (typeof value !== 'string') this.addNumber(Number(value));
    else if (this.texts.size <= MAX_TEXTS) this.texts.add(foldCase(value));
  }

  /** A number, or a boolean as 0 or 1. */
  addNumber(value: number): void {
    if (value < this.least) this.least = value;
    if (value > this.most) this.most = value;
  }

  /** Whether some values may match. If false, none does. */
  someMay(condition: SimpleCondition): boolean {
    if (isState(condition)) return this.hasState(condition, condition.operator === 'eq');
    const { operator, value } = condition;
    switch (operator) {
      case 'gt':
        return this.most > value;
      case 'gte':
        return this.most >= value;
      case 'lt':
        return this.least < value;
      case 'lte':
        return this.least <= value;
      case 'eq':
        return this.least <= value && value <= this.most;
      case 'ne':
        return this.least !== value || this.most !== value;
      case 'between':
        return this.least <= value[1] && value[0] <= this.most;
    }
  }

  /** Whether all values match. If false, some may not. */
  allMust(condition: SimpleCondition): boolean {
    if (isState(condition)) return !this.hasState(condition, condition.operator !== 'eq');
    const { operator, value } = condition;
    switch (operator) {
      case 'gt':
        return this.least > value;
      case 'gte':
        return this.least >= value;
      case 'lt':
        return this.most < value;
      case 'lte':
        return this.most <= value;
      case 'eq':
        return this.least === value && this.most === value;
      case 'ne':
        return this.most < value || this.least > value;
      case 'between':
        return this.least >= value[0] && this.most <= value[1];
    }
  }

  /** Whether the batch may contain the value of a condition, or, unless `same`, another value. */
  private hasState({ value }: StateCondition, same: boolean): boolean {
    if (typeof value === 'boolean') return same ? this.within(Number(value)) : this.within(Number(!value));
    if (this.texts.size > MAX_TEXTS) return true;
    const has = this.texts.has(foldCase(value));
    return same ? has : this.texts.size > Number(has);
  }

  private within(number: number): boolean {
    return this.least <= number && number <= this.most;
  }
}

/** The value ranges of these fields, by name. A field without values has none. */
export function valueRangesOf(
  points: readonly PackedPoint[],
  fields: ReadonlyMap<string, Field>,
): ReadonlyMap<string, ValueRange> {
  const ranges = new Map<string, ValueRange>();
  const inRest: Field[] = [];
  for (const field of fields.values()) {
    if (field.slot >= COLUMN_SLOTS) {
      inRest.push(field);
      continue;
    }
    const range = new ValueRange();
    let isThere = false;
    for (const { columns } of points) {
      const value = columns[field.slot];
      if (value === null || value === undefined) continue;
      range.addNumber(value);
      isThere = true;
    }
    if (isThere) ranges.set(field.name, range);
  }
  if (inRest.length > 0) for (const point of points) addOthers(ranges, inRest, point);
  return ranges;
}

/** Adds the values that a point stores as JSON. The JSON is parsed once for all fields. */
function addOthers(ranges: Map<string, ValueRange>, fields: readonly Field[], point: PackedPoint): void {
  const others = othersOf(point);
  for (const field of fields) {
    const value = valueOf(field, point.columns, others);
    if (value === undefined) continue;
    let range = ranges.get(field.name);
    if (!range) ranges.set(field.name, (range = new ValueRange()));
    range.add(value);
  }
}
