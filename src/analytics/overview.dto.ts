import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ChoiceField, QueryNumberField } from '../common/validation/fields';
import { isoTime } from '../common/times';
import { CountProperty, TimeProperty } from '../common/openapi/openapi-fields';
import type { Overview } from './analytics.service';
import { formatBytes } from './bytes';
import { BucketNameView, timeOrNull } from './named.view';

const INCLUDES = ['days'] as const;

export class OverviewQuery {
  @ChoiceField(
    { values: INCLUDES, required: false, message: "include must be 'days'" },
    { description: '`days` adds `recentActivity.dataPointsPerDay`, which takes several times as long' },
  )
  readonly include?: (typeof INCLUDES)[number];

  @QueryNumberField(
    { label: 'days', least: 1, most: 90 },
    { description: 'With `include=days`: the number of days, including today', default: 7, example: 30 },
  )
  readonly days: number = 7;
}

class TotalsView {
  @CountProperty(5)
  readonly buckets: number;

  @CountProperty(12)
  readonly dataSources: number;

  @CountProperty(1_523_456)
  readonly dataPoints: number;

  @CountProperty(8, { description: 'Rules that are not paused' })
  readonly alertRules: number;

  @CountProperty(15, { description: 'Valid keys, including Admin keys' })
  readonly apiKeys: number;
}

class OrganizationUsageView {
  @CountProperty(45_230, {
    description: 'Accepted requests of the current month in UTC. Requests of the last half minute may be missing',
  })
  readonly apiCallsThisMonth: number;

  @CountProperty(52_428_800, {
    description: 'Bytes of the database; where several organizations share it, by their numbers of points',
  })
  readonly storageUsedBytes: number;

  @ApiProperty({ type: String, example: '50 MB' })
  readonly storageUsedFormatted: string;
}

class WebhooksView {
  @CountProperty(1, { description: 'Alert rules whose last message, or test, did not arrive' })
  readonly failing: number;

  @CountProperty(0, { description: 'Alert rules whose receiver answered 410: nothing is sent there' })
  readonly switchedOff: number;

  @CountProperty(2, { description: 'Messages whose last attempt failed for good within the last 24 hours' })
  readonly deliveriesFailedLast24h: number;
}

class DayView {
  @ApiProperty({ type: String, format: 'date', example: '2024-01-15' })
  readonly day: string;

  @CountProperty(12_543)
  readonly dataPoints: number;
}

class ActivityView {
  @TimeProperty('2024-01-15T14:30:00.000Z', { nullable: true, description: 'When points last arrived' })
  readonly lastDataIngestion: string | null;

  @TimeProperty('2024-01-15T10:15:00.000Z', { nullable: true })
  readonly lastAlertTriggered: string | null;

  @CountProperty(12_543, { description: 'Points whose time is within the last 24 hours' })
  readonly dataPointsLast24h: number;

  @CountProperty(3)
  readonly alertsTriggeredLast24h: number;

  @CountProperty(1, {
    description: 'Active data sources that have points, none of which arrived within the last 24 hours',
  })
  readonly silentDataSources: number;

  @ApiPropertyOptional({
    type: [DayView],
    description: 'Points by their time, of the last days in UTC, today last. Only with `include=days`',
  })
  readonly dataPointsPerDay?: readonly DayView[];
}

/** Usage of an organization. */
export class OverviewView {
  @ApiProperty({ type: BucketNameView, example: { _id: EXAMPLE_IDS.organization, name: 'My Organization' } })
  readonly organization: BucketNameView;

  @ApiProperty({ type: TotalsView })
  readonly totals: TotalsView;

  @ApiProperty({ type: OrganizationUsageView })
  readonly usage: OrganizationUsageView;

  @ApiProperty({ type: ActivityView })
  readonly recentActivity: ActivityView;

  @ApiProperty({ type: WebhooksView })
  readonly webhooks: WebhooksView;

  constructor(organizationId: string, of: Overview) {
    this.organization = { _id: organizationId, name: of.name };
    this.totals = {
      buckets: of.buckets,
      dataSources: of.dataSources,
      dataPoints: of.dataPoints,
      alertRules: of.alertRules,
      apiKeys: of.apiKeys,
    };
    this.usage = {
      apiCallsThisMonth: of.apiCallsThisMonth,
      storageUsedBytes: of.storageBytes,
      storageUsedFormatted: formatBytes(of.storageBytes),
    };
    this.recentActivity = {
      lastDataIngestion: timeOrNull(of.ingestedAt),
      lastAlertTriggered: timeOrNull(of.lastAlertAt),
      dataPointsLast24h: of.pointsLastDay,
      alertsTriggeredLast24h: of.alertsLastDay,
      silentDataSources: of.silentSources,
      ...(of.perDay && {
        dataPointsPerDay: of.perDay.map(({ day, count }) => ({ day: isoTime(day).slice(0, 10), dataPoints: count })),
      }),
    };
    this.webhooks = {
      failing: of.webhooks.failing,
      switchedOff: of.webhooks.switchedOff,
      deliveriesFailedLast24h: of.webhooks.deliveriesFailed,
    };
  }
}

export class OverviewReply {
  @ApiProperty({ type: OverviewView })
  readonly overview: OverviewView;
}
