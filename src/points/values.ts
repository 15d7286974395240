import { COLUMN_SLOTS, type Field, type Schema } from '../sources/schema';

export type Value = number | string | boolean;

/** A point as it is stored: numbers and booleans by slot, and all else as one JSON text, `{ "6": "open" }`. */
export interface PackedPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The metadata's number within the source; 0 for none, or until the dictionary has told it. */
  meta: number;
  /** As long as there are columns; null for what the point lacks. */
  readonly columns: (number | null)[];
  readonly rest: string | null;
}

/** What a point says, without when and under which metadata. */
export type PackedValues = Pick<PackedPoint, 'columns' | 'rest'>;

/** The other values of a point, by slot. */
export type Others = Readonly<Record<number, Value>>;

const NO_OTHERS: Others = {};

export function othersOf({ rest }: PackedValues): Others {
  return rest === null ? NO_OTHERS : (JSON.parse(rest) as Others);
}

/** The value of one field, or undefined. */
export function valueOf({ slot, type }: Field, columns: PackedValues['columns'], others: Others): Value | undefined {
  const value = slot < COLUMN_SLOTS ? columns[slot] : others[slot];
  if (value === null || value === undefined) return undefined;
  return type === 'boolean' ? value === 1 || value === true : value;
}

/** All values of a point by their fields' names, in the order of the schema. */
export function unpack(schema: Schema, point: PackedValues): Record<string, Value> {
  const others = othersOf(point);
  const values: Record<string, Value> = {};
  for (const field of schema) {
    const value = valueOf(field, point.columns, others);
    if (value !== undefined) values[field.name] = value;
  }
  return values;
}

/** Whether two points of the same identity say the same. */
export function saysTheSame(one: PackedValues, other: PackedValues): boolean {
  return one.rest === other.rest && one.columns.every((value, slot) => value === other.columns[slot]);
}

/** What tells a point from the others of its source. */
export function identityOf({ at, meta }: PackedPoint): string {
  return `${at} ${meta}`;
}
