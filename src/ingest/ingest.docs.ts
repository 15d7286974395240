/** OpenAPI texts of the routes that store points. */
import { SOURCE_NOT_YOURS } from '../auth/access.errors';
import { BUCKET_ARCHIVED, BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import type { OperationDocs } from '../common/openapi/openapi';
import {
  METADATA_FULL_BUCKET,
  METADATA_FULL_KEY,
  METADATA_FULL_SOURCE,
  METADATA_INVALID,
} from '../points/points.errors';
import { FIELD_UNKNOWN, SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { BatchIngested, PointIngested } from './ingest.dto';
import * as errors from './ingest.errors';

const ACCESS_ERRORS = [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, SOURCE_NOT_YOURS, SOURCE_NOT_FOUND];
const LIMIT_ERRORS = [METADATA_FULL_SOURCE, METADATA_FULL_BUCKET, METADATA_FULL_KEY];
const WRITE_ERRORS = [
  ...[errors.QUIET_NOT_ALLOWED, BUCKET_ID_REQUIRED, ...ACCESS_ERRORS],
  ...[BUCKET_ARCHIVED, errors.SOURCE_ARCHIVED, ...LIMIT_ERRORS],
];
const POINT_ERRORS = [
  ...[errors.SOURCE_ID_INVALID, errors.VALUES_EMPTY, FIELD_UNKNOWN, errors.FIELD_NOT_NUMBER],
  ...[
    errors.INTEGER_ROUNDED,
    errors.FIELD_NOT_STRING,
    errors.FIELD_NOT_BOOLEAN,
    errors.FIELD_REQUIRED,
    errors.REQUIRED_FIELD_MISSING,
    errors.TIMESTAMP_INVALID,
    errors.TIMESTAMP_SECONDS,
    errors.TIMESTAMP_TOO_SMALL,
  ],
  ...[errors.TIMESTAMP_AHEAD, errors.POINT_EXPIRED, METADATA_INVALID, errors.METADATA_TOO_LONG],
];

export const POINT: OperationDocs = {
  id: 'ingestPoint',
  summary: 'Store a data point',
  description:
    'A point is identified by its data source, timestamp and metadata. An identical point is not stored again, and one with ' +
    'other values replaces it. The response is sent when the point is on disk. A point that is older than the retention of ' +
    'the bucket is rejected. The response to a write-only key has no `_id`.',
  status: 201,
  answer: PointIngested,
  refusals: [...POINT_ERRORS, ...WRITE_ERRORS],
};

export const BATCH: OperationDocs = {
  id: 'ingestBatch',
  summary: 'Store up to 1000 data points of one or more data sources of a bucket',
  description:
    'All points are stored or none, in one commit. If points are invalid, the 400 lists up to 20 of them, and all that are ' +
    'older than the retention of the bucket, with the code `point_expired`. With `partial=true` the valid points are ' +
    'stored, and the 207 lists the others. If a batch has the same point twice, the later one wins. For a write-only key ' +
    '`inserted` counts all accepted points.',
  status: 201,
  answer: BatchIngested,
  refusals: [...POINT_ERRORS, errors.POINT_NOT_OBJECT, ...WRITE_ERRORS],
};
