import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { CheckedBy, ChoiceField, IdField } from '../common/validation/fields';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { ColumnsView } from './columns.views';
import { INCLUDES, isIncludes, type Include } from './source-names';
import { bucketDocs, metadataDocs, POINT_ID, valuesDocs } from '../points/point-docs';

const INCLUDE_SAID = "include must be 'names'";
const LATEST_MODES = ['points', 'fields'] as const;

export class LatestQuery {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @IdField('data source ID', EXAMPLE_IDS.dataSource, { required: false, description: 'Only this data source' })
  readonly dataSourceId?: string;

  @ChoiceField(
    { values: LATEST_MODES, required: false, message: "mode must be 'points' or 'fields'" },
    {
      description:
        '`points` returns the newest point. `fields` returns the last value of each field as `{ value, timestamp }`',
      default: 'points',
      example: 'points',
    },
  )
  readonly mode?: (typeof LATEST_MODES)[number];

  @ApiPropertyOptional({ enum: INCLUDES, description: '`names` adds the name of the data source to each row' })
  @CheckedBy({
    check: (value) => (value === undefined || isIncludes(value) ? undefined : INCLUDE_SAID),
    sentences: [INCLUDE_SAID],
    normalise: (value) => (INCLUDES.includes(value as Include) ? [value] : value),
  })
  readonly include?: readonly Include[];
}

const valuesView = {
  ...valuesDocs,
  description:
    'By field. Several aggregations are an object by name, and with `mode=fields` each value is `{ value, timestamp }`',
};

export class RowView {
  @IdProperty(POINT_ID, { required: false, description: 'Raw points only' })
  readonly _id?: string;

  @IdProperty(EXAMPLE_IDS.dataSource)
  readonly dataSourceId: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Name of the data source, with `include`',
    example: 'Living room climate',
  })
  readonly dataSource?: string;

  @TimeProperty('2024-01-15T10:00:00.000Z', { description: 'Time of the point, or start of the group' })
  readonly timestamp: string;

  @ApiProperty(valuesView as object)
  readonly values: object;

  @ApiPropertyOptional({ ...metadataDocs, description: 'Raw points only' } as object)
  readonly metadata?: unknown;

  @CountProperty(60, { required: false, description: 'Points in the group' })
  readonly count?: number;
}

export class QueryInfo {
  @CountProperty(24, { description: 'Rows in this answer' })
  readonly count: number;

  @ApiProperty({ type: Boolean, description: 'Whether there are more rows', example: false })
  readonly hasMore: boolean;

  @ApiProperty({
    type: Boolean,
    description: 'Whether raw points were downsampled to averages',
    example: false,
  })
  readonly downsamplingApplied: boolean;

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    example: 'avg',
  })
  readonly aggregation?: string | readonly string[];

  @ApiPropertyOptional({ type: String, example: 'hour' })
  readonly groupBy?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Send it as `filters.cursor` to get the next page',
    example: 'lr5q0zk0.1.0.d',
  })
  readonly nextCursor?: string;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'Set if an aggregate is outside the range of a double, and `null` in its row',
    example: true,
  })
  readonly overflow?: boolean;
}

@ApiExtraModels(RowView, ColumnsView)
export class QueryReply {
  @ApiProperty({
    oneOf: [RowView, ColumnsView].map((view) => ({ type: 'array', items: { $ref: getSchemaPath(view) } })),
    description: 'Rows, or one entry for each data source with `format: columns`',
  })
  readonly data: readonly RowView[] | readonly ColumnsView[];

  @ApiProperty({ type: QueryInfo })
  readonly metadata: QueryInfo;
}

export class LatestReply {
  @ApiProperty({ type: [RowView] })
  readonly data: readonly RowView[];
}
