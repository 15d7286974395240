import { EXAMPLE_IDS } from '../../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { CountProperty, IdProperty, TimeProperty } from '../../common/openapi/openapi-fields';
import { Pagination } from '../../common/pagination';
import { isoTime } from '../../common/times';
import type { AlertEvent } from '../evaluation/alert-event.entity';
import { RESOLVE_REASONS, type ResolveReason, type AlertPoint } from '../evaluation/alert-details';
import { EVENTS, valueDocs } from './alert-fields';

/** An entry in the history of a rule. */
export class AlertEventView {
  @IdProperty(EXAMPLE_IDS.event)
  readonly _id: string;

  @ApiProperty({ enum: EVENTS, example: 'triggered' })
  readonly event: (typeof EVENTS)[number];

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly timestamp: string;

  @CountProperty(0, {
    description: 'The number of the reminder; 0 for the firing itself. For `resolved`, the number of reminders',
  })
  readonly repeat: number;

  @ApiProperty({
    enum: RESOLVE_REASONS,
    nullable: true,
    description: 'Why the alert ended, if not through its condition',
    example: 'paused',
  })
  readonly reason: ResolveReason | null;

  @ApiProperty(valueDocs)
  readonly currentValue: unknown;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The point that caused it. If its values are longer than 4 KB, only the fields of the condition',
    example: { timestamp: '2024-01-15T10:10:00.000Z', values: { temperature: 31.5 } },
  })
  readonly dataPoint: AlertPoint | null;

  constructor({ id, event, at, repeats, reason, currentValue, dataPoint }: AlertEvent) {
    this._id = id;
    this.event = event;
    this.timestamp = isoTime(at);
    this.repeat = repeats;
    this.reason = reason;
    this.currentValue = JSON.parse(currentValue);
    this.dataPoint = dataPoint === null ? null : (JSON.parse(dataPoint) as AlertPoint);
  }
}

export class AlertHistory {
  @ApiProperty({ type: [AlertEventView] })
  readonly history: AlertEventView[];

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;
}
