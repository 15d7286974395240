import { ApiProperty } from '@nestjs/swagger';
import { SortField, type ListSort } from '../common/list-order';
import { CountProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { Pagination, SearchQuery } from '../common/pagination';
import { isoTime } from '../common/times';
import { ChoiceField } from '../common/validation/fields';
import type { BucketFigures } from './bucket-contents';
import { BUCKET_STATUSES, type Bucket, type BucketStatus } from './bucket.entity';
import { BucketView } from './buckets.dto';

const INCLUDES = ['stats'] as const;

/** The query string of the list of buckets. */
export class BucketsQuery extends SearchQuery {
  @ChoiceField(
    { values: BUCKET_STATUSES, required: false, message: "status must be 'active' or 'archived'" },
    { description: 'Only buckets with this status', example: 'active' },
  )
  readonly status?: BucketStatus;

  @SortField(['name'])
  readonly sort?: ListSort;

  @ChoiceField(
    { values: INCLUDES, required: false, message: "include must be 'stats'" },
    { description: '`stats` adds the contents of each bucket', example: 'stats' },
  )
  readonly include?: (typeof INCLUDES)[number];
}

export class BucketFiguresView {
  @CountProperty(3)
  readonly dataSourceCount: number;

  @CountProperty(12000, { description: 'Points that are visible under the retention' })
  readonly dataPointCount: number;

  @CountProperty(614400, {
    description: "An estimate: the share of the bucket's points in all points, of the size of the database",
  })
  readonly storageBytes: number;

  @TimeProperty('2024-01-23T18:10:00.000Z', { nullable: true, description: 'Time of the latest point' })
  readonly lastDataAt: string | null;

  @CountProperty(1440, {
    description:
      'The average of the last seven days, or of the days of a shorter retention, to the nearest whole number. Up to a minute old, and an ' +
      'estimate if more than 250 data sources have points of these days',
  })
  readonly dataPointsPerDay: number;

  constructor({ lastDataAt, ...counts }: BucketFigures) {
    this.dataSourceCount = counts.dataSourceCount;
    this.dataPointCount = counts.dataPointCount;
    this.storageBytes = counts.storageBytes;
    this.lastDataAt = lastDataAt === null ? null : isoTime(lastDataAt);
    this.dataPointsPerDay = counts.dataPointsPerDay;
  }
}

/** A bucket in a list. */
export class ListedBucketView extends BucketView {
  @ApiProperty({ type: BucketFiguresView, required: false, description: 'Only with `include=stats`' })
  readonly stats?: BucketFiguresView;

  constructor(bucket: Bucket, figures: BucketFigures | undefined) {
    super(bucket);
    if (figures) this.stats = new BucketFiguresView(figures);
  }
}

export class BucketList {
  @ApiProperty({ type: [ListedBucketView] })
  readonly buckets: ListedBucketView[];

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;
}
