import { wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest } from '../common/http/lean-messages';
import { COLUMN_ROWS_LIMIT, CSV_HAS_ROWS, CSV_ROWS_LIMIT, refused, ROWS_LIMIT } from './query.errors';

/** The formats of a JSON answer: an object for each row, or a list for each column. */
export const FORMATS = ['rows', 'columns'] as const;

export type AnswerFormat = (typeof FORMATS)[number] | 'csv' | 'export';

/** The most rows of an answer. Only their computation is bounded here: `DAKKIO_ANSWER_LIMIT_BYTES` bounds the bytes. */
export const MAX_ROWS = 10_000;
/** The same for groups in columns, which are shorter. */
export const MAX_COLUMN_ROWS = 100_000;
/** The same for CSV, which is never in memory as a whole. */
export const MAX_CSV_ROWS = 1_000_000;

/** The format of an answer. @throws ValidationError for `columns` with `Accept: text/csv` */
export function formatOf(request: LeanRequest, format: (typeof FORMATS)[number] = 'rows'): AnswerFormat {
  if (!wantsCsv(request)) return format;
  if (format === 'columns') throw refused(CSV_HAS_ROWS, ['body', 'format']);
  return 'csv';
}

const LIMITS = {
  rows: { max: MAX_ROWS, refusal: ROWS_LIMIT },
  columns: { max: MAX_COLUMN_ROWS, refusal: COLUMN_ROWS_LIMIT },
  csv: { max: MAX_CSV_ROWS, refusal: CSV_ROWS_LIMIT },
  // Never in memory as a whole, and sent without a limit of bytes.
  export: { max: Infinity, refusal: CSV_ROWS_LIMIT },
};

/** The largest `limit` of a query, and the refusal of a larger one. */
export function limitOf(format: AnswerFormat, isGrouped: boolean) {
  return LIMITS[format === 'columns' && !isGrouped ? 'rows' : format];
}
