/** How the API's description shows alert rules, and what bounds their fields have. */
import { LONGEST_URL } from '../../webhooks/sending/webhook-url';

export const ALERT_ID = '507f1f77bcf86cd799439015';

export const NAME = { label: 'Alert rule name', maxLength: 100 };
export const CONDITION = { label: 'Condition', maxLength: 500 };
export const URL_BOUNDS = { label: 'Webhook URL', maxLength: LONGEST_URL };
export const COOLDOWN = { label: 'cooldownMinutes', least: 1, most: 43_200 };
export const REPEAT = { label: 'repeatMinutes', least: 0, most: 43_200 };
export const DEFAULT_COOLDOWN_MINUTES = 5;

export const docs = {
  name: { description: 'What the alert is called where it arrives', example: 'Server room too hot' },
  condition: {
    description: 'When it holds, in plain English. `parsedCondition` in the reply shows how it was understood',
    example: 'temperature is greater than 30 °C for 5 minutes',
  },
  webhookUrl: {
    description:
      'Where it is posted to, by https. Slack, Discord, Teams, ntfy and PagerDuty get their own shape; ' +
      '`?format=slack|discord|teams|ntfy|gotify|pagerduty|standard` asks for one. `null`: ' +
      'nothing is sent',
    example: 'https://example.com/hooks/dakkio',
  },
  headers: {
    description:
      'Headers to send along, such as `Authorization`. Stored encrypted, and shown as `…`, which means unchanged when it is sent ' +
      'back. A `webhookUrl` of another origin clears them unless they are sent again',
    example: { Authorization: 'Bearer tk_example' },
  },
  cooldownMinutes: {
    description: 'How long after its last message the rule waits before it fires again',
    default: DEFAULT_COOLDOWN_MINUTES,
    example: DEFAULT_COOLDOWN_MINUTES,
  },
  repeatMinutes: {
    description:
      'How long after its last message a rule that still holds sends a reminder; 0 for never. By default the cooldown',
    example: 60,
  },
};
export const parsedExample = { field: 'temperature', operator: 'gt', value: 30, durationSeconds: 300 };
const VALUES = [{ type: 'number' }, { type: 'boolean' }, { type: 'string' }];
export const valueDocs = {
  nullable: true,
  oneOf: [...VALUES, { type: 'array', items: { oneOf: VALUES, nullable: true } }],
  description:
    'Value of the field; a list where several comparisons are joined; of silence, how many seconds it has lasted since data last arrived',
  example: 31.5,
};
export const EVENTS = ['triggered', 'resolved'] as const;
