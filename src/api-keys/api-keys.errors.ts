import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { refusal } from '../common/errors';

export const KEY_NOT_FOUND = refusal(404, 'api_key_not_found', 'API key not found');
export const LAST_ADMIN_KEY = refusal(409, 'last_admin_key', 'The last Admin key cannot be deleted');
export const LAST_ADMIN_KEY_RESTRICTED = refusal(409, 'last_admin_key', 'The last Admin key cannot be restricted');
export const SESSION_NOT_CHANGED = refusal(
  403,
  'session_key',
  'A session key cannot be changed. Change the key that it was opened with',
);
export const KEY_RETIRED = refusal(409, 'api_key_replaced', 'API key was replaced and cannot be used again');
export const LINE_FULL = refusal(
  409,
  'rotation_limit_reached',
  'A key and what it was rotated into can be <most> living keys. The oldest of this line is <oldest>',
  { apiKeyId: EXAMPLE_IDS.alertRule },
);
export const TOO_MANY_KEYS = refusal(
  409,
  'api_key_limit_reached',
  'A bucket can have <most> living API keys: there is room for <room> more',
);
export const TOO_MANY_ADMIN_KEYS = refusal(
  409,
  'api_key_limit_reached',
  'An organization can have <most> living Admin keys: there is room for <room> more',
);
export const KEY_ALREADY_ROTATED = refusal(409, 'api_key_already_rotated', 'API key was already rotated', {
  apiKeyId: EXAMPLE_IDS.alertRule,
});
export const KEY_EXPIRED = refusal(409, 'api_key_expired', 'API key has expired');
export const KEY_DISABLED = refusal(409, 'api_key_disabled', 'API key is disabled');
export const WRITE_ONLY_FOR_WRITE_KEYS = refusal(400, 'conflicting_fields', 'writeOnly is only for write keys');
export const KEYS_NOT_CHOSEN = refusal(400, 'conflicting_fields', 'Send either ids or filter');
export const FILTER_EMPTY = refusal(
  400,
  'filter_too_wide',
  'filter must exclude keys by state, type, q or unusedForDays',
);
export const FILTER_TOO_WIDE = refusal(
  400,
  'filter_too_wide',
  'filter matches <found> keys. At most <most> can be changed at once',
);
export const ROTATION_TOLD_TWICE = refusal(
  400,
  'conflicting_fields',
  'Send gracePeriodSeconds and retireOnFirstUse in the body or in the query, not in both',
);
export const RETIRE_NEEDS_GRACE = refusal(400, 'conflicting_fields', 'retireOnFirstUse needs a grace period');
