import { SOURCE_NOT_YOURS } from '../auth/access.errors';
import { BUCKET_ARCHIVED, BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import {
  BODIES_BUSY,
  BODY_CUT_SHORT,
  BODY_NOT_GZIP,
  CONTENT_ENCODING_UNKNOWN,
  REQUEST_TIMEOUT,
} from '../common/errors';
import type { OperationDocs } from '../common/openapi/openapi';
import { SOURCE_NOT_FOUND } from '../sources/sources.errors';
import { CsvIngested } from './csv.dto';
import { CSV_REFUSED, QUIET_NOT_ALLOWED, SOURCE_ARCHIVED } from './ingest.errors';

/** The route of CSV uploads, as the API's description shows it. */
export const CSV_DOCS: OperationDocs = {
  id: 'ingestCsv',
  summary: 'Store the points of a CSV of any size',
  description:
    'The first line names the columns: the time, the fields of the data source, `metadata` as JSON or `metadata.<name>`, and ' +
    '`dataSourceId` if the rows belong to several data sources. Any content type, also gzip or chunked. The rows are stored while they ' +
    'arrive, in commits of up to 1,000. Valid rows are stored even if others are not: the 207 names the first 100 of the others by ' +
    'their lines. An error in the first line is a 400, and nothing is stored. If an error ends the upload later, its body has the counts ' +
    'of the rows that are stored. Sending the same rows again is safe: they count as `duplicates`.',
  status: 201,
  answer: CsvIngested,
  textType: 'text/csv',
  textBody:
    'timestamp,temperature,metadata.device\n2024-01-15T10:10:00Z,21.5,esp32-7\n2024-01-15T10:15:00Z,21.7,esp32-7\n',
  refusals: [
    ...[QUIET_NOT_ALLOWED, CSV_REFUSED, BUCKET_ID_REQUIRED, BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, SOURCE_NOT_YOURS],
    ...[SOURCE_NOT_FOUND, BUCKET_ARCHIVED, SOURCE_ARCHIVED],
    ...[BODY_NOT_GZIP, BODY_CUT_SHORT, CONTENT_ENCODING_UNKNOWN, REQUEST_TIMEOUT, BODIES_BUSY],
  ],
};
