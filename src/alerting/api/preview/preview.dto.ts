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
import type { Preview, PreviewEvent } from './preview';

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

  @ApiProperty({ type: [PreviewEventView], description: 'The first 1000 events' })
  readonly events: PreviewEventView[];

  constructor(condition: Condition, preview: Preview) {
    this.parsedCondition = condition;
    this.dataPoints = preview.points;
    this.triggered = preview.triggered;
    this.resolved = preview.resolved;
    this.state = preview.state;
    this.events = preview.events.map((event) => new PreviewEventView(event));
  }
}
