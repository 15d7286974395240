import { SOURCE_NOT_YOURS } from '../../auth/access.errors';
import { BUCKET_ID_REQUIRED, BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../../buckets/buckets.errors';
import { refusal } from '../../common/errors';
import { SOURCE_ID_REQUIRED, SOURCE_NOT_FOUND } from '../../sources/sources.errors';
import * as services from '../../webhooks/sending/service-urls';
import * as urls from '../../webhooks/sending/webhook-url';

export const ALERT_RULE_NOT_FOUND = refusal(404, 'alert_rule_not_found', 'Alert rule not found');
export const TOO_MANY_RULES = refusal(
  409,
  'alert_rule_limit_reached',
  'A bucket can have <most> alert rules, and this one has them all',
);

export const URL_MASKED = refusal(
  400,
  'invalid_webhook',
  'Webhook URL must not end with …, unless it is sent back as the alert rule shows it',
);
export const HEADER_MASKED = refusal(
  400,
  'invalid_webhook',
  'The value … of a header means the one before, which this rule does not have for its origin. Send the value',
);
export const HEADERS_WITHOUT_URL = refusal(
  400,
  'invalid_webhook',
  'headers must not be sent for an alert rule without a webhookUrl',
);
export const URL_NO_TOPIC = refusal(400, 'invalid_webhook', services.URL_NO_TOPIC);
export const URL_NO_ROUTING_KEY = refusal(400, 'invalid_webhook', services.NO_ROUTING_KEY);
export const URL_INVALID = refusal(400, 'invalid_webhook', urls.URL_INVALID);
export const URL_CREDENTIALS = refusal(400, 'invalid_webhook', urls.URL_CREDENTIALS);
export const URL_NOT_HTTPS = refusal(400, 'invalid_webhook', urls.URL_NOT_HTTPS);
export const URL_FORBIDDEN = refusal(400, 'invalid_webhook', urls.URL_FORBIDDEN);

/** The refusals of a webhook URL and its headers. */
export const OF_URLS = [
  ...[URL_MASKED, URL_INVALID, URL_CREDENTIALS, URL_NOT_HTTPS, URL_FORBIDDEN],
  ...[URL_NO_TOPIC, URL_NO_ROUTING_KEY, HEADER_MASKED, HEADERS_WITHOUT_URL],
];

/** The refusals of calls that name a data source and, optionally, its bucket. */
export const OF_NAMED_SOURCES = [
  BUCKET_ID_REQUIRED,
  SOURCE_ID_REQUIRED,
  BUCKET_NOT_YOURS,
  BUCKET_NOT_FOUND,
  SOURCE_NOT_YOURS,
  SOURCE_NOT_FOUND,
];
