import { KEY_NOT_FOUND } from '../api-keys.errors';
import { BUCKET_NOT_FOUND } from '../../buckets/buckets.errors';
import type { OperationDocs } from '../../common/openapi/openapi';
import { USAGE_EXAMPLE, UsageReply } from './usage.dto';

/** The usage of keys, as the API's description shows it. */
export const docs = {
  ofBucketKey: {
    id: 'getApiKeyUsage',
    summary: 'Get the usage of an API key of a bucket',
    description: 'Requests to other instances of the server are included within a minute.',
    status: 200,
    answer: UsageReply,
    example: USAGE_EXAMPLE,
    refusals: [BUCKET_NOT_FOUND, KEY_NOT_FOUND],
  },
  ofAdminKey: {
    id: 'getAdminKeyUsage',
    summary: 'Get the usage of an Admin key of the organization',
    description: 'Requests to other instances of the server are included within a minute.',
    status: 200,
    answer: UsageReply,
    example: USAGE_EXAMPLE,
    refusals: [KEY_NOT_FOUND],
  },
} satisfies Readonly<Record<string, OperationDocs>>;
