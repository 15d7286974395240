import { EXAMPLE_IDS } from '../../common/openapi/example-ids';
import { ChoiceField, IdField, TextField, WholeNumberField } from '../../common/validation/fields';
import { RequestExamples } from '../../common/openapi/openapi';
import { bucketDocs, sourceDocs } from '../../points/point-docs';
import { RULE_STATUSES, type RuleStatus } from '../evaluation/alert-rule.entity';
import type { WebhookHeaders } from '../../webhooks/webhook-headers';
import { HeadersField } from './headers-field';
import { CONDITION, COOLDOWN, docs, NAME, REPEAT, URL_BOUNDS } from './alert-fields';

export class AlertPath {
  @IdField('alert ID', EXAMPLE_IDS.alertRule)
  readonly alertId: string;
}

@RequestExamples({
  'Too hot': {
    bucketId: EXAMPLE_IDS.bucket,
    dataSourceId: EXAMPLE_IDS.dataSource,
    name: docs.name.example,
    condition: 'temperature is greater than 30 °C for 5 minutes',
    webhookUrl: docs.webhookUrl.example,
  },
  'No data': {
    bucketId: EXAMPLE_IDS.bucket,
    dataSourceId: EXAMPLE_IDS.dataSource,
    name: 'Sensor sends no data',
    condition: 'no data for 30 minutes',
    webhookUrl: docs.webhookUrl.example,
    cooldownMinutes: 60,
  },
})
export class CreateAlertBody {
  @IdField('bucket ID', EXAMPLE_IDS.bucket, bucketDocs)
  readonly bucketId?: string;

  @IdField('data source ID', EXAMPLE_IDS.dataSource, sourceDocs)
  readonly dataSourceId?: string;

  @TextField({ ...NAME, required: true }, docs.name)
  readonly name: string;

  @TextField({ ...CONDITION, required: true }, docs.condition)
  readonly condition: string;

  @TextField({ ...URL_BOUNDS, required: false, clearable: true }, docs.webhookUrl)
  readonly webhookUrl?: string | null;

  @HeadersField({ clearable: false }, docs.headers)
  readonly headers?: WebhookHeaders;

  @WholeNumberField(COOLDOWN, docs.cooldownMinutes)
  readonly cooldownMinutes?: number;

  @WholeNumberField(REPEAT, docs.repeatMinutes)
  readonly repeatMinutes?: number;
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

  @TextField({ ...URL_BOUNDS, required: false, clearable: true }, docs.webhookUrl)
  readonly webhookUrl?: string | null;

  @HeadersField({ clearable: true }, docs.headers)
  readonly headers?: WebhookHeaders | null;

  @WholeNumberField(COOLDOWN, docs.cooldownMinutes)
  readonly cooldownMinutes?: number;

  @WholeNumberField({ ...REPEAT, clearable: true }, docs.repeatMinutes)
  readonly repeatMinutes?: number | null;

  @ChoiceField(
    { values: RULE_STATUSES, required: false, message: "Invalid alert rule status. Must be 'active' or 'paused'" },
    { description: 'A paused rule is not evaluated. It is reset when it is paused or resumed', example: 'active' },
  )
  readonly status?: RuleStatus;
}
