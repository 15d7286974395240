import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import type { BucketSummary } from '../buckets/bucket-summaries';
import { BUCKET_STATUSES, type BucketStatus } from '../buckets/bucket.entity';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { IdProperty } from '../common/openapi/openapi-fields';

/** The description of what a key may call. */
export const rightsDocs: ApiPropertyOptions = {
  type: [String],
  description: 'What the key may call, as the `operationId`s of this document',
  example: ['getOwnApiKey', 'queryData', 'getLatestData'],
};

/** The bucket of a key, as the key itself sees it. */
export class KeyBucketView {
  @IdProperty(EXAMPLE_IDS.bucket)
  readonly _id: string;

  @ApiProperty({ type: String, example: 'Greenhouse' })
  readonly name: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'null: points are kept forever', example: 90 })
  readonly retentionDays: number | null;

  @ApiProperty({ enum: BUCKET_STATUSES, example: 'active' })
  readonly status: BucketStatus;

  constructor({ id, name, retentionDays, status }: BucketSummary) {
    this._id = id;
    this.name = name;
    this.retentionDays = retentionDays;
    this.status = status;
  }
}
