import { BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../common/errors';
import type { OperationDocs } from '../common/openapi/openapi';
import { SourceList } from './source-list.dto';

const refusals = [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, AFTER_UNKNOWN, AFTER_AND_OFFSET];

/** The lists of data sources, as the API's description shows them. */
export const docs = {
  ofBucket: {
    id: 'listDataSources',
    summary: 'List the data sources of a bucket',
    description: 'Oldest first, unless `sort` is sent. A key that is bound to one data source gets only that one.',
    status: 200,
    answer: SourceList,
    refusals,
  },
  ofAll: {
    id: 'listAllDataSources',
    summary: 'List the data sources of all buckets that the key can access',
    description:
      'An Admin key gets those of the organization, a Write or Read key those of its bucket, and a key that is bound to one data ' +
      'source only that one. Oldest first, unless `sort` is sent.',
    status: 200,
    answer: SourceList,
    refusals,
  },
} satisfies Readonly<Record<string, OperationDocs>>;
