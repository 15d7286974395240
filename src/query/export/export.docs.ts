import { SOURCE_NOT_YOURS } from '../../auth/access.errors';
import { BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../../buckets/buckets.errors';
import type { OperationDocs } from '../../common/openapi/openapi';
import { EXAMPLE_IDS } from '../../common/openapi/example-ids';
import { FIELD_UNKNOWN, SOURCE_NOT_FOUND } from '../../sources/sources.errors';
import * as errors from '../query.errors';

const ROW = {
  dataSourceId: EXAMPLE_IDS.dataSource,
  dataSource: 'Living room',
  timestamp: '2024-01-15T10:00:00.000Z',
  values: { temperature: 21.5 },
  metadata: { device: 'esp32-7' },
};
const CSV = `timestamp,dataSourceId,dataSource,temperature,metadata.device\n${ROW.timestamp},${ROW.dataSourceId},${ROW.dataSource},21.5,esp32-7\n`;

/** The route of exports, as the API's description shows it. */
export const EXPORT_DOCS = {
  id: 'exportData',
  summary: 'Export all points or aggregates of a range',
  description:
    'Streams all points that the filters select, oldest first, without a limit of rows: as CSV, with `format=ndjson` as one JSON ' +
    'object per line, or with `format=json` as the response of a query. With `groupBy` or `aggregation`, aggregates. The export reads ' +
    'while it is sent, so points that are stored meanwhile may be in it. A response that ends early is not terminated as HTTP ' +
    'requires, and clients report it as incomplete. `npm run import` reads the CSV of one data source. The key may also be sent as the ' +
    'password of `Authorization: Basic`.',
  status: 200,
  content: {
    'text/csv': CSV,
    'application/x-ndjson': `${JSON.stringify(ROW)}\n`,
    'application/json': JSON.stringify({
      data: [ROW],
      metadata: { count: 1, hasMore: false, downsamplingApplied: false },
    }),
  },
  refusals: [
    ...[BUCKET_ID_REQUIRED, BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, SOURCE_NOT_YOURS, SOURCE_NOT_FOUND, FIELD_UNKNOWN],
    ...[errors.TIMES_REVERSED, errors.FILL_NEEDS_GROUPS, errors.FIELD_NOT_AGGREGATED, errors.CSV_TOO_WIDE],
    errors.DECIMAL_IS_DELIMITER,
  ],
} satisfies OperationDocs;
