import { refusal } from '../common/errors';

export const BUCKET_NOT_FOUND = refusal(404, 'Bucket not found');
export const BUCKET_NOT_YOURS = refusal(403, 'API key does not have access to this bucket');
export const BUCKET_ARCHIVED = refusal(409, 'Bucket is archived');
export const ONLY_ADMIN_CREATES_BUCKETS = refusal(403, 'Only Admin keys can create buckets');
export const ONLY_ADMIN_LISTS_BUCKETS = refusal(403, 'Only Admin keys can list buckets');
export const ONLY_ADMIN_SEES_BUCKETS = refusal(403, 'Only Admin keys can access bucket details');
export const ONLY_ADMIN_UPDATES_BUCKETS = refusal(403, 'Only Admin keys can update buckets');
export const ONLY_ADMIN_DELETES_BUCKETS = refusal(403, 'Only Admin keys can delete buckets');
export const BUCKET_ID_REQUIRED = refusal(400, 'bucketId is required');
