import { COLUMN_SLOTS, type Field, type Schema } from '../sources/schema';

export type Value = number | string | boolean;

/** A point as it is stored: numbers and booleans in columns by slot, and other values as one JSON text by slot, `{ "6": "open" }`. */
export interface PackedPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The metadata number within the source; 0 for none, or until the dictionary has assigned one. */
  meta: number;
  /** One item per column; null if the point has no value. */
  readonly columns: (number | null)[];
  readonly rest: string | null;
  /** The values of `rest`, if they are in memory anyway. */
  readonly others?: Others;
}

/** The values of a point, without its identity. */
export type PackedValues = Pick<PackedPoint, 'columns' | 'rest' | 'others'>;

/** The values of a point that are not in columns, by slot. */
export type Others = Readonly<Record<number, Value>>;

const NO_OTHERS: Others = {};

export function othersOf({ rest, others }: PackedValues): Others {
  return others ?? (rest === null ? NO_OTHERS : (JSON.parse(rest) as Others));
}

/** The value of one field, or undefined. */
export function valueOf({ slot, type }: Field, columns: PackedValues['columns'], others: Others): Value | undefined {
  const value = slot < COLUMN_SLOTS ? columns[slot] : others[slot];
  if (value === null || value === undefined) return undefined;
  return type === 'boolean' ? value === 1 || value === true : value;
}

/** All values of a point by field name, in the order of the schema. */
export function unpack(schema: Schema, point: PackedValues): Record<string, Value> {
  const others = othersOf(point);
  const values: Record<string, Value> = {};
  for (const field of schema) {
    const value = valueOf(field, point.columns, others);
    if (value !== undefined) values[field.name] = value;
  }
  return values;
}

/** Whether two points have the same values. */
export function hasSameValues(one: PackedValues, other: PackedValues): boolean {
  return one.rest === other.rest && one.columns.every((value, slot) => value === other.columns[slot]);
}

/** A point with the values of both. Where both have one, the later one counts. */
export function mergedPoint(before: PackedPoint, later: PackedPoint): PackedPoint {
  const columns = later.columns.map((value, slot) => value ?? (before.columns[slot] as number | null));
  const { at, meta } = later;
  return { at, meta, columns, rest: mergedRest(before.rest, later.rest) };
}

function mergedRest(before: string | null, later: string | null): string | null {
  if (before === null || later === null) return later ?? before;
  return JSON.stringify({ ...(JSON.parse(before) as Others), ...(JSON.parse(later) as Others) });
}

/** The identity of a point within its source, as a text. */
export function identityOf({ at, meta }: Pick<PackedPoint, 'at' | 'meta'>): string {
  return `${at} ${meta}`;
}
