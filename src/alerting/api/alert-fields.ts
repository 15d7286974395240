/** Bounds and OpenAPI texts of the fields of alert rules. */
import { LONGEST_URL } from '../../webhooks/sending/webhook-url';

export const NAME = { label: 'Alert rule name', maxLength: 100 };
export const CONDITION = { label: 'Condition', maxLength: 500 };
export const URL_BOUNDS = { label: 'Webhook URL', maxLength: LONGEST_URL };
export const COOLDOWN = { label: 'cooldownMinutes', least: 1, most: 43_200 };
export const REPEAT = { label: 'repeatMinutes', least: 0, most: 43_200 };
export const DEFAULT_COOLDOWN_MINUTES = 5;

export const docs = {
  name: { description: 'Shown in notifications', example: 'Server room too hot' },
  condition: {
    description: 'When the rule fires, in plain English. `parsedCondition` in the reply shows how it was parsed',
    example: 'temperature is greater than 30 °C for 5 minutes',
  },
  webhookUrl: {
    description:
      'Where messages are posted, by https. Slack, Discord, Teams, ntfy and PagerDuty get their own format; ' +
      '`?format=slack|discord|teams|ntfy|gotify|pagerduty|standard` sets it explicitly. `null`: ' +
      'nothing is sent',
    example: 'https://example.com/hooks/dakkio',
  },
  headers: {
    description:
      'Additional headers of each message, such as `Authorization`. Stored encrypted and shown as `…`; sent back, `…` keeps the ' +
      'value. A `webhookUrl` of another origin removes them unless they are sent again',
    example: { Authorization: 'Bearer tk_example' },
  },
  cooldownMinutes: {
    description: 'The minimum time between the last notification and the next firing',
    default: DEFAULT_COOLDOWN_MINUTES,
    example: DEFAULT_COOLDOWN_MINUTES,
  },
  repeatMinutes: {
    description: 'The interval of reminders while the condition is met; 0 for none. Defaults to `cooldownMinutes`',
    example: 60,
  },
};
export const parsedExample = { field: 'temperature', operator: 'gt', value: 30, durationSeconds: 300 };
const VALUES = [{ type: 'number' }, { type: 'boolean' }, { type: 'string' }];
export const valueDocs = {
  nullable: true,
  oneOf: [...VALUES, { type: 'array', items: { oneOf: VALUES, nullable: true } }],
  description:
    'The value of the field, or a list with one for each comparison. For `no_data`, the seconds since data last arrived',
  example: 31.5,
};
export const EVENTS = ['triggered', 'resolved'] as const;
