import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IdField } from '../common/fields';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { SOURCE_ID } from '../data-sources/data-sources.dto';
import { BUCKET_ID, bucketDocs, metadataDocs, POINT_ID, valuesDocs } from '../points/point-docs';

export class LatestQuery {
  @IdField('bucket ID', BUCKET_ID, bucketDocs)
  readonly bucketId?: string;

  @IdField('data source ID', SOURCE_ID, { required: false, description: 'Only this one' })
  readonly dataSourceId?: string;
}

const valuesView = { ...valuesDocs, description: 'By field; several aggregations at once stand under their names' };

export class RowView {
  @IdProperty(POINT_ID, { required: false, description: 'Of raw points' })
  readonly _id?: string;

  @IdProperty(SOURCE_ID)
  readonly dataSourceId: string;

  @TimeProperty('2024-01-15T10:00:00.000Z', { description: 'Of the point, or where the group begins' })
  readonly timestamp: string;

  @ApiProperty(valuesView as object)
  readonly values: object;

  @ApiPropertyOptional({ ...metadataDocs, description: 'Of raw points' } as object)
  readonly metadata?: unknown;

  @CountProperty(60, { required: false, description: 'Points of the group' })
  readonly count?: number;
}

export class QueryInfo {
  @CountProperty(24, { description: 'Rows of this answer' })
  readonly count: number;

  @ApiProperty({ type: Boolean, description: 'Whether there are more rows', example: false })
  readonly hasMore: boolean;

  @ApiProperty({
    type: Boolean,
    description: 'Whether averages were given where points were asked for',
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

  @ApiPropertyOptional({ type: String, description: 'Send it as `filters.cursor` to go on', example: 'lr5q0zk0.1.0' })
  readonly nextCursor?: string;
}

export class QueryReply {
  @ApiProperty({ type: [RowView] })
  readonly data: readonly RowView[];

  @ApiProperty({ type: QueryInfo })
  readonly metadata: QueryInfo;
}

export class LatestReply {
  @ApiProperty({ type: [RowView] })
  readonly data: readonly RowView[];
}
