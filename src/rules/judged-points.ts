import type { JudgedPoint } from '../conditions/late-points';
import type { ValueOf } from '../conditions/rule-state';
import { COLUMN_SLOTS } from '../data-sources/schema';
import { othersOf, type PackedPoint } from '../points/values';

/** Where the values of fields are, by name. */
export type Slots = ReadonlyMap<string, number>;

/** A stored point as rules look at it. */
export function toJudged(point: PackedPoint, slots: Slots): JudgedPoint {
  return { at: point.at, valueOf: readerOf(point, slots) };
}

export function readerOf(point: PackedPoint, slots: Slots): ValueOf {
  return (field) => {
    const slot = slots.get(field);
    if (slot === undefined) return undefined;
    const value = slot < COLUMN_SLOTS ? point.columns[slot] : othersOf(point)[slot];
    return typeof value === 'number' ? value : undefined;
  };
}
