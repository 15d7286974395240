import { refusal } from '../common/errors';

export const KEY_NOT_FOUND = refusal(404, 'API key not found');
export const LAST_ADMIN_KEY = refusal(409, 'The last Admin key cannot be deleted');
export const KEY_ALREADY_ROTATED = refusal(409, 'API key was already rotated', {
  apiKeyId: '507f1f77bcf86cd799439015',
});
export const KEY_EXPIRED = refusal(409, 'API key has expired');
export const KEY_DISABLED = refusal(409, 'API key is disabled');
export const WRITE_ONLY_FOR_WRITE_KEYS = refusal(400, 'writeOnly is for write keys alone');
export const RETIRE_NEEDS_GRACE = refusal(400, 'retireOnFirstUse needs a grace period');
