import { refusal } from '../common/errors';
import * as urls from '../webhooks/webhook-url';

export const ALERT_RULE_NOT_FOUND = refusal(404, 'Alert rule not found');
export const TOO_MANY_RULES = refusal(409, 'A bucket can have <most> alert rules, and this one has them all');
export const CONDITION_NOT_UNDERSTOOD = refusal(
  400,
  'The condition was not understood <where>: <expected>. Example: "<example>"',
);
export const CONDITION_NO_NUMBER = refusal(
  400,
  '<field> is no number. A condition compares numbers. Example: "<example>"',
);
export const CONDITION_BOUNDS = refusal(400, 'The lower bound <low> is above the upper bound <high>');
export const CONDITION_UNIT = refusal(400, '<field> is in <unit>, not in <said>');
export const CONDITION_TIME = refusal(400, 'A time must be from 1 second to 30 days');

/** What a condition is refused with. */
export const OF_CONDITIONS = [
  CONDITION_NOT_UNDERSTOOD,
  CONDITION_NO_NUMBER,
  CONDITION_BOUNDS,
  CONDITION_UNIT,
  CONDITION_TIME,
];

export const URL_INVALID = refusal(400, urls.URL_INVALID);
export const URL_CREDENTIALS = refusal(400, urls.URL_CREDENTIALS);
export const URL_NOT_HTTPS = refusal(400, urls.URL_NOT_HTTPS);
export const URL_FORBIDDEN = refusal(400, urls.URL_FORBIDDEN);

/** What a webhook's URL is refused with. */
export const OF_URLS = [URL_INVALID, URL_CREDENTIALS, URL_NOT_HTTPS, URL_FORBIDDEN];
