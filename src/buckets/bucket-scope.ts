import { Raw, type EntityManager, type FindOperator } from 'typeorm';
import { withoutIndex } from '../database/without-index';
import { BUCKETS_OF_ORGANIZATION } from './bucket-rows';

/** The rows of a table with a `bucket_id` that are in one bucket, or in any bucket of an organization. */
export interface BucketScope {
  /** An SQL condition, and its one parameter. */
  readonly sql: string;
  readonly value: string;
  /** The same for TypeORM. */
  readonly where: { readonly bucketId: string | FindOperator<string> };
}

/** @param bucketId null for all buckets of the organization, whose rows are then read in the order of an index by age */
export function bucketScope(manager: EntityManager, organizationId: string, bucketId: string | null): BucketScope {
  if (bucketId !== null) return { sql: 'bucket_id = ?', value: bucketId, where: { bucketId } };
  const inBuckets = (column: string, organization: string) =>
    `${withoutIndex(manager, column)} IN (${BUCKETS_OF_ORGANIZATION.replace('?', organization)})`;
  const inAny = Raw<string>((column) => inBuckets(column, ':organizationId'), { organizationId });
  return { sql: inBuckets('bucket_id', '?'), value: organizationId, where: { bucketId: inAny } };
}
