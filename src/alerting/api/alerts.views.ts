import { ApiProperty } from '@nestjs/swagger';
import { seesWebhookUrls } from '../../auth/right';
import { IdProperty, TimeProperty } from '../../common/openapi/openapi-fields';
import { Pagination } from '../../common/pagination';
import { isoTime } from '../../common/times';
import { maskedUrl } from '../../webhooks/masked-url';
import type { Headers } from '../../webhooks/webhook-headers';
import type { ShownWebhook } from '../../webhooks/shown-webhook';
import type { Condition } from '../conditions/condition';
import { RULE_STATES, type RuleState } from '../conditions/alert-state';
import { SOURCE_ID } from '../../sources/sources.dto';
import { BUCKET_ID } from '../../points/point-docs';
import { RULE_STATUSES, type AlertRule, type RuleStatus } from '../evaluation/alert-rule.entity';
import { WebhookView } from './webhook.view';
import { ALERT_ID, CONDITION, COOLDOWN, docs, NAME, parsedExample, REPEAT } from './alert-docs';

type Viewer = Parameters<typeof seesWebhookUrls>[0];

interface ShownRule {
  readonly rule: AlertRule;
  readonly webhook: ShownWebhook;
}

/** An alert rule as a client sees it: the webhook's URL only as far as its key may. */
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

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Where it is posted to; null for nowhere. Whole for Admin keys alone; others see its origin and `…`, which means unchanged when it is sent back',
    example: docs.webhookUrl.example,
  })
  readonly webhookUrl: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'The headers that are sent along, with `…` for each value',
    example: { Authorization: '…' },
  })
  readonly headers: Headers;

  @ApiProperty({ type: WebhookView, nullable: true, description: 'Whether its messages arrive; null without a URL' })
  readonly webhook: WebhookView | null;

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

  @ApiProperty({ type: 'integer', minimum: REPEAT.least, maximum: REPEAT.most, ...docs.repeatMinutes })
  readonly repeatMinutes: number;

  @TimeProperty('2024-01-15T10:10:00.000Z', { nullable: true })
  readonly lastTriggeredAt: string | null;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly createdAt: string;

  @TimeProperty('2024-01-15T10:10:00.000Z')
  readonly updatedAt: string;

  constructor({ rule, webhook }: ShownRule, viewer: Viewer) {
    this._id = rule.id;
    this.bucketId = rule.bucketId;
    this.dataSourceId = rule.sourceId;
    this.name = rule.name;
    this.condition = rule.condition;
    this.parsedCondition = rule.parsedCondition;
    this.webhookUrl = webhook.url === null || seesWebhookUrls(viewer) ? webhook.url : maskedUrl(webhook.url);
    this.headers = webhook.headers;
    this.webhook = webhook.url === null ? null : new WebhookView(webhook);
    this.status = rule.status;
    this.state = rule.alertState.state;
    this.cooldownMinutes = rule.cooldownMinutes;
    this.repeatMinutes = rule.repeatMinutes ?? rule.cooldownMinutes;
    this.lastTriggeredAt = rule.lastTriggeredAt === null ? null : isoTime(rule.lastTriggeredAt);
    this.createdAt = isoTime(rule.createdAt);
    this.updatedAt = isoTime(rule.updatedAt);
  }
}

const SECRET_EXAMPLE = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

export class NewAlertRuleView extends AlertRuleView {
  @ApiProperty({
    type: String,
    description: 'What deliveries are signed with, also those to a URL that is set later. Shown this once',
    example: SECRET_EXAMPLE,
  })
  readonly webhookSecret: string;

  constructor(created: ShownRule & { readonly secret: string }, viewer: Viewer) {
    super(created, viewer);
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
