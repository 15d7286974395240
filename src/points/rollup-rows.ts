import type { Field, Schema } from '../sources/schema';
import type { SqlValue } from '../database/sql';
import { Summary } from './summary';
import type { Value } from './values';

/** The columns of a row as it is stored. The first three are its key. */
export const COLUMNS = [
  ...['source', 'slot', 'quarter', 'n', 'sum', 'm2', 'min', 'max'],
  ...['first_at', 'first_meta', 'first', 'first_text', 'last_at', 'last_meta', 'last', 'last_text', 'sum_low'],
];
/** The columns of a row as it is read. */
export const READ_COLUMNS = `slot, quarter AS "rollupWindow", n, sum, sum_low AS "sumLow", m2, min, max, first_at AS "firstAt", first_meta AS "firstMeta", first,
  first_text AS "firstText", last_at AS "lastAt", last_meta AS "lastMeta", last, last_text AS "lastText"`;

/** A row as it is read. */
export interface RollupRow {
  readonly slot: number;
  readonly rollupWindow: number;
  readonly n: number;
  readonly sum: number | null;
  readonly sumLow: number | null;
  readonly m2: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly firstAt: number;
  readonly firstMeta: number;
  readonly first: number | null;
  readonly firstText: string | null;
  readonly lastAt: number;
  readonly lastMeta: number;
  readonly last: number | null;
  readonly lastText: string | null;
}

/** The field with this slot. */
export function fieldOf(schema: Schema, slot: number): Field | undefined {
  return schema.find((field) => field.slot === slot);
}

/** @param field undefined for the slot that counts the points */
export function toSummary(row: RollupRow, field: Field | undefined): Summary {
  const summary = new Summary();
  summary.n = row.n;
  summary.high = row.sum ?? 0;
  summary.low = row.sumLow ?? 0;
  summary.m2 = row.m2 ?? 0;
  summary.min = row.min ?? Infinity;
  summary.max = row.max ?? -Infinity;
  const value = (number: number | null, text: string | null): Value =>
    text ?? (field?.type === 'number' ? (number ?? 0) : number === 1);
  summary.firstAt = row.firstAt;
  summary.firstMeta = row.firstMeta;
  summary.first = value(row.first, row.firstText);
  summary.lastAt = row.lastAt;
  summary.lastMeta = row.lastMeta;
  summary.last = value(row.last, row.lastText);
  return summary;
}

/** The values of a row after its source, slot and window. */
export function columnsOf(summary: Summary): SqlValue[] {
  const { n, m2, min, max, first, last } = summary;
  if (first === null || last === null) throw new Error('A summary of nothing is not stored');
  const { high, low } = summary.storedSum();
  const numbers = typeof first === 'number' ? [high, m2, min, max] : [null, null, null, null];
  const shown = (value: Value): SqlValue[] => (typeof value === 'string' ? [null, value] : [Number(value), null]);
  return [
    ...[n, ...numbers],
    ...[summary.firstAt, summary.firstMeta, ...shown(first)],
    ...[summary.lastAt, summary.lastMeta, ...shown(last)],
    typeof first === 'number' && low !== 0 ? low : null,
  ];
}
