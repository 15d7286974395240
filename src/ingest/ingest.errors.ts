import { onlyAdminKeysCan } from '../auth/access.errors';
import { refusal } from '../common/errors';

export const CSV_REFUSED = refusal(400, 'csv_header_invalid', 'The CSV cannot be read. <problem>');
export const POINT_NOT_OBJECT = refusal(400, 'invalid_field', 'Each data point must be an object');
export const SOURCE_ID_INVALID = refusal(400, 'invalid_field', 'Invalid data source ID format');
export const VALUES_EMPTY = refusal(
  400,
  'invalid_value',
  'values must be an object with at least one field of the data source',
);
export const FIELD_NOT_NUMBER = refusal(400, 'invalid_value', '<field> must be a number');
export const INTEGER_ROUNDED = refusal(
  400,
  'integer_not_exact',
  '<field> is an integer beyond 2^53 that would be rounded; send it as a string',
);
export const FIELD_NOT_STRING = refusal(400, 'invalid_value', '<field> must be a string of up to 1000 characters');
export const FIELD_HAS_KEY = refusal(400, 'invalid_value', '<field> must not contain an API key');
export const FIELD_NOT_BOOLEAN = refusal(400, 'invalid_value', '<field> must be true or false');
export const FIELD_REQUIRED = refusal(400, 'required_value_missing', '<field> is required');
/** `FIELD_REQUIRED` for a write-only key, which may not read the schema and so gets no field name. */
export const REQUIRED_FIELD_MISSING = refusal(
  400,
  'required_value_missing',
  'values lacks a required field of the data source',
);
export const TIMESTAMP_INVALID = refusal(
  400,
  'invalid_timestamp',
  'timestamp must be an RFC 3339 time with an offset, or milliseconds since 1970',
);
export const TIMESTAMP_SECONDS = refusal(
  400,
  'timestamp_unit_mismatch',
  'timestamp looks like seconds; send milliseconds or set precision=s',
);
export const TIMESTAMP_TOO_SMALL = refusal(
  400,
  'timestamp_unit_mismatch',
  'timestamp is too small for this precision; set precision to the unit that is sent',
);
export const TIMESTAMP_AHEAD = refusal(400, 'timestamp_in_future', 'timestamp must not be more than 24 hours ahead');
/** In `details` with the code `point_expired`. */
export const POINT_EXPIRED = refusal(400, 'point_expired', "timestamp is older than the bucket's retention of <days>");
export const METADATA_TOO_LONG = refusal(400, 'invalid_field', 'metadata must be 2048 bytes or less as JSON');
export const SOURCE_ARCHIVED = refusal(409, 'data_source_archived', 'Data source is archived');
export const QUIET_NOT_ALLOWED = onlyAdminKeysCan('store points with quiet=true');
