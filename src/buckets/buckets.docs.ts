import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../common/errors';
import type { OperationDocs } from '../common/openapi/openapi';
import { BucketList } from './bucket-list.dto';
import { BucketCreated, BucketDeleted, BucketReply, BucketUpdated } from './buckets.dto';
import * as errors from './buckets.errors';

/** Buckets, as the API's description shows them. */
export const docs = {
  create: {
    id: 'createBucket',
    summary: 'Create a bucket',
    description: 'Buckets contain data and the keys for it. Names need not be unique.',
    status: 201,
    answer: BucketCreated,
    refusals: [errors.TOO_MANY_BUCKETS],
  },
  list: {
    id: 'listBuckets',
    summary: 'List buckets',
    description: 'Oldest first, unless `sort` is sent.',
    status: 200,
    answer: BucketList,
    refusals: [AFTER_UNKNOWN, AFTER_AND_OFFSET],
  },
  get: {
    id: 'getBucket',
    summary: 'Get a bucket and its statistics',
    status: 200,
    answer: BucketReply,
    refusals: [errors.BUCKET_NOT_FOUND],
  },
  update: {
    id: 'updateBucket',
    summary: 'Change a bucket',
    description:
      'Changes the fields that you send. A shorter `retentionDays` hides older points at once and erases them after at least ' +
      '24 hours: until then, a longer `retentionDays` shows them again.',
    status: 200,
    answer: BucketUpdated,
    refusals: [errors.BUCKET_NOT_FOUND],
  },
  put: {
    id: 'putBucket',
    summary: 'Change a bucket (the same as PATCH)',
    description: 'The same as PATCH, for clients that only support PUT: fields that you leave out are not changed.',
    status: 200,
    answer: BucketUpdated,
    refusals: [errors.BUCKET_NOT_FOUND],
  },
  remove: {
    id: 'deleteBucket',
    summary: 'Delete a bucket and everything in it',
    description: 'Once this reply is sent, its keys are rejected. The reply counts what was deleted.',
    status: 200,
    answer: BucketDeleted,
    refusals: [errors.BUCKET_NOT_FOUND],
  },
} satisfies Readonly<Record<string, OperationDocs>>;
