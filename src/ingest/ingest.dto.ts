import { MessageReply } from '../common/openapi/message-reply';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Allow } from 'class-validator';
import { CheckedBy, ChoiceField, IdField, QueryBooleanField, type RuleContext } from '../common/validation/fields';
import { BulkBody } from '../common/http/bulk-body';
import { RequestExamples } from '../common/openapi/openapi';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import {
  bucketDocs,
  metadataDocs,
  POINT_ID,
  pointExample,
  sourceDocs,
  timestampDocs,
  valuesDocs,
} from '../points/point-docs';
import type { unpack } from '../points/values';
import { IngestedReply } from './ingested-reply';
import { PRECISIONS, type Precision } from './point-time';

export const MAX_POINTS = 1000;
const sourceIdDocs = {
  type: String,
  pattern: '^[0-9a-fA-F]{24}$',
  description: sourceDocs.description,
  example: EXAMPLE_IDS.dataSource,
};

/** Not validated by the DTO: the compiled check of the data source's schema does, which is faster for large batches. */
function UncheckedField(docs: object, required: boolean): PropertyDecorator {
  return applyDecorators(
    (required ? ApiProperty : ApiPropertyOptional)(docs),
    Allow({ context: { required } satisfies RuleContext }),
  );
}

/** The examples have no time: with a fixed one they would become older than a bucket's retention. */
const { dataSourceId, values, metadata } = pointExample;
const currentPoint = { dataSourceId, values, metadata };

@RequestExamples({
  'A point with the current time': {
    bucketId: EXAMPLE_IDS.bucket,
    dataSourceId: EXAMPLE_IDS.dataSource,
    values: pointExample.values,
  },
  'A point from one of several devices': { bucketId: EXAMPLE_IDS.bucket, ...currentPoint },
})
@BulkBody()
export class PointBody {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @UncheckedField(sourceIdDocs, false)
  readonly dataSourceId?: unknown;

  @UncheckedField(valuesDocs, true)
  readonly values: unknown;

  @UncheckedField(timestampDocs, false)
  readonly timestamp?: unknown;

  @UncheckedField(metadataDocs, false)
  readonly metadata?: unknown;
}

/** Documents a point in OpenAPI. `pointReader` validates it. */
export class PointOfBatch {
  @ApiPropertyOptional(sourceIdDocs)
  readonly dataSourceId?: string;

  @ApiProperty(valuesDocs as object)
  readonly values: object;

  @ApiPropertyOptional(timestampDocs)
  readonly timestamp?: unknown;

  @ApiPropertyOptional(metadataDocs as object)
  readonly metadata?: unknown;
}

const LIST_MESSAGE = `dataPoints must be a list of 1 to ${MAX_POINTS} data points`;

@RequestExamples({
  'Two points': {
    bucketId: EXAMPLE_IDS.bucket,
    dataPoints: [currentPoint, { ...currentPoint, metadata: { device: 'esp32-8' } }],
  },
})
@BulkBody()
export class BatchBody {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @ApiProperty({ type: [PointOfBatch], minItems: 1, maxItems: MAX_POINTS })
  @CheckedBy({
    check: (value) =>
      Array.isArray(value) && value.length >= 1 && value.length <= MAX_POINTS ? undefined : LIST_MESSAGE,
    sentences: [LIST_MESSAGE],
  })
  readonly dataPoints: readonly unknown[];
}

export class PointQuery {
  @ChoiceField(
    { values: PRECISIONS, required: false, message: `precision must be one of ${PRECISIONS.join(', ')}` },
    { description: 'The unit of a `timestamp` that is a number or a string of digits', default: 'ms', example: 's' },
  )
  readonly precision?: Precision;

  @QueryBooleanField(
    { label: 'quiet' },
    {
      description:
        'Stores historical points: no alert rule fires or resolves because of them, and they do not count as an arrival for ' +
        '`no data`. Only for Admin keys',
      default: false,
    },
  )
  readonly quiet?: boolean;
}

export class BatchQuery extends PointQuery {
  @QueryBooleanField(
    { label: 'partial' },
    { description: 'Whether valid points are stored when others are rejected', default: false },
  )
  readonly partial?: boolean;
}

export class PointView {
  @IdProperty(POINT_ID, {
    required: false,
    description: 'Derived from data source, timestamp and metadata. Omitted for write-only keys',
  })
  readonly _id?: string;

  @IdProperty(EXAMPLE_IDS.bucket)
  readonly bucketId: string;

  @IdProperty(EXAMPLE_IDS.dataSource)
  readonly dataSourceId: string;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly timestamp: string;

  @ApiProperty(valuesDocs as object)
  readonly values: ReturnType<typeof unpack>;

  @ApiProperty(metadataDocs as object)
  readonly metadata: unknown;

  @TimeProperty('2024-01-15T10:10:00.123Z')
  readonly createdAt: string;
}

export class PointIngested extends MessageReply('Data point ingested successfully') {
  @ApiProperty({ type: PointView })
  readonly dataPoint: PointView;
}

export class BatchIngested extends IngestedReply('Batch ingested successfully', 'Points') {}

export class RejectedPoint {
  @CountProperty(17, { description: 'The index of the point in the batch, starting at 0' })
  readonly index: number;

  @ApiProperty({ type: String, example: 'temperature must be a number' })
  readonly message: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Set if a client can act on it: a point with `point_expired` will always be rejected',
    example: 'point_expired',
  })
  readonly code?: string;
}

export class BatchPartlyIngested extends BatchIngested {
  @ApiProperty({ type: [RejectedPoint] })
  readonly errors: RejectedPoint[];
}
