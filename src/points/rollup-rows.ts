import type { Field } from '../sources/schema';
import type { SqlValue } from '../database/sql';
import { Summary } from './summary';
import type { Value } from './values';

/** The columns of a row as it is stored. The first three are its key. */
export const COLUMNS = [
  ...['source', 'slot', 'quarter', 'n', 'sum', 'm2', 'min', 'max'],
  ...['first_at', 'first_meta', 'first', 'first_text', 'last_at', 'last_meta', 'last', 'last_text', 'sum_low'],
];
/** The columns of a row as it is read, as a list: names of columns would take longer to read than their values. */
export const READ_COLUMNS = [COLUMNS.slice(1, -1), 'sum_low'].flat().join(', ');

/** A row as it is read. It begins with the slot and the rollup window. */
export type RollupRow = readonly SqlValue[];

/** @param field undefined for the slot that counts the points */
export function toSummary(row: RollupRow, field: Field | undefined): Summary {
  const [, , n, sum, m2, min, max, firstAt, firstMeta, first, firstText, lastAt, lastMeta, last, lastText, sumLow] =
    row;
  const summary = new Summary();
  const value = (number: SqlValue = null, text: SqlValue = null): Value =>
    text !== null ? String(text) : field?.type === 'number' ? Number(number) : number === 1;
  summary.n = Number(n);
  summary.high = numberOr(0, sum);
  summary.low = numberOr(0, sumLow);
  summary.m2 = numberOr(0, m2);
  summary.min = numberOr(Infinity, min);
  summary.max = numberOr(-Infinity, max);
  summary.firstAt = Number(firstAt);
  summary.firstMeta = Number(firstMeta);
  summary.first = value(first, firstText);
  summary.lastAt = Number(lastAt);
  summary.lastMeta = Number(lastMeta);
  summary.last = value(last, lastText);
  return summary;
}

function numberOr(fallback: number, value: SqlValue | undefined): number {
  return typeof value === 'number' ? value : fallback;
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
