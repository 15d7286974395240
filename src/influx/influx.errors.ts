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
export const STATEMENTS_WRONG = refusal(400, 'invalid_field', '<reason>');
export const CREATE_NEEDS_POST = refusal(400, 'invalid_field', 'CREATE must be sent with POST');
export const EPOCH_UNKNOWN = refusal(400, 'invalid_field', 'epoch must be one of ns, u, ms, s, m, h');
export const CHUNK_SIZE_WRONG = refusal(400, 'invalid_field', 'chunk_size must be a positive integer');
export const PARAMS_WRONG = refusal(
  400,
  'invalid_field',
  'error parsing query parameters: params must be a JSON object',
);
