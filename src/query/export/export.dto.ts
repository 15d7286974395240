import { ChoiceField, QueryFlagField, QueryNumberField, TimeField } from '../../common/validation/fields';
import { SORT_UNKNOWN, SORTS } from '../../common/pagination';
import { PointFilterQuery, toList } from '../../points/point-filter-query';
import type { Aggregation } from '../aggregations';
import type { Sort } from '../cursor';
import type { Fill } from '../fill';
import { AggregationField, FillField, GroupByField, OptionalProperty, TimeZoneField } from '../query-fields';

/** The formats of an export, with their media types. */
export const EXPORT_TYPES = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
} as const;
export type ExportFormat = keyof typeof EXPORT_TYPES;
export const EXPORT_FORMATS = Object.keys(EXPORT_TYPES) as readonly ExportFormat[];

/** More rows than anything stores. */
export const MAX_LIMIT = 1_000_000_000_000;

/** How CSV shows metadata: a column for each name, or one column with JSON, which keeps the types. */
export const METADATA_FORMS = ['columns', 'json'] as const;
export type MetadataForm = (typeof METADATA_FORMS)[number];

const DELIMITERS = [',', ';', '|', 'tab', '\t'];
const DECIMALS = ['.', ','] as const;

/** One name, or several. */
const toOneOrList = (value: unknown): unknown => {
  const list = toList(value);
  return Array.isArray(list) && list.length === 1 ? (list[0] as unknown) : list;
};

export class ExportQuery extends PointFilterQuery {
  @ChoiceField(
    { values: EXPORT_FORMATS, required: false, message: `format must be one of ${EXPORT_FORMATS.join(', ')}` },
    { description: 'The format. It precedes the header `Accept`', default: 'csv', example: 'csv' },
  )
  readonly format?: ExportFormat;

  @TimeField(
    { label: 'startTime' },
    { description: 'Start of the range, inclusive', example: '2024-01-15T00:00:00.000Z' },
  )
  readonly startTime?: number;

  @TimeField({ label: 'endTime' }, { description: 'End of the range, exclusive', example: '2024-01-16T00:00:00.000Z' })
  readonly endTime?: number;

  @QueryNumberField(
    { label: 'limit', least: 1, most: MAX_LIMIT },
    { description: 'The maximum number of rows. Default: all', example: 1000 },
  )
  readonly limit?: number;

  @ChoiceField(
    { values: SORTS, required: false, message: SORT_UNKNOWN },
    { description: 'Order by time', default: 'asc', example: 'asc' },
  )
  readonly sort?: Sort;

  @AggregationField(toOneOrList)
  readonly aggregation?: Aggregation | readonly Aggregation[];

  @GroupByField()
  readonly groupBy?: string;

  @TimeZoneField()
  readonly timezone?: string;

  @FillField()
  readonly fill?: Fill;

  @OptionalProperty(
    'delimiter must be a comma, a semicolon, a vertical bar or tab',
    (value) => DELIMITERS.includes(value as string),
    {
      type: String,
      description:
        'What separates the cells of CSV: `,`, `;`, `|` or `tab`. Default: `;` with a decimal comma, else `,`',
      example: ';',
    },
  )
  readonly delimiter?: string;

  @ChoiceField(
    { values: DECIMALS, required: false, message: 'decimal must be . or ,' },
    { description: 'The decimal separator of numbers in CSV', default: '.', example: ',' },
  )
  readonly decimal?: (typeof DECIMALS)[number];

  @QueryFlagField('bom', { description: 'Whether CSV begins with a byte order mark, by which Excel recognizes UTF-8' })
  readonly bom?: boolean;

  @QueryFlagField('excel', {
    description:
      'Whether CSV is safe to open in a spreadsheet: a text or a column name that would be run as a formula gets ' +
      "a `'` before it. Numbers stay as they are",
  })
  readonly excel?: boolean;

  @ChoiceField(
    { values: METADATA_FORMS, required: false, message: `metadataAs must be one of ${METADATA_FORMS.join(', ')}` },
    {
      description:
        'How CSV shows metadata: `columns` has a column for each name, such as `metadata.device`; `json` has one column with JSON, ' +
        'which keeps the types of the values',
      default: 'columns',
      example: 'columns',
    },
  )
  readonly metadataAs?: MetadataForm;
}
