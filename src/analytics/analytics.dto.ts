import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField } from '../common/validation/fields';
import { mapped } from '../common/http/paced-answer';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import type { Summary } from '../points/summary';
import { PERIODS, type BucketFigures, type Period, type SourceFigures } from './analytics.service';
import { BucketNameView, timeOrNull } from './named.view';

const NAMES = Object.keys(PERIODS);

export class AnalyticsQuery {
  @ChoiceField(
    { values: NAMES, required: false, message: `period must be one of ${NAMES.join(', ')}` },
    { description: 'How long before now the figures begin', default: '7d' },
  )
  readonly period?: Period;
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
  @IdProperty(EXAMPLE_IDS.dataSource)
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
    this.avgValues = each(({ mean }) => mean);
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

/** Aggregates over the points of a bucket in a period. */
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
