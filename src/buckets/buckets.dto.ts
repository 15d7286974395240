import { MessageReply } from '../common/openapi/message-reply';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, TextField, WholeNumberField } from '../common/validation/fields';
import { RequestExamples } from '../common/openapi/openapi';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import type { RemovedContents } from './bucket-contents';
import { BUCKET_STATUSES, type Bucket, type BucketStatus } from './bucket.entity';
import type { BucketStats } from './buckets.service';
import { isoTime } from '../common/times';

const NAME = { label: 'Bucket name', maxLength: 100 };
const DESCRIPTION = { label: 'Bucket description', maxLength: 500, required: false, lines: true };
const RETENTION = { label: 'retentionDays', least: 1, most: 3650, clearable: true };

const nameDocs = { description: 'The name of the bucket', example: 'Greenhouse' };
const descriptionDocs = { description: 'A short description', example: 'Sensors of the north greenhouse' };
const retentionDocs = {
  description: 'Days that points are kept. Older points are neither returned nor accepted; null keeps points forever',
  example: 90,
};
const statusDocs = { description: 'An archived bucket can be queried and refuses new points', example: 'active' };

export class CreateBucketBody {
  @TextField({ ...NAME, required: true }, nameDocs)
  readonly name: string;

  @TextField(DESCRIPTION, descriptionDocs)
  readonly description?: string;

  @WholeNumberField(RETENTION, retentionDocs)
  readonly retentionDays?: number | null;
}

@RequestExamples({
  'Keep points for 90 days': { retentionDays: 90 },
  'Rename and describe': { name: 'Greenhouse', description: 'Sensors of the north greenhouse' },
  'Keep points forever': { retentionDays: null },
  Archive: { status: 'archived' },
})
export class UpdateBucketBody {
  @TextField({ ...NAME, required: false }, nameDocs)
  readonly name?: string;

  @TextField({ ...DESCRIPTION, clearable: true }, descriptionDocs)
  readonly description?: string | null;

  @WholeNumberField(RETENTION, retentionDocs)
  readonly retentionDays?: number | null;

  @ChoiceField(
    { values: BUCKET_STATUSES, required: false, message: "Invalid bucket status. Must be 'active' or 'archived'" },
    statusDocs,
  )
  readonly status?: BucketStatus;
}

/** A bucket as clients see it. */
export class BucketView {
  @IdProperty(EXAMPLE_IDS.bucket)
  readonly _id: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, example: 'Greenhouse' })
  readonly name: string;

  @ApiProperty({
    type: String,
    maxLength: DESCRIPTION.maxLength,
    description: 'Empty by default',
    example: 'Sensors of the north greenhouse',
  })
  readonly description: string;

  @IdProperty(EXAMPLE_IDS.organization)
  readonly organizationId: string;

  @ApiProperty({ type: 'integer', minimum: RETENTION.least, maximum: RETENTION.most, nullable: true, ...retentionDocs })
  readonly retentionDays: number | null;

  @ApiProperty({ enum: BUCKET_STATUSES, ...statusDocs })
  readonly status: BucketStatus;

  @TimeProperty('2024-01-15T10:00:00.000Z')
  readonly createdAt: string;

  @TimeProperty('2024-01-15T10:00:00.000Z')
  readonly updatedAt: string;

  constructor(bucket: Bucket) {
    this._id = bucket.id;
    this.name = bucket.name;
    this.description = bucket.description;
    this.organizationId = bucket.organizationId;
    this.retentionDays = bucket.retentionDays;
    this.status = bucket.status;
    this.createdAt = isoTime(bucket.createdAt);
    this.updatedAt = isoTime(bucket.updatedAt);
  }
}

export class BucketStatsView implements BucketStats {
  @CountProperty(3)
  readonly dataSourceCount: number;

  @CountProperty(12000)
  readonly dataPointCount: number;

  @CountProperty(4, { description: 'Keys that are accepted now: neither disabled, expired nor retired' })
  readonly apiKeyCount: number;
}

export class BucketDetails extends BucketView {
  @ApiProperty({ type: BucketStatsView })
  readonly stats: BucketStatsView;

  constructor(bucket: Bucket, stats: BucketStats) {
    super(bucket);
    this.stats = stats;
  }
}

export class BucketReply {
  @ApiProperty({ type: BucketDetails })
  readonly bucket: BucketDetails;
}

export class BucketCreated extends MessageReply('Bucket created successfully') {
  @ApiProperty({ type: BucketView })
  readonly bucket: BucketView;
}

export class BucketUpdated extends MessageReply('Bucket updated successfully') {
  @ApiProperty({ type: BucketView })
  readonly bucket: BucketView;
}

export class DeletedBucket {
  @IdProperty(EXAMPLE_IDS.bucket)
  readonly _id: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, example: 'Greenhouse' })
  readonly name: string;
}

export class DeletedResources implements RemovedContents {
  @CountProperty(3)
  readonly dataSources: number;

  @CountProperty(12000)
  readonly dataPoints: number;

  @CountProperty(4)
  readonly apiKeys: number;

  @CountProperty(1)
  readonly alertRules: number;
}

export class BucketDeleted extends MessageReply('Bucket deleted successfully') {
  @ApiProperty({ type: DeletedBucket })
  readonly deletedBucket: DeletedBucket;

  @ApiProperty({ type: DeletedResources })
  readonly deletedResources: DeletedResources;
}
