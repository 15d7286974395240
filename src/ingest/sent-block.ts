import { COLUMN_SLOTS, type Field, type FieldType, type Schema } from '../sources/schema';
import type { PointBlock } from '../points/point-block';
import type { SentPoint } from './point-check';

/** Smaller blocks take longer to send to a worker thread than to store. */
export const LARGE_BLOCK = 10;

/** Points with the same fields, whose values are checked for their types only. */
export interface SentRows extends Pick<SentPoint, 'metadata'> {
  readonly names: readonly string[];
  /** The types of the values, in the order of the names. */
  readonly types: readonly FieldType[];
  readonly length: number;
  /** Whether each time is later than the one before. */
  readonly isAscending: boolean;
  /** How many rollups change, as far as that has been counted. */
  readonly rollups?: number;
  /** Milliseconds since 1970. */
  atOf(index: number): number;
  /** @param place the place of the field among the names */
  valueOf(index: number, place: number): string | number | boolean;
}

/** Points of one data source, from a request. */
export interface SentBlock extends Pick<SentPoint, 'dataSourceId'> {
  /** The index of the first point in its request. The others follow. */
  readonly index: number;
  readonly rows: SentRows;
  /** Undefined if the points have to be looked at one by one, since they may be invalid or need more than columns. */
  readonly packed: PackedRows | undefined;
}

/** The times of points, which ascend, and their values as the database stores them. */
interface PackedRows {
  readonly ats: Float64Array;
  /** A column for each name. */
  readonly columns: readonly Float64Array[];
}

/** The points of a block one by one. */
export function pointsOfSent({ index: first, dataSourceId, rows }: SentBlock): SentPoint[] {
  const { names, metadata } = rows;
  return Array.from({ length: rows.length }, (_, index) => {
    const values = Object.fromEntries(names.map((name, place) => [name, rows.valueOf(index, place)]));
    return { index: first + index, dataSourceId, values, at: rows.atOf(index), metadata };
  });
}

/** Packs all points in one buffer, which is sent to a worker thread in less time than a buffer for each column. */
export function packRows(blocks: readonly SentRows[]): (PackedRows | undefined)[] {
  const size = blocks.filter(isPackable).reduce((sum, { names, length }) => sum + length * (1 + names.length), 0);
  const buffer = new Float64Array(size);
  let start = 0;
  return blocks.map((rows) => {
    if (!isPackable(rows)) return undefined;
    const next = () => buffer.subarray(start, (start += rows.length));
    const packed = { ats: next(), columns: rows.names.map(next) };
    return fill(packed, rows) ? packed : undefined;
  });
}

/** Whether these points can be packed if their numbers are finite. */
export function isPackable({ names, types, metadata, isAscending }: SentRows): boolean {
  return (
    isAscending && metadata === null && names.length > 0 && names.length <= COLUMN_SLOTS && !types.includes('string')
  );
}

/** @returns false if a value is no finite number */
function fill({ ats, columns }: PackedRows, rows: SentRows): boolean {
  for (let index = 0; index < ats.length; index++) ats[index] = rows.atOf(index);
  for (const [place, column] of columns.entries())
    for (let index = 0; index < column.length; index++) {
      // Normalizes -0 to 0, because the databases do not store the sign of zero.
      const value = Number(rows.valueOf(index, place)) + 0;
      if (!Number.isFinite(value)) return false;
      column[index] = value;
    }
  return true;
}

/**
 * The block as it is stored. Undefined if its points have to be looked at one by one.
 *
 * @param from points before this time are rejected
 */
export function packedBlock({ rows, packed }: SentBlock, schema: Schema, from: number): PointBlock | undefined {
  const fields = packed && fieldsOf(schema, rows.names, rows.types);
  if (!fields || (packed.ats[0] ?? from) < from) return undefined;
  const columns: Float64Array[] = [];
  for (const [place, { slot }] of fields.entries()) columns[slot] = packed.columns[place] as Float64Array;
  return { ats: packed.ats, columns };
}

/** The fields with these names, if all of them have a column and none that is required is missing. */
function fieldsOf(schema: Schema, names: readonly string[], types: readonly FieldType[]): Field[] | undefined {
  const fields: Field[] = [];
  for (const [place, name] of names.entries()) {
    const field = schema.find((one) => one.name === name);
    if (!field || field.slot >= COLUMN_SLOTS || field.type !== types[place]) return undefined;
    fields.push(field);
  }
  return schema.some((field) => field.required && !fields.includes(field)) ? undefined : fields;
}
