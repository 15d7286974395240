import { KEY_NOT_FOUND } from '../api-keys.errors';
import { BUCKET_NOT_FOUND } from '../../buckets/buckets.errors';
import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../../common/errors';
import type { OperationDocs } from '../../common/openapi/openapi';
import { USAGE_EXAMPLE, USAGE_LIST_EXAMPLE, UsageList, UsageReply } from './usage.dto';

/** The usage of keys, as the API's description shows it. */
export const docs = {
  ofAllKeys: {
    id: 'listApiKeyUsage',
    summary: 'List the usage of all API keys of the organization',
    description:
      'For each day, one entry for each key, in the order of `GET /api/keys` and with its filters; by default keys of every type. ' +
      'Requests to other instances of the server are included within a minute.',
    status: 200,
    answer: UsageList,
    example: USAGE_LIST_EXAMPLE,
    refusals: [BUCKET_NOT_FOUND, AFTER_UNKNOWN, AFTER_AND_OFFSET],
  },
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
