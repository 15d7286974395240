import type { EvaluatedPoint } from '../conditions/late-points';
import type { ValueOf } from '../conditions/matching';
import { foldCase } from '../conditions/matching';
import { COLUMN_SLOTS, type Field } from '../../sources/schema';
import { othersOf, valueOf, type Others, type PackedPoint, type Value } from '../../points/values';

/** The fields that rules compare, by name. */
export type Slots = ReadonlyMap<string, Field>;

/** A stored point as rules see it. */
export function toEvaluatedPoint(point: PackedPoint, slots: Slots): EvaluatedPoint {
  return { at: point.at, valueOf: readerOf(point, slots) };
}

export function readerOf(point: PackedPoint, slots: Slots): ValueOf {
  return (field) => {
    const known = slots.get(field);
    if (known === undefined) return undefined;
    if (known.slot >= COLUMN_SLOTS) return othersValueOf(point, known);
    const value = point.columns[known.slot] ?? undefined;
    return value !== undefined && known.type === 'boolean' ? value === 1 : value;
  };
}

/** A point's JSON, parsed, and its case-folded texts by slot. */
interface Opened {
  readonly others: Others;
  readonly texts: Map<number, string>;
}

/** A thousand rules may read the same point: its JSON is parsed once, and each text is folded once. */
const opened = new WeakMap<PackedPoint, Opened>();

function othersValueOf(point: PackedPoint, field: Field): Value | undefined {
  if (point.rest === null) return undefined;
  let known = opened.get(point);
  if (!known) opened.set(point, (known = { others: othersOf(point), texts: new Map() }));
  const value = valueOf(field, point.columns, known.others);
  if (typeof value !== 'string') return value;
  let text = known.texts.get(field.slot);
  if (text === undefined) known.texts.set(field.slot, (text = foldCase(value)));
  return text;
}
