import { MessageReply } from '../../common/openapi/message-reply';
import { EXAMPLE_IDS } from '../../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { seesWebhookUrls } from '../../auth/right';
import { IdProperty, TimeProperty } from '../../common/openapi/openapi-fields';
import { Pagination } from '../../common/pagination';
import { isoTime } from '../../common/times';
import { maskedUrl } from '../../webhooks/masked-url';
import type { WebhookHeaders } from '../../webhooks/webhook-headers';
import type { ShownWebhook } from '../../webhooks/shown-webhook';
import type { Condition } from '../conditions/condition';
import { RULE_STATES, type RuleState } from '../conditions/alert-state';
import { RULE_STATUSES, type AlertRule, type RuleStatus } from '../evaluation/alert-rule.entity';
import { WebhookView } from './webhook.view';
import { CONDITION, COOLDOWN, docs, NAME, parsedExample, REPEAT } from './alert-fields';

type Viewer = Parameters<typeof seesWebhookUrls>[0];

interface ShownRule {
  readonly rule: AlertRule;
  readonly webhook: ShownWebhook;
}

/** An alert rule as a client sees it. Only Admin keys see the whole webhook URL. */
export class AlertRuleView {
  @IdProperty(EXAMPLE_IDS.alertRule)
  readonly _id: string;

  @IdProperty(EXAMPLE_IDS.bucket)
  readonly bucketId: string;

  @IdProperty(EXAMPLE_IDS.dataSource)
  readonly dataSourceId: string;

  @ApiProperty({ type: String, maxLength: NAME.maxLength, ...docs.name })
  readonly name: string;

  @ApiProperty({
    type: String,
    maxLength: CONDITION.maxLength,
    description: 'The text as it was sent',
    example: docs.condition.example,
  })
  readonly condition: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The condition as it was parsed',
    example: parsedExample,
  })
  readonly parsedCondition: Condition;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Where messages are posted; null for nowhere. Admin keys see the whole URL, others its origin and `…`; sent back, it keeps the URL',
    example: docs.webhookUrl.example,
  })
  readonly webhookUrl: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Additional headers of each message, with `…` instead of the values',
    example: { Authorization: '…' },
  })
  readonly headers: WebhookHeaders;

  @ApiProperty({ type: WebhookView, nullable: true, description: 'Whether messages arrive; null without a URL' })
  readonly webhook: WebhookView | null;

  @ApiProperty({ enum: RULE_STATUSES, description: 'A paused rule is not evaluated', example: 'active' })
  readonly status: RuleStatus;

  @ApiProperty({
    enum: RULE_STATES,
    description:
      '`ok`: the condition is not met. `pending`: it is met, but not yet for its duration. `triggered`: the rule has fired. ' +
      '`cooldown`, then `resolved`: the alert has ended',
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
    description: 'The key that signs deliveries, also if the URL is set later. Shown only once',
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

export class AlertCreated extends MessageReply('Alert rule created successfully') {
  @ApiProperty({ type: NewAlertRuleView })
  readonly alertRule: NewAlertRuleView;
}

export class AlertUpdated extends MessageReply('Alert rule updated successfully') {
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
  @IdProperty(EXAMPLE_IDS.alertRule)
  readonly _id: string;

  @ApiProperty({ type: String, example: docs.name.example })
  readonly name: string;
}

export class AlertDeleted extends MessageReply('Alert rule deleted successfully') {
  @ApiProperty({ type: DeletedAlert })
  readonly deletedAlertRule: DeletedAlert;
}

export class SecretRotated extends MessageReply('Webhook secret rotated successfully') {
  @ApiProperty({ type: String, description: 'The new secret. Shown only once', example: SECRET_EXAMPLE })
  readonly webhookSecret: string;

  @TimeProperty('2024-01-16T10:10:00.000Z', {
    description: 'Until then deliveries are also signed with the previous secret',
  })
  readonly previousSecretValidUntil: string;
}
