import { WRITE_ONLY } from '../auth/access.errors';
import { BODIES_BUSY, BODY_CUT_SHORT, BODY_NOT_GZIP, BODY_TOO_LARGE, CONTENT_ENCODING_UNKNOWN } from '../common/errors';
import { BUCKET_ARCHIVED } from '../buckets/buckets.errors';
import type { Type } from '@nestjs/common';
import type { OperationDocs } from '../common/openapi/openapi';
import type { ErrorForm } from '../common/openapi/operation-responses';
import { bodyOf } from './influx-replies';
import * as errors from './influx.errors';
import { InfluxErrorReply, InfluxErrorReplyOfV2, InfluxHealth, InfluxReady, StatementReplies } from './influx.dto';

const BODY = [BODY_NOT_GZIP, BODY_CUT_SHORT, CONTENT_ENCODING_UNKNOWN, BODY_TOO_LARGE, BODIES_BUSY];
const WRITES =
  'Stores InfluxDB line protocol: any content type, also gzip or chunked, up to 25 MB. Each measurement with its tags becomes a ' +
  'data source, and fields are added as they come; fields of the same time are merged. Valid lines are stored; the reply names ' +
  'the others by their line numbers. The key may also be sent as `Authorization: Token`, as a Basic password, or as `p` in the query ' +
  'string.';
const V1 = formOf('/write', InfluxErrorReply);
const V2 = formOf('/api/v2/write', InfluxErrorReplyOfV2);
const write = {
  description: WRITES,
  status: 204,
  answerDescription: 'All lines are stored',
  textBody: 'weather,site=north temperature=21.5 1700000000000000000',
} as const;
/** See `InfluxErrorFilter`. */
const ARCHIVED = { ...BUCKET_ARCHIVED, status: 403 };

export const WRITE_V2: OperationDocs = {
  id: 'writeBucketLines',
  summary: 'Write line protocol as to InfluxDB 2',
  ...write,
  errorForm: V2,
  refusals: [
    errors.BUCKET_REQUIRED,
    errors.NAME_AMBIGUOUS,
    errors.BUCKET_UNKNOWN,
    errors.PRECISION_UNKNOWN,
    ARCHIVED,
    ...BODY,
  ],
};

export const WRITE_V1: OperationDocs = {
  id: 'writeDatabaseLines',
  summary: 'Write line protocol as to InfluxDB 1',
  ...write,
  errorForm: V1,
  refusals: [
    errors.DATABASE_REQUIRED,
    errors.NAME_AMBIGUOUS,
    errors.DATABASE_UNKNOWN,
    errors.PRECISION_UNKNOWN,
    ARCHIVED,
    ...BODY,
  ],
};

export const WRITE_V3: OperationDocs = {
  id: 'writeLines',
  summary: 'Write line protocol as to InfluxDB 3',
  ...write,
  errorForm: V1,
  refusals: [...(WRITE_V1.refusals ?? []), errors.PARTIAL_REQUIRED],
};

export const PING: OperationDocs = {
  id: 'ping',
  summary: 'Answer clients of InfluxDB 1 and 2',
  description: 'Answers 204, or 200 with `verbose=true`. The header `X-Influxdb-Version` has the version.',
  status: 204,
  answerDescription: 'The server runs',
};

export const HEALTH: OperationDocs = {
  id: 'getInfluxHealth',
  summary: 'Say whether the server takes writes, as InfluxDB 2 does',
  status: 200,
  answer: InfluxHealth,
};

export const READY: OperationDocs = {
  id: 'getInfluxReady',
  summary: 'Say that the server runs, as InfluxDB 2 does',
  status: 200,
  answer: InfluxReady,
};

const statements = {
  errorForm: V1,
  status: 200,
  answer: StatementReplies,
  refusals: [
    ...[errors.STATEMENT_MISSING, errors.STATEMENTS_WRONG, errors.EPOCH_UNKNOWN, errors.NAME_AMBIGUOUS],
    ...[errors.CHUNK_SIZE_WRONG, errors.PARAMS_WRONG],
  ],
} as const;
const SELECTS =
  'Runs InfluxQL: `SELECT`, and `SHOW` of databases, retention policies, measurements, fields, tags and series. A bucket is a ' +
  'database. The answer is JSON, or CSV with `Accept: text/csv`. A statement that fails has an `error` in its result, with status 200. ' +
  'The key may also be sent as `Authorization: Token`, as a Basic password, or as `p` in the query string.';

export const QUERY: OperationDocs = {
  ...statements,
  id: 'queryInfluxQL',
  summary: 'Query with InfluxQL',
  description: SELECTS,
  refusals: [...statements.refusals, errors.CREATE_NEEDS_POST],
};

export const STATEMENT: OperationDocs = {
  ...statements,
  id: 'runInfluxStatement',
  summary: 'Query with InfluxQL, with the statements in a form or in the query string',
  description:
    `${SELECTS} \`CREATE DATABASE\` and \`CREATE RETENTION POLICY\` for a bucket that exists are accepted, ` +
    'since clients send them before they write. Nothing is created. Write-only keys can send only these.',
  refusals: [...statements.refusals, errors.DATABASE_UNKNOWN, WRITE_ONLY],
};

function formOf(path: string, reply: Type): ErrorForm {
  return { reply, bodyOf: (status, message) => bodyOf(path, status, message) };
}
