import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { IdProperty } from '../common/openapi/openapi-fields';
import { POINT_ID } from '../points/point-docs';

const values = {
  type: 'array',
  items: { oneOf: [{ type: 'number', nullable: true }, { type: 'string' }, { type: 'boolean' }] },
};

/** What `format: columns` gives for one data source. */
export class ColumnsView {
  @IdProperty(EXAMPLE_IDS.dataSource)
  readonly dataSourceId: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Name of the data source, with `include`',
    example: 'Living room climate',
  })
  readonly dataSource?: string;

  @ApiPropertyOptional({ type: [String], description: 'Raw points only', example: [POINT_ID] })
  readonly ids?: readonly string[];

  @ApiProperty({
    type: [Number],
    description: 'Times of the points, or starts of the groups, in milliseconds since 1970',
    example: [1_705_312_800_000],
  })
  readonly timestamps: readonly number[];

  @ApiPropertyOptional({ type: [Number], description: 'Points in each group', example: [60] })
  readonly counts?: readonly number[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { oneOf: [values, { type: 'object', additionalProperties: values }] } as object,
    description:
      'A list of values by field, `null` where a row has none. Several aggregations are an object of lists by name',
    example: { temperature: [21.5] },
  })
  readonly values: object;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'object', additionalProperties: true, nullable: true },
    description: 'Raw points only, and only if one of them has metadata',
    example: [{ device: 'esp32-7' }],
  })
  readonly metadata?: readonly unknown[];
}
