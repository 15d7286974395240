import { ApiProperty } from '@nestjs/swagger';
import { SortField, type ListSort } from '../common/list-order';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { CountProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { Pagination, SearchQuery } from '../common/pagination';
import { isoTime } from '../common/times';
import { ChoiceField, IdField, TextField } from '../common/validation/fields';
import { MeasurementField, TagField, type Tag } from './series-filter';
import type { ShownSeries } from './series-names';
import { SOURCE_STATUSES, type Source, type SourceStatus } from './source.entity';
import { TYPE } from './source-fields';
import type { PointSummary } from './source-points';
import { SourceView } from './sources.dto';

const INCLUDES = ['stats'] as const;

/** The query string of a list of the data sources of a bucket. */
export class SourcesQuery extends SearchQuery {
  @TextField(TYPE, { description: 'Only data sources of this type', example: 'sensor' })
  readonly type?: string;

  @ChoiceField(
    { values: SOURCE_STATUSES, required: false, message: "status must be 'active' or 'archived'" },
    { description: 'Only data sources with this status', example: 'active' },
  )
  readonly status?: SourceStatus;

  @MeasurementField()
  readonly measurement?: string;

  @TagField()
  readonly tag?: readonly Tag[];

  @SortField(['name'])
  readonly sort?: ListSort;

  @ChoiceField(
    { values: INCLUDES, required: false, message: "include must be 'stats'" },
    { description: '`stats` adds the number of points and the latest one of each data source', example: 'stats' },
  )
  readonly include?: (typeof INCLUDES)[number];
}

/** The query string of a list of the data sources of all buckets. */
export class AllSourcesQuery extends SourcesQuery {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, { required: false, description: 'Only data sources of this bucket' })
  readonly bucketId?: string;
}

class LatestPointView {
  @TimeProperty('2024-01-23T18:10:00.000Z')
  readonly timestamp: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { temperature: 21.4, humidity: 45 } })
  readonly values: Readonly<Record<string, unknown>>;
}

export class SourceSummaryView {
  @CountProperty(12000, { description: 'Points that are visible under the retention of the bucket' })
  readonly dataPointCount: number;

  @TimeProperty('2024-01-15T10:11:00.000Z', { nullable: true, description: 'Time of the earliest point' })
  readonly firstDataAt: string | null;

  @TimeProperty('2024-01-23T18:10:00.000Z', { nullable: true, description: 'Time of the latest point' })
  readonly lastDataAt: string | null;

  @ApiProperty({ type: LatestPointView, nullable: true, description: 'The point with the latest time' })
  readonly latest: LatestPointView | null;

  constructor({ count, firstAt, lastAt, latest }: PointSummary) {
    this.dataPointCount = count;
    this.firstDataAt = firstAt === null ? null : isoTime(firstAt);
    this.lastDataAt = lastAt === null ? null : isoTime(lastAt);
    this.latest = latest && { timestamp: isoTime(latest.at), values: latest.values };
  }
}

/** A data source in a list. */
export class ListedSourceView extends SourceView {
  @ApiProperty({ type: SourceSummaryView, required: false, description: 'Only with `include=stats`' })
  readonly stats?: SourceSummaryView;

  constructor(source: Source, series: ShownSeries | undefined, summary: PointSummary | undefined) {
    super(source, series);
    if (summary) this.stats = new SourceSummaryView(summary);
  }
}

export class SourceList {
  @ApiProperty({ type: [ListedSourceView] })
  readonly dataSources: Iterable<ListedSourceView>;

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;
}
