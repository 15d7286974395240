import { COLUMN_SLOTS, type Field, type FieldType, type Schema } from '../sources/schema';
import type { PointBlock } from '../points/point-block';
import type { SentPoint } from './point-check';

/** Points of one data source with the same fields, from a request. Their values are checked for their types only. */
export interface SentBlock extends Pick<SentPoint, 'dataSourceId' | 'metadata'> {
  /** The index of the first point in its request. The others follow. */
  readonly index: number;
  readonly names: readonly string[];
  /** The types of the values, in the order of the names. */
  readonly types: readonly FieldType[];
  readonly ats: readonly number[];
  /** Point by point, in the order of the names. */
  readonly values: readonly (string | number | boolean)[];
}

/** The points of a block one by one. */
export function pointsOfSent({ index: first, dataSourceId, metadata, names, ats, values }: SentBlock): SentPoint[] {
  return ats.map((at, index) => {
    const own = names.map((name, place) => [name, values[index * names.length + place]] as const);
    return { index: first + index, dataSourceId, values: Object.fromEntries(own), at, metadata };
  });
}

/**
 * The block as it is stored. Undefined if its points have to be looked at one by one, since they may be invalid or need more than
 * columns.
 *
 * @param from points before this time are rejected
 */
export function packedBlock(
  { names, types, ats, values, metadata }: SentBlock,
  schema: Schema,
  from: number,
): PointBlock | undefined {
  const fields = fieldsOf(schema, names, types);
  if (!fields || metadata !== null || !isAscendingFrom(ats, from)) return undefined;
  const columns: Float64Array[] = [];
  for (const [place, { slot }] of fields.entries()) {
    const column = new Float64Array(ats.length);
    for (let index = 0, at = place; index < column.length; index++, at += names.length) {
      // Normalizes -0 to 0, because the databases do not store the sign of zero.
      const value = Number(values[at]) + 0;
      if (!Number.isFinite(value)) return undefined;
      column[index] = value;
    }
    columns[slot] = column;
  }
  return { ats, columns };
}

/** The fields with these names, if all of them have a column and none that is required is missing. */
function fieldsOf(schema: Schema, names: readonly string[], types: readonly FieldType[]): Field[] | undefined {
  if (names.length === 0 || names.length > COLUMN_SLOTS) return undefined;
  const fields: Field[] = [];
  for (const [place, name] of names.entries()) {
    const field = schema.find((one) => one.name === name);
    if (!field || field.slot >= COLUMN_SLOTS || field.type === 'string' || field.type !== types[place])
      return undefined;
    fields.push(field);
  }
  return schema.some((field) => field.required && !fields.includes(field)) ? undefined : fields;
}

function isAscendingFrom(ats: readonly number[], from: number): boolean {
  let before = from - 1;
  for (const at of ats) {
    if (at <= before) return false;
    before = at;
  }
  return true;
}
