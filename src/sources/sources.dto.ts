import { MessageReply } from '../common/openapi/message-reply';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { BooleanField, ChoiceField, IdField, TextField } from '../common/validation/fields';
import { BulkBody } from '../common/http/bulk-body';
import { RequestExamples } from '../common/openapi/openapi';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { SOURCE_STATUSES, type Source, type SourceStatus } from './source.entity';
import { FIELD_TYPES, type Field, type FieldType, type FieldDefinition, type SchemaChanges } from './schema';
import { SchemaField } from './schema-field';
import { BucketPath } from '../buckets/bucket-path.dto';
import { DESCRIPTION, docs, NAME, TYPE } from './source-fields';
import type { ShownSeries } from './series-names';
import type { PointStats } from './source-points';

export class SourcePath extends BucketPath {
  @IdField('data source ID', EXAMPLE_IDS.dataSource)
  readonly sourceId: string;
}

@RequestExamples({
  'Add a field': { schema: { pressure: { type: 'number', unit: 'hPa' } } },
  'Change name and description': { name: 'Kitchen climate', description: 'Behind the curtain' },
  Archive: { status: 'archived' },
})
@BulkBody()
export class UpdateSourceBody {
  @TextField({ ...NAME, required: false }, docs.name)
  readonly name?: string;

  @SchemaField(
    { required: false, removable: true },
    {
      ...docs.schema,
      description: 'Fields to add or replace. `null` removes a field, if the data source has no points',
    },
  )
  readonly schema?: SchemaChanges;

  @TextField(TYPE, docs.type)
  readonly type?: string;

  @TextField({ ...DESCRIPTION, clearable: true }, docs.description)
  readonly description?: string | null;

  @BooleanField({ label: 'downsampling' }, docs.downsampling)
  readonly downsampling?: boolean;

  @ChoiceField(
    { values: SOURCE_STATUSES, required: false, message: "Invalid data source status. Must be 'active' or 'archived'" },
    docs.status,
  )
  readonly status?: SourceStatus;
}

const fieldProperty = {
  type: 'object' as const,
  required: ['type'],
  properties: {
    type: { type: 'string', enum: [...FIELD_TYPES] },
    unit: { type: 'string' },
    description: { type: 'string' },
    required: { type: 'boolean' },
  },
};

interface FieldView {
  readonly type: FieldType;
  readonly unit?: string;
  readonly description?: string;
  readonly required?: boolean;
}

/** A data source in a response. */
export class SourceView {
  @IdProperty(EXAMPLE_IDS.dataSource)
  readonly _id: string;

  @IdProperty(EXAMPLE_IDS.bucket)
  readonly bucketId: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, example: docs.name.example })
  readonly name: string;

  @ApiProperty({ type: String, maxLength: TYPE.maxLength, example: 'sensor' })
  readonly type: string;

  @ApiProperty({ type: String, maxLength: 500, description: 'Empty if none was given', example: '' })
  readonly description: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: fieldProperty as never,
    example: { temperature: { type: 'number', unit: '°C', required: true }, humidity: { type: 'number' } },
  })
  readonly schema: Readonly<Record<string, FieldView>>;

  @ApiPropertyOptional({
    type: String,
    description: 'Only if line protocol created the data source',
    example: 'weather',
  })
  readonly measurement?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Only if line protocol created the data source',
    example: { host: 'a' },
  })
  readonly tags?: Readonly<Record<string, string>>;

  @ApiProperty({ type: Boolean, example: true })
  readonly downsampling: boolean;

  @ApiProperty({ enum: SOURCE_STATUSES, ...docs.status })
  readonly status: SourceStatus;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly createdAt: string;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly updatedAt: string;

  /** @param series of a data source that line protocol created */
  constructor(source: Source, series?: ShownSeries) {
    this._id = source.id;
    this.bucketId = source.bucketId;
    this.name = source.name;
    this.type = source.type;
    this.description = source.description;
    this.schema = Object.fromEntries(source.schema.map(shownField));
    if (series) {
      this.measurement = series.measurement;
      this.tags = series.tags;
    }
    this.downsampling = source.downsampling;
    this.status = source.status;
    this.createdAt = new Date(source.createdAt).toISOString();
    this.updatedAt = new Date(source.updatedAt).toISOString();
  }
}

export class SourceStatsView {
  @CountProperty(12000)
  readonly dataPointCount: number;

  @TimeProperty('2024-01-15T10:11:00.000Z', { nullable: true, description: 'Time of the earliest point' })
  readonly firstDataAt: string | null;

  @TimeProperty('2024-01-23T18:10:00.000Z', { nullable: true, description: 'Time of the latest point' })
  readonly lastDataAt: string | null;

  @ApiProperty({
    type: 'number',
    nullable: true,
    description: 'Milliseconds from one point to the next, on average; null with fewer than two points',
    example: 60000,
  })
  readonly averageIntervalMs: number | null;

  constructor({ count, firstAt, lastAt }: PointStats) {
    this.dataPointCount = count;
    this.firstDataAt = firstAt === null ? null : new Date(firstAt).toISOString();
    this.lastDataAt = lastAt === null ? null : new Date(lastAt).toISOString();
    this.averageIntervalMs = count < 2 || firstAt === null || lastAt === null ? null : (lastAt - firstAt) / (count - 1);
  }
}

export class SourceDetails extends SourceView {
  @ApiProperty({ type: SourceStatsView })
  readonly stats: SourceStatsView;

  constructor(source: Source, stats: PointStats, series: ShownSeries | undefined) {
    super(source, series);
    this.stats = new SourceStatsView(stats);
  }
}

export class SourceReply {
  @ApiProperty({ type: SourceDetails })
  readonly dataSource: SourceDetails;
}

export class SourceUpdated extends MessageReply('Data source updated successfully') {
  @ApiProperty({ type: SourceView })
  readonly dataSource: SourceView;
}

export class DeletedSource {
  @IdProperty(EXAMPLE_IDS.dataSource)
  readonly _id: string;

  @ApiProperty({ type: String, example: docs.name.example })
  readonly name: string;
}

export class DeletedWithSource {
  @CountProperty(12000)
  readonly dataPoints: number;

  @CountProperty(1)
  readonly alertRules: number;
}

export class SourceDeleted extends MessageReply('Data source deleted successfully') {
  @ApiProperty({ type: DeletedSource })
  readonly deletedDataSource: DeletedSource;

  @ApiProperty({ type: DeletedWithSource })
  readonly deletedResources: DeletedWithSource;
}

function shownField({ name, type, unit, description, required }: Field): [string, FieldDefinition] {
  const optional = { ...(unit !== undefined && { unit }), ...(description !== undefined && { description }) };
  return [name, { type, ...optional, ...(required !== undefined && { required }) }];
}
