import { EXAMPLE_IDS } from '../../../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { IdField, TextField, WholeNumberField } from '../../../common/validation/fields';
import { CountProperty, TimeProperty } from '../../../common/openapi/openapi-fields';
import { isoTime } from '../../../common/times';
import type { Condition } from '../../conditions/condition';
import { RULE_STATES, type RuleState } from '../../conditions/alert-state';
import { bucketDocs, sourceDocs } from '../../../points/point-docs';
import { EndTimeField, StartTimeField } from '../../../points/time-fields';
import { CONDITION, COOLDOWN, docs, EVENTS, parsedExample, valueDocs } from '../alert-fields';
import { MAX_INTERVALS, type Interval, type IntervalSummary, type Peak } from './intervals';
import { MAX_EVENTS, type Preview, type PreviewEvent } from './rule-simulation';

export class PreviewBody {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @IdField('data source ID', EXAMPLE_IDS.dataSource, sourceDocs)
  readonly dataSourceId?: string;

  @TextField({ ...CONDITION, required: true }, docs.condition)
  readonly condition: string;

  @StartTimeField()
  readonly startTime: number;

  @EndTimeField()
  readonly endTime: number;

  @WholeNumberField(COOLDOWN, docs.cooldownMinutes)
  readonly cooldownMinutes?: number;
}

export class PreviewEventView {
  @ApiProperty({ enum: EVENTS, example: 'triggered' })
  readonly event: (typeof EVENTS)[number];

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly timestamp: string;

  @ApiProperty(valueDocs)
  readonly currentValue: unknown;

  constructor({ event, at, currentValue }: PreviewEvent) {
    this.event = event;
    this.timestamp = isoTime(at);
    this.currentValue = currentValue;
  }
}

const NUMBER_OR_NULL = { type: 'number', nullable: true };
const peakDocs = {
  nullable: true,
  oneOf: [{ type: 'number' }, { type: 'array', items: NUMBER_OR_NULL }],
  description:
    'The extreme value in the direction of the operator: the largest for "above", the smallest for "below", null for others. A list ' +
    'with one for each comparison, if there are several. For `no_data`, the seconds since data last arrived, at the end',
  example: 34.5,
};

export class IntervalView {
  @TimeProperty('2024-01-15T10:10:00.000Z', { description: 'From when on the condition was met' })
  readonly from: string;

  @TimeProperty('2024-01-15T10:35:00.000Z', {
    nullable: true,
    description: 'When it was no longer met; null if it still is at the end of the range',
  })
  readonly to: string | null;

  @ApiProperty(peakDocs)
  readonly peak: Peak;

  @CountProperty(1, {
    description:
      'How many `alert.triggered` would have been sent for it: 0 if it was within a cooldown, more than 1 with reminders',
  })
  readonly firings: number;

  constructor({ from, to, peak, firings }: Interval) {
    this.from = isoTime(from);
    this.to = to === null ? null : isoTime(to);
    this.peak = peak;
    this.firings = firings;
  }
}

/** What a preview found, over the whole range. */
export class PreviewSummary {
  @CountProperty(2, { description: 'How often the condition was met' })
  readonly intervals: number;

  @CountProperty(2, { description: 'How many of these would have sent a notification' })
  readonly alerts: number;

  @ApiProperty({ type: Number, minimum: 0, description: 'How long the condition was met, in seconds', example: 2700 })
  readonly totalSeconds: number;

  @ApiProperty({ type: Number, minimum: 0, description: 'The longest interval, in seconds', example: 1500 })
  readonly longestSeconds: number;

  @ApiProperty(peakDocs)
  readonly peak: Peak;

  constructor({ intervals, alerts, totalMillis, longestMillis, peak }: IntervalSummary) {
    this.intervals = intervals;
    this.alerts = alerts;
    this.totalSeconds = totalMillis / 1000;
    this.longestSeconds = longestMillis / 1000;
    this.peak = peak;
  }
}

export class PreviewReply {
  @ApiProperty({ type: 'object', additionalProperties: true, example: parsedExample })
  readonly parsedCondition: Condition;

  @CountProperty(1440, { description: 'The number of evaluated points' })
  readonly dataPoints: number;

  @CountProperty(2, { description: 'How often the rule would have been triggered' })
  readonly triggered: number;

  @CountProperty(2, { description: 'How often the rule would have been resolved' })
  readonly resolved: number;

  @ApiProperty({ enum: RULE_STATES, description: 'The state at the end', example: 'resolved' })
  readonly state: RuleState;

  @CountProperty(2, { description: 'How many `alert.triggered` would have been sent, reminders included' })
  readonly firings: number;

  @ApiProperty({ type: PreviewSummary })
  readonly summary: PreviewSummary;

  @ApiProperty({
    type: [IntervalView],
    description: `When the condition was met, oldest first. The first ${MAX_INTERVALS} intervals`,
  })
  readonly intervals: IntervalView[];

  @ApiProperty({ type: [PreviewEventView], description: `The first ${MAX_EVENTS} events` })
  readonly events: PreviewEventView[];

  constructor(condition: Condition, preview: Preview) {
    this.parsedCondition = condition;
    this.dataPoints = preview.points;
    this.triggered = preview.triggered;
    this.resolved = preview.resolved;
    this.state = preview.state;
    this.firings = preview.triggered;
    this.summary = new PreviewSummary(preview.summary);
    this.intervals = preview.intervals.map((interval) => new IntervalView(interval));
    this.events = preview.events.map((event) => new PreviewEventView(event));
  }
}
