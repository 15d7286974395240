import { refusal } from '../common/errors';

export const BUCKET_NOT_FOUND = refusal(404, 'bucket_not_accessible', 'Bucket not found');
export const BUCKET_NOT_YOURS = refusal(403, 'bucket_not_accessible', 'API key does not have access to this bucket');
/** For a data source that a request for its bucket names. */
export const SOURCE_NOT_FOUND = refusal(404, 'data_source_not_found', 'Data source not found');
export const BUCKET_ARCHIVED = refusal(409, 'bucket_archived', 'Bucket is archived');
export const TOO_MANY_BUCKETS = refusal(
  409,
  'bucket_limit_reached',
  'An organization can have <most> buckets, and this one has them all',
);
export const BUCKET_ID_REQUIRED = refusal(400, 'bucket_id_required', 'bucketId is required');
