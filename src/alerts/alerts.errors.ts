import { refusal } from '../common/errors';

export const ALERT_RULE_NOT_FOUND = refusal(404, 'Alert rule not found');
export const TOO_MANY_RULES = refusal(409, 'A bucket can have <most> alert rules, and this one has them all');
export const CONDITION_NOT_UNDERSTOOD = refusal(400, 'The condition was not understood <where>');
