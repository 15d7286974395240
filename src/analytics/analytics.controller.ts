import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentKey, type CurrentApiKey } from '../auth/current-key.decorator';
import { RequireAnyKey, RequireKeyType } from '../auth/require-key-type.decorator';
import { BucketPath } from '../buckets/bucket-path.dto';
import { BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../buckets/buckets.errors';
import type { LeanResponse } from '../common/http/lean-messages';
import { sendPaced } from '../common/http/paced-answer';
import type { YieldTurn } from '../common/http/yield';
import { Documented } from '../common/openapi/openapi';
import { CurrentYield, LongWork } from '../scheduling/long-work.decorator';
import { AnalyticsQuery, BucketAnalyticsReply, BucketAnalyticsView } from './analytics.dto';
import { AnalyticsService } from './analytics.service';
import { OverviewQuery, OverviewReply, OverviewView } from './overview.dto';

/** Counts and averages for dashboards. */
@ApiTags('Analytics')
@Controller('api/analytics')
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsService) {}

  @Get('overview')
  @Documented({
    id: 'getOverview',
    summary: 'Get counts and activity of the organization',
    status: 200,
    answer: OverviewReply,
  })
  @LongWork()
  @RequireKeyType('admin', 'access organization analytics')
  async overview(
    @CurrentKey() key: CurrentApiKey,
    @Query() { include, days }: OverviewQuery,
    @CurrentYield() yieldTurn: YieldTurn,
  ): Promise<OverviewReply> {
    const overview = await this.analytics.overview(key, include ? days : 0, yieldTurn);
    return { overview: new OverviewView(key.organizationId, overview) };
  }

  @Get('buckets/:bucketId')
  @Documented({
    id: 'getBucketAnalytics',
    summary: 'Get counts and averages of a bucket',
    description: 'Of a period that ends now. A key that is bound to one data source gets the figures of that one.',
    status: 200,
    answer: BucketAnalyticsReply,
    refusals: [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND],
  })
  @LongWork()
  @RequireAnyKey({ bound: 'source' })
  async ofBucket(
    @CurrentKey() key: CurrentApiKey,
    @Param() { bucketId }: BucketPath,
    @Query() { period = '7d' }: AnalyticsQuery,
    @CurrentYield() yieldTurn: YieldTurn,
    @Res() response: LeanResponse,
  ): Promise<void> {
    const figures = await this.analytics.ofBucket(key, bucketId, period, yieldTurn);
    await sendPaced(response, { analytics: new BucketAnalyticsView(period, figures) }, yieldTurn);
  }
}
