import { refusal } from '../common/errors';

export const BUCKET_NOT_FOUND = refusal(404, 'Bucket not found');
export const BUCKET_NOT_YOURS = refusal(403, 'API key does not have access to this bucket');
/** For a data source that a request about its bucket names. */
export const SOURCE_NOT_FOUND = refusal(404, 'Data source not found');
export const BUCKET_ARCHIVED = refusal(409, 'Bucket is archived');
export const TOO_MANY_BUCKETS = refusal(409, 'An organization can have <most> buckets, and this one has them all');
export const BUCKET_ID_REQUIRED = refusal(400, 'bucketId is required');
