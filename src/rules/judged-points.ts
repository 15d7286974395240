import type { JudgedPoint } from '../conditions/late-points';
import type { ValueOf } from '../conditions/rule-state';
import { COLUMN_SLOTS, type Field } from '../data-sources/schema';
import { othersOf, valueOf, type Others, type PackedPoint } from '../points/values';

/** The fields that rules ask for, by name. */
export type Slots = ReadonlyMap<string, Field>;

/** A stored point as rules look at it. */
export function toJudged(point: PackedPoint, slots: Slots): JudgedPoint {
  return { at: point.at, valueOf: readerOf(point, slots) };
}

export function readerOf(point: PackedPoint, slots: Slots): ValueOf {
  return (field) => {
    const known = slots.get(field);
    if (known === undefined) return undefined;
    if (known.slot >= COLUMN_SLOTS) return valueOf(known, point.columns, openedOthersOf(point));
    const value = point.columns[known.slot] ?? undefined;
    return value !== undefined && known.type === 'boolean' ? value === 1 : value;
  };
}

const NONE: Others = {};
/** A thousand rules may ask the same point for a text: its JSON is read once. */
const opened = new WeakMap<PackedPoint, Others>();

function openedOthersOf(point: PackedPoint): Others {
  if (point.rest === null) return NONE;
  let others = opened.get(point);
  if (!others) opened.set(point, (others = othersOf(point)));
  return others;
}
