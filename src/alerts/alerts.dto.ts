import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, IdField, TextField, TimeField, WholeNumberField } from '../common/fields';
import { RequestExamples } from '../common/openapi/openapi';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { Pagination } from '../common/pagination';
import { isoTime } from '../common/times';
import { SOURCE_ID } from '../data-sources/data-sources.dto';
import { BUCKET_ID, bucketDocs } from '../points/point-docs';
import { LONGEST_URL } from '../webhooks/webhook-url';
import type { AlertEvent } from './alert-event.entity';
import { RULE_STATUSES, type AlertRule, type RuleStatus } from './alert-rule.entity';
import type { Condition } from './condition';
import type { ToldPoint } from './notices';
import type { Preview, PreviewEvent } from './preview';
import { RULE_STATES, type RuleState } from './rule-state';

export const ALERT_ID = '507f1f77bcf86cd799439015';

const NAME = { label: 'Alert rule name', maxLength: 100 };
const CONDITION = { label: 'Condition', maxLength: 500 };
const URL_BOUNDS = { label: 'Webhook URL', maxLength: LONGEST_URL };
const COOLDOWN = { label: 'cooldownMinutes', least: 1, most: 43_200 };
export const DEFAULT_COOLDOWN_MINUTES = 5;

const docs = {
  name: { description: 'What the alert is called where it arrives', example: 'Server room too hot' },
  condition: {
    description: 'When it holds, in plain English',
    example: 'temperature is greater than 30 °C for 5 minutes',
  },
  webhookUrl: {
    description:
      'Where it is posted to, by https. Slack, Discord and Teams get their own shape; `?format=slack|discord|teams` asks for one',
    example: 'https://example.com/hooks/dakkio',
  },
  cooldownMinutes: {
    description: 'For how long it keeps silent after it was triggered',
    default: DEFAULT_COOLDOWN_MINUTES,
    example: DEFAULT_COOLDOWN_MINUTES,
  },
};
const parsedExample = { field: 'temperature', operator: 'gt', value: 30, durationSeconds: 300 };
const valueDocs = {
  nullable: true,
  oneOf: [{ type: 'number' }, { type: 'array', items: { type: 'number', nullable: true } }],
  description: 'Value of the field; of both fields of two conditions; of silence, its length in seconds',
  example: 31.5,
};

export class AlertPath {
  @IdField('alert ID', ALERT_ID)
  readonly alertId: string;
}

export class BucketAlertsPath {
  @IdField('bucket ID', BUCKET_ID)
  readonly bucketId: string;
}

@RequestExamples({
  'Too hot': {
    bucketId: BUCKET_ID,
    dataSourceId: SOURCE_ID,
    name: docs.name.example,
    condition: 'temperature is greater than 30 °C for 5 minutes',
    webhookUrl: docs.webhookUrl.example,
  },
  'Silent sensor': {
    bucketId: BUCKET_ID,
    dataSourceId: SOURCE_ID,
    name: 'Sensor is silent',
    condition: 'no data for 30 minutes',
    webhookUrl: docs.webhookUrl.example,
    cooldownMinutes: 60,
  },
})
export class CreateAlertBody {
  @IdField('bucket ID', BUCKET_ID, bucketDocs)
  readonly bucketId?: string;

  @IdField('data source ID', SOURCE_ID)
  readonly dataSourceId: string;

  @TextField({ ...NAME, required: true }, docs.name)
  readonly name: string;

  @TextField({ ...CONDITION, required: true }, docs.condition)
  readonly condition: string;

  @TextField({ ...URL_BOUNDS, required: true }, docs.webhookUrl)
  readonly webhookUrl: string;

  @WholeNumberField(COOLDOWN, docs.cooldownMinutes)
  readonly cooldownMinutes?: number;
}

@RequestExamples({
  'Another threshold': { condition: 'temperature is at least 35 °C' },
  Pause: { status: 'paused' },
})
export class UpdateAlertBody {
  @TextField({ ...NAME, required: false }, docs.name)
  readonly name?: string;

  @TextField({ ...CONDITION, required: false }, docs.condition)
  readonly condition?: string;

  @TextField({ ...URL_BOUNDS, required: false }, docs.webhookUrl)
  readonly webhookUrl?: string;

  @WholeNumberField(COOLDOWN, docs.cooldownMinutes)
  readonly cooldownMinutes?: number;

  @ChoiceField(
    { values: RULE_STATUSES, required: false, message: "Invalid alert rule status. Must be 'active' or 'paused'" },
    { description: 'A paused rule judges nothing, and begins anew when it is active again', example: 'active' },
  )
  readonly status?: RuleStatus;
}

export class PreviewBody {
  @IdField('bucket ID', BUCKET_ID, bucketDocs)
  readonly bucketId?: string;

  @IdField('data source ID', SOURCE_ID)
  readonly dataSourceId: string;

  @TextField({ ...CONDITION, required: true }, docs.condition)
  readonly condition: string;

  @TimeField(
    { label: 'startTime', required: true },
    { description: 'From this moment on', example: '2024-01-15T00:00:00.000Z' },
  )
  readonly startTime: number;

  @TimeField(
    { label: 'endTime', required: true },
    { description: 'Before this moment', example: '2024-01-16T00:00:00.000Z' },
  )
  readonly endTime: number;

  @WholeNumberField(COOLDOWN, docs.cooldownMinutes)
  readonly cooldownMinutes?: number;
}

/** An alert rule as a client sees it. */
export class AlertRuleView {
  @IdProperty(ALERT_ID)
  readonly _id: string;

  @IdProperty(BUCKET_ID)
  readonly bucketId: string;

  @IdProperty(SOURCE_ID)
  readonly dataSourceId: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, ...docs.name })
  readonly name: string;

  @ApiProperty({
    type: String,
    maxLength: CONDITION.maxLength,
    description: 'As it was written',
    example: docs.condition.example,
  })
  readonly condition: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'How it was understood',
    example: parsedExample,
  })
  readonly parsedCondition: Condition;

  @ApiProperty({ type: String, ...docs.webhookUrl })
  readonly webhookUrl: string;

  @ApiProperty({ enum: RULE_STATUSES, description: 'Whether it judges anything', example: 'active' })
  readonly status: RuleStatus;

  @ApiProperty({
    enum: RULE_STATES,
    description:
      'Whether it holds: not, `ok`; not for long enough, `pending`; and was told, `triggered`; no more, `cooldown` and then `resolved`',
    example: 'ok',
  })
  readonly state: RuleState;

  @ApiProperty({ type: 'integer', minimum: COOLDOWN.least, maximum: COOLDOWN.most, ...docs.cooldownMinutes })
  readonly cooldownMinutes: number;

  @TimeProperty('2024-01-15T10:10:00.000Z', { nullable: true })
  readonly lastTriggeredAt: string | null;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly createdAt: string;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly updatedAt: string;

  constructor({ rule, webhookUrl }: { readonly rule: AlertRule; readonly webhookUrl: string }) {
    this._id = rule.id;
    this.bucketId = rule.bucketId;
    this.dataSourceId = rule.sourceId;
    this.name = rule.name;
    this.condition = rule.condition;
    this.parsedCondition = rule.parsedCondition;
    this.webhookUrl = webhookUrl;
    this.status = rule.status;
    this.state = rule.state;
    this.cooldownMinutes = rule.cooldownMinutes;
    this.lastTriggeredAt = rule.lastTriggeredAt === null ? null : isoTime(rule.lastTriggeredAt);
    this.createdAt = isoTime(rule.createdAt);
    this.updatedAt = isoTime(rule.updatedAt);
  }
}

const SECRET_EXAMPLE = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

export class NewAlertRuleView extends AlertRuleView {
  @ApiProperty({
    type: String,
    description: 'What deliveries are signed with. Shown this once',
    example: SECRET_EXAMPLE,
  })
  readonly webhookSecret: string;

  constructor(created: { readonly rule: AlertRule; readonly webhookUrl: string; readonly secret: string }) {
    super(created);
    this.webhookSecret = created.secret;
  }
}

export class AlertReply {
  @ApiProperty({ type: AlertRuleView })
  readonly alertRule: AlertRuleView;
}

export class AlertCreated {
  @ApiProperty({ type: String, example: 'Alert rule created successfully' })
  readonly message: string;

  @ApiProperty({ type: NewAlertRuleView })
  readonly alertRule: NewAlertRuleView;
}

export class AlertUpdated {
  @ApiProperty({ type: String, example: 'Alert rule updated successfully' })
  readonly message: string;

  @ApiProperty({ type: AlertRuleView })
  readonly alertRule: AlertRuleView;
}

export class AlertList {
  @ApiProperty({ type: [AlertRuleView] })
  readonly alertRules: AlertRuleView[];

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;
}

export class DeletedAlert {
  @IdProperty(ALERT_ID)
  readonly _id: string;

  @ApiProperty({ type: String, example: docs.name.example })
  readonly name: string;
}

export class AlertDeleted {
  @ApiProperty({ type: String, example: 'Alert rule deleted successfully' })
  readonly message: string;

  @ApiProperty({ type: DeletedAlert })
  readonly deletedAlertRule: DeletedAlert;
}

export class SecretRotated {
  @ApiProperty({ type: String, example: 'Webhook secret rotated successfully' })
  readonly message: string;

  @ApiProperty({ type: String, description: 'The new secret. Shown this once', example: SECRET_EXAMPLE })
  readonly webhookSecret: string;

  @TimeProperty('2024-01-16T10:10:00.000Z', { description: 'Until when deliveries are signed with the one before too' })
  readonly previousSecretValidUntil: string;
}

const EVENTS = ['triggered', 'resolved'] as const;

export class AlertEventView {
  @IdProperty('507f1f77bcf86cd799439016')
  readonly _id: string;

  @ApiProperty({ enum: EVENTS, example: 'triggered' })
  readonly event: (typeof EVENTS)[number];

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly timestamp: string;

  @ApiProperty(valueDocs)
  readonly currentValue: unknown;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'The point that it was judged by',
    example: { timestamp: '2024-01-15T10:10:00.000Z', values: { temperature: 31.5 } },
  })
  readonly dataPoint: ToldPoint | null;

  constructor({ id, event, at, currentValue, dataPoint }: AlertEvent) {
    this._id = id;
    this.event = event;
    this.timestamp = isoTime(at);
    this.currentValue = JSON.parse(currentValue);
    this.dataPoint = dataPoint === null ? null : (JSON.parse(dataPoint) as ToldPoint);
  }
}

export class AlertHistory {
  @ApiProperty({ type: [AlertEventView] })
  readonly history: AlertEventView[];

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;
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

  @CountProperty(1440, { description: 'Points that were judged' })
  readonly dataPoints: number;

  @CountProperty(2, { description: 'How often it would have been triggered' })
  readonly triggered: number;

  @CountProperty(2, { description: 'How often it would have been resolved' })
  readonly resolved: number;

  @ApiProperty({ enum: RULE_STATES, description: 'Where it would stand at the end', example: 'resolved' })
  readonly state: RuleState;

  @ApiProperty({ type: [PreviewEventView], description: 'The first 1000 of them' })
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
