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
import { PRECISIONS, type Precision } from './point-time';

export const MOST_POINTS = 1000;
const sourceIdDocs = {
  type: String,
  pattern: '^[0-9a-fA-F]{24}$',
  description: sourceDocs.description,
  example: EXAMPLE_IDS.dataSource,
};

/** Passed on as sent. The compiled check of the data source's schema validates it, for up to a thousand points at once. */
function UncheckedField(docs: object, required: boolean): PropertyDecorator {
  return applyDecorators(
    (required ? ApiProperty : ApiPropertyOptional)(docs),
    Allow({ context: { required } satisfies RuleContext }),
  );
}

/** Without a time: a bucket refuses points that are older than it keeps, and an example grows old. */
const { dataSourceId, values, metadata } = pointExample;
const pointOfNow = { dataSourceId, values, metadata };

@RequestExamples({
  'A point of now': { bucketId: EXAMPLE_IDS.bucket, dataSourceId: EXAMPLE_IDS.dataSource, values: pointExample.values },
  'A point of now from one of several devices': { bucketId: EXAMPLE_IDS.bucket, ...pointOfNow },
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

/** A point as the document describes it; it is checked by hand. */
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

const listSaid = `dataPoints must be a list of 1 to ${MOST_POINTS} data points`;

@RequestExamples({
  'Two points': {
    bucketId: EXAMPLE_IDS.bucket,
    dataPoints: [pointOfNow, { ...pointOfNow, metadata: { device: 'esp32-8' } }],
  },
})
@BulkBody()
export class BatchBody {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @ApiProperty({ type: [PointOfBatch], minItems: 1, maxItems: MOST_POINTS })
  @CheckedBy({
    check: (value) => (Array.isArray(value) && value.length >= 1 && value.length <= MOST_POINTS ? undefined : listSaid),
    sentences: [listSaid],
  })
  readonly dataPoints: readonly unknown[];
}

export class PointQuery {
  @ChoiceField(
    { values: PRECISIONS, required: false, message: `precision must be one of ${PRECISIONS.join(', ')}` },
    { description: 'What a `timestamp` that is a number, or digits, counts since 1970', default: 'ms', example: 's' },
  )
  readonly precision?: Precision;
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
    description: 'Made of source, time and metadata: the same point, the same id. Not for write-only keys',
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

export class PointIngested {
  @ApiProperty({ type: String, example: 'Data point ingested successfully' })
  readonly message: string;

  @ApiProperty({ type: PointView })
  readonly dataPoint: PointView;
}

export class BatchIngested {
  @ApiProperty({ type: String, example: 'Batch ingested successfully' })
  readonly message: string;

  @CountProperty(2, { description: 'Points that were not known' })
  readonly inserted: number;

  @CountProperty(0, { description: 'Points that took the place of others of the same source, time and metadata' })
  readonly updated: number;

  @CountProperty(0, { description: 'Points that were there already' })
  readonly duplicates: number;

  @CountProperty(0, { description: 'Points that were not stored' })
  readonly rejected: number;
}

export class RejectedPoint {
  @CountProperty(17, { description: 'Where it stood in the batch, from 0 on' })
  readonly index: number;

  @ApiProperty({ type: String, example: 'temperature must be a number' })
  readonly message: string;

  @ApiPropertyOptional({
    type: String,
    description: 'Given where a client may act on it by itself: a `point_expired` will never be stored',
    example: 'point_expired',
  })
  readonly code?: string;
}

export class BatchPartlyIngested extends BatchIngested {
  @ApiProperty({ type: [RejectedPoint] })
  readonly errors: RejectedPoint[];
}
