import type { CurrentApiKey } from '../auth/current-key.decorator';
import { problemOf, ValidationError } from '../common/errors';
import { BUCKET_ID_REQUIRED } from './buckets.errors';

/**
 * Returns the bucket of a request: the one that it names, or that of its key.
 *
 * @throws ValidationError for a request with an Admin key that names no bucket
 */
export function namedBucket(
  { bucketId }: Pick<CurrentApiKey, 'bucketId'>,
  named: string | undefined,
  place: 'body' | 'query',
): string {
  const id = named ?? bucketId;
  if (id === null) throw new ValidationError([problemOf(BUCKET_ID_REQUIRED, [place, 'bucketId'])]);
  return id;
}
