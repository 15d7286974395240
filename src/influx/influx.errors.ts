import { refusal } from '../common/errors';

export const PRECISION_UNKNOWN = refusal(400, 'invalid_field', 'precision must be one of <words>');
export const DATABASE_REQUIRED = refusal(400, 'bucket_id_required', 'db is required: the name or id of a bucket');
export const BUCKET_REQUIRED = refusal(400, 'bucket_id_required', 'bucket is required: the name or id of a bucket');
export const DATABASE_UNKNOWN = refusal(404, 'bucket_not_accessible', 'database not found: "<name>"');
export const BUCKET_UNKNOWN = refusal(404, 'bucket_not_accessible', 'bucket "<name>" not found');
export const NAME_AMBIGUOUS = refusal(
  400,
  'invalid_field',
  'Several buckets have the name "<name>": send the id of one',
);
export const PARTIAL_REQUIRED = refusal(
  400,
  'invalid_field',
  'accept_partial=false is not supported: valid lines are stored, and invalid ones reported',
);
export const STATEMENT_MISSING = refusal(400, 'invalid_field', 'missing required parameter "q"');
export const STATEMENT_UNSUPPORTED = refusal(
  400,
  'invalid_field',
  'error parsing query: <statement> is not supported, only CREATE DATABASE',
);
