import { problemOf, refusal, ValidationError, type Refusal } from '../common/errors';

export const TIMES_REVERSED = refusal(400, 'invalid_time_range', 'startTime must be before endTime');
export const SOURCES_TWICE = refusal(400, 'conflicting_fields', 'Give dataSourceId or dataSourceIds, not both');
export const FILL_NEEDS_GROUPS = refusal(400, 'conflicting_fields', 'fill needs groupBy');
export const ANSWER_TOO_LARGE = refusal(
  400,
  'answer_too_large',
  'The answer would be larger than <answerBytes> bytes: the first <rows> rows fit. Send a smaller limit and page through the rest, or request fewer fields, fewer aggregations or a longer groupBy',
);
export const FIELD_NOT_AGGREGATED = refusal(
  400,
  'field_not_numeric',
  '<field> is not a number: only count, first and last are supported',
);
export const CURSOR_WITH_GROUPS = refusal(
  400,
  'conflicting_fields',
  'cursor is for raw points: page through groups with offset',
);
export const TOO_MANY_SERIES = refusal(
  400,
  'answer_too_large',
  'The answer would have more than 50000 columns. Request fewer fields, fewer aggregations, fewer data sources, or rows',
);
export const DECIMAL_IS_DELIMITER = refusal(
  400,
  'conflicting_fields',
  'delimiter must differ from decimal: send a semicolon, for example',
);
export const CSV_HAS_ROWS = refusal(
  400,
  'conflicting_fields',
  'format columns is for JSON: leave it out for CSV, or send Accept: application/json',
);
export const ROWS_LIMIT = refusal(400, 'invalid_field', 'limit must be a whole number from 1 to 10000');
export const COLUMN_ROWS_LIMIT = refusal(400, 'invalid_field', 'limit must be a whole number from 1 to 100000');
export const CSV_ROWS_LIMIT = refusal(400, 'invalid_field', 'limit must be a whole number from 1 to 1000000');
export const CSV_TOO_WIDE = refusal(
  400,
  'csv_too_wide',
  'The table would have more than 16384 columns. Request fewer fields, fewer aggregations, fewer data sources, or JSON',
);

/** The error for one field of the body. */
export function refused(
  refusal: Refusal,
  path: readonly string[],
  words?: Readonly<Record<string, string>>,
): ValidationError {
  return new ValidationError([problemOf(refusal, path, words)]);
}
