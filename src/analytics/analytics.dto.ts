import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField } from '../common/fields';
import { mapped } from '../common/http/paced-answer';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { isoTime } from '../common/times';
import { SOURCE_ID } from '../data-sources/data-sources.dto';
import type { Summary } from '../points/summary';
import { PERIODS, type BucketFigures, type Overview, type Period, type SourceFigures } from './analytics.service';
import { formatBytes } from './bytes';

const BUCKET_ID = '507f1f77bcf86cd799439011';
const NAMES = Object.keys(PERIODS);

export class AnalyticsQuery {
  @ChoiceField(
    { values: NAMES, required: false, message: `period must be one of ${NAMES.join(', ')}` },
    { description: 'How long before now the figures begin', default: '7d' },
  )
  readonly period?: Period;
}

class BucketNameView {
  @IdProperty(BUCKET_ID)
  readonly _id: string;

  @ApiProperty({ type: String, example: 'Greenhouse' })
  readonly name: string;
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

  @CountProperty(15, { description: 'Keys that open now, Admin keys too' })
  readonly apiKeys: number;
}

class OrganizationUsageView {
  @CountProperty(45_230, { description: 'Requests that were let in since the month began in UTC, within a minute' })
  readonly apiCallsThisMonth: number;

  @CountProperty(52_428_800, {
    description: 'Bytes of the database; where several organizations share it, by their numbers of points',
  })
  readonly storageUsedBytes: number;

  @ApiProperty({ type: String, example: '50 MB' })
  readonly storageUsedFormatted: string;
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
}

/** What an organization has and does. */
export class OverviewView {
  @ApiProperty({ type: BucketNameView, example: { _id: '507f1f77bcf86cd799439010', name: 'My Organization' } })
  readonly organization: BucketNameView;

  @ApiProperty({ type: TotalsView })
  readonly totals: TotalsView;

  @ApiProperty({ type: OrganizationUsageView })
  readonly usage: OrganizationUsageView;

  @ApiProperty({ type: ActivityView })
  readonly recentActivity: ActivityView;

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
    };
  }
}

export class OverviewReply {
  @ApiProperty({ type: OverviewView })
  readonly overview: OverviewView;
}

class SummaryView {
  @CountProperty(50_420)
  readonly totalDataPoints: number;

  @CountProperty(12_605)
  readonly dataPointsInPeriod: number;

  @CountProperty(1801, { description: 'To the nearest whole number' })
  readonly avgDataPointsPerDay: number;

  @CountProperty(3)
  readonly dataSources: number;

  @CountProperty(2)
  readonly activeAlerts: number;
}

const byField = (example: object, description: string) => ({
  type: 'object',
  additionalProperties: { type: 'number' },
  description,
  example,
});

class SourceFiguresView {
  @IdProperty(SOURCE_ID)
  readonly _id: string;

  @ApiProperty({ type: String, example: 'Living room climate' })
  readonly name: string;

  @CountProperty(8403, { description: 'Points of the period' })
  readonly dataPointCount: number;

  @TimeProperty('2024-01-15T14:30:00.000Z', {
    nullable: true,
    description: 'Time of the newest point, also outside the period',
  })
  readonly lastDataPoint: string | null;

  @ApiProperty(
    byField({ temperature: 22.3 }, 'Of the period, of fields that are numbers and have values in it') as object,
  )
  readonly avgValues: Record<string, number>;

  @ApiProperty(byField({ temperature: 18.5 }, 'The same') as object)
  readonly minValues: Record<string, number>;

  @ApiProperty(byField({ temperature: 28.7 }, 'The same') as object)
  readonly maxValues: Record<string, number>;

  constructor({ source, points, lastAt, fields }: SourceFigures) {
    const each = (valueOf: (summary: Summary) => number) =>
      Object.fromEntries([...fields].map(([name, summary]) => [name, valueOf(summary)]));
    this._id = source.id;
    this.name = source.name;
    this.dataPointCount = points;
    this.lastDataPoint = timeOrNull(lastAt);
    this.avgValues = each(({ sum, n }) => sum / n);
    this.minValues = each(({ min }) => min);
    this.maxValues = each(({ max }) => max);
  }
}

class HourView {
  @TimeProperty('2024-01-15T00:00:00.000Z', { description: 'When the hour begins' })
  readonly hour: string;

  @CountProperty(75)
  readonly count: number;
}

class IngestionRateView {
  @ApiProperty({
    type: [HourView],
    description: 'Every hour of the period, oldest first; the first and last are parts',
  })
  readonly dataPointsPerHour: HourView[];
}

class RuleActivityView {
  @ApiProperty({ type: String, example: 'High temperature' })
  readonly name: string;

  @CountProperty(3)
  readonly count: number;
}

class AlertActivityView {
  @CountProperty(3)
  readonly totalTriggered: number;

  @ApiProperty({ type: [RuleActivityView] })
  readonly byRule: RuleActivityView[];
}

/** What the points of a bucket come to in a period. */
export class BucketAnalyticsView {
  @ApiProperty({ type: BucketNameView })
  readonly bucket: BucketNameView;

  @ApiProperty({ type: String, enum: NAMES, example: '7d' })
  readonly period: Period;

  @ApiProperty({ type: SummaryView })
  readonly summary: SummaryView;

  @ApiProperty({ type: [SourceFiguresView] })
  readonly dataSourceStats: Iterable<SourceFiguresView>;

  @ApiProperty({ type: IngestionRateView })
  readonly ingestionRate: IngestionRateView;

  @ApiProperty({ type: AlertActivityView })
  readonly alertActivity: AlertActivityView;

  constructor(period: Period, of: BucketFigures) {
    this.bucket = { _id: of.bucket.id, name: of.bucket.name };
    this.period = period;
    this.summary = {
      totalDataPoints: of.totalPoints,
      dataPointsInPeriod: of.points,
      avgDataPointsPerDay: Math.round(of.points / PERIODS[period]),
      dataSources: of.sources.length,
      activeAlerts: of.activeAlerts,
    };
    this.dataSourceStats = mapped(of.sources, (source) => new SourceFiguresView(source));
    this.ingestionRate = { dataPointsPerHour: of.perHour.map(({ hour, count }) => ({ hour: timeOf(hour), count })) };
    this.alertActivity = {
      totalTriggered: of.alerts.reduce((sum, { count }) => sum + count, 0),
      byRule: of.alerts.map(({ name, count }) => ({ name, count })),
    };
  }
}

export class BucketAnalyticsReply {
  @ApiProperty({ type: BucketAnalyticsView })
  readonly analytics: BucketAnalyticsView;
}

function timeOf(millis: number): string {
  return new Date(millis).toISOString();
}

function timeOrNull(millis: number | null): string | null {
  return millis === null ? null : isoTime(millis);
}
