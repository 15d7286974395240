import { refusal } from '../common/errors';

export const KEY_NOT_FOUND = refusal(404, 'API key not found');
export const LAST_ADMIN_KEY = refusal(409, 'The last Admin key cannot be deleted');
export const LAST_ADMIN_KEY_RESTRICTED = refusal(409, 'The last Admin key cannot be restricted');
export const KEY_RETIRED = refusal(409, 'API key was replaced for good and cannot open again');
export const LINE_FULL = refusal(
  409,
  'A key and what it was rotated into can be <most> living keys. The oldest of this line is <oldest>',
  { apiKeyId: '507f1f77bcf86cd799439015' },
);
export const TOO_MANY_KEYS = refusal(409, 'A bucket can have <most> living API keys: there is room for <room> more');
export const TOO_MANY_ADMIN_KEYS = refusal(
  409,
  'An organization can have <most> living Admin keys: there is room for <room> more',
);
export const KEY_ALREADY_ROTATED = refusal(409, 'API key was already rotated', {
  apiKeyId: '507f1f77bcf86cd799439015',
});
export const KEY_EXPIRED = refusal(409, 'API key has expired');
export const KEY_DISABLED = refusal(409, 'API key is disabled');
export const WRITE_ONLY_FOR_WRITE_KEYS = refusal(400, 'writeOnly is for write keys alone');
export const KEYS_NOT_CHOSEN = refusal(400, 'Send either ids or filter');
export const FILTER_EMPTY = refusal(400, 'filter must leave keys out by state, type, q or unusedForDays');
export const FILTER_TOO_WIDE = refusal(400, 'filter matches <found> keys. At most <most> can be changed at once');
export const ROTATION_TOLD_TWICE = refusal(
  400,
  'Send gracePeriodSeconds and retireOnFirstUse in the body or in the query, not in both',
);
export const RETIRE_NEEDS_GRACE = refusal(400, 'retireOnFirstUse needs a grace period');
