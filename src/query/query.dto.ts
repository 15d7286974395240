import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import {
  BooleanField,
  ChoiceField,
  IdField,
  isObject,
  ObjectField,
  TimeField,
  WholeNumberField,
} from '../common/validation/fields';
import { isId } from '../common/ids';
import { RequestExamples } from '../common/openapi/openapi';
import { SORT_UNKNOWN, SORTS } from '../common/pagination';
import type { Aggregation } from './aggregations';
import { ROWS_LIMIT } from './query.errors';
import { METADATA_INVALID } from '../points/points.errors';
import { INCLUDES, isIncludes, type Include } from './source-names';
import { readCursor, type Sort } from './cursor';
import { FORMATS, MAX_COLUMN_ROWS, MAX_CSV_ROWS, MAX_ROWS } from './answer-format';
import type { Fill } from './fill';
import { AggregationField, FillField, GroupByField, OptionalProperty, TimeZoneField } from './query-fields';

export const MAX_OFFSET = 100_000;
const MAX_SOURCES = 100;
const scalar = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);

export class QueryFilters {
  @IdField('data source ID', EXAMPLE_IDS.dataSource, { required: false })
  readonly dataSourceId?: string;

  @OptionalProperty(
    `dataSourceIds must be a list of 1 to ${MAX_SOURCES} data source IDs`,
    (value) => Array.isArray(value) && value.length >= 1 && value.length <= MAX_SOURCES && value.every(isId),
    {
      type: [String],
      description: 'Several data sources of the bucket. Default: all data sources',
      example: [EXAMPLE_IDS.dataSource],
    },
  )
  readonly dataSourceIds?: readonly string[];

  @TimeField(
    { label: 'startTime' },
    { description: 'Start of the range, inclusive', example: '2024-01-15T00:00:00.000Z' },
  )
  readonly startTime?: number;

  @TimeField({ label: 'endTime' }, { description: 'End of the range, exclusive', example: '2024-01-16T00:00:00.000Z' })
  readonly endTime?: number;

  @OptionalProperty(
    'fields must be a list of 1 to 100 field names',
    (value) =>
      Array.isArray(value) &&
      value.length >= 1 &&
      value.length <= 100 &&
      value.every((name) => typeof name === 'string'),
    {
      type: [String],
      description: 'Only these fields, and only points with a value of at least one of them',
      example: ['temperature'],
    },
  )
  readonly fields?: readonly string[];

  @OptionalProperty(
    METADATA_INVALID.message,
    (value) => isObject(value) && Object.keys(value).length <= 20 && Object.values(value).every(scalar),
    {
      type: 'object',
      additionalProperties: true,
      description: 'Only points whose metadata contains all of these entries',
      example: { device: 'esp32-7' },
    },
  )
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>>;

  @OptionalProperty(
    // What is too high depends on the format, and is refused later.
    ROWS_LIMIT.message,
    (value) => Number.isInteger(value) && Number(value) >= 1,
    {
      type: 'integer',
      minimum: 1,
      maximum: MAX_CSV_ROWS,
      description:
        `The maximum number of rows: up to ${MAX_ROWS}, for groups with \`format: columns\` up to ${MAX_COLUMN_ROWS}, for ` +
        `CSV up to ${MAX_CSV_ROWS}. Default: 100 raw rows or 1000 grouped rows`,
      example: 100,
    },
  )
  readonly limit?: number;

  @WholeNumberField(
    { label: 'offset', least: 0, most: MAX_OFFSET },
    { description: 'Rows to skip. Page through longer results with `nextCursor`', default: 0, example: 0 },
  )
  readonly offset?: number;

  @ChoiceField(
    { values: SORTS, required: false, message: SORT_UNKNOWN },
    {
      description:
        'Order by time. By default, raw points are newest first without `startTime` and oldest first with it, groups are oldest ' +
        'first, and a page that starts at a cursor has the direction of the page before',
      example: 'asc',
    },
  )
  readonly sort?: Sort;

  @OptionalProperty(
    'cursor must be what a reply gave as nextCursor',
    (value) => typeof value === 'string' && readCursor(value) !== undefined,
    {
      type: String,
      description: 'Continue after the last row of a page: its `nextCursor`',
      example: 'lr5q0zk0.1.0.d',
    },
  )
  readonly cursor?: string;

  @AggregationField()
  readonly aggregation?: Aggregation | readonly Aggregation[];

  @GroupByField()
  readonly groupBy?: string;
}

@RequestExamples({
  'The last points': { bucketId: EXAMPLE_IDS.bucket, filters: { limit: 10 }, downsampling: false },
  'Hourly averages of the last 24 hours': {
    bucketId: EXAMPLE_IDS.bucket,
    filters: { startTime: 'now-24h' },
    aggregation: 'avg',
    groupBy: 'hour',
  },
  'Averages of each quarter of an hour for charts': {
    bucketId: EXAMPLE_IDS.bucket,
    filters: { startTime: 'now-24h' },
    aggregation: 'avg',
    groupBy: '15m',
    format: 'columns',
  },
  'Daily minimum, average and maximum in Berlin': {
    bucketId: EXAMPLE_IDS.bucket,
    filters: { fields: ['temperature'] },
    aggregation: ['min', 'avg', 'max'],
    groupBy: 'day',
    timezone: 'Europe/Berlin',
  },
})
export class QueryBody {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, { required: false, description: 'Not needed with an API key of a bucket' })
  readonly bucketId?: string;

  @ObjectField(
    QueryFilters,
    { label: 'filters', message: 'filters must be an object' },
    { description: 'Selects the points' },
  )
  readonly filters?: QueryFilters;

  @BooleanField(
    { label: 'downsampling' },
    { description: 'Whether more than 500 points may be downsampled to averages', default: true, example: true },
  )
  readonly downsampling?: boolean;

  @AggregationField()
  readonly aggregation?: Aggregation | readonly Aggregation[];

  @GroupByField()
  readonly groupBy?: string;

  @TimeZoneField()
  readonly timezone?: string;

  @OptionalProperty("include must be a list of 'names'", isIncludes, {
    type: 'array',
    items: { type: 'string', enum: [...INCLUDES] },
    description: '`names` adds the name of the data source to each row as `dataSource`',
    example: ['names'],
  })
  readonly include?: readonly Include[];

  @FillField()
  readonly fill?: Fill;

  @ChoiceField(
    { values: FORMATS, required: false, message: `format must be one of ${FORMATS.join(', ')}` },
    {
      description:
        '`columns` answers with one entry for each data source: a list of timestamps in milliseconds, and a list of values for ' +
        'each field. It is much shorter than `rows`, and made for charts',
      default: 'rows',
      example: 'rows',
    },
  )
  readonly format?: (typeof FORMATS)[number];
}
