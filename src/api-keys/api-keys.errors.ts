import { refusal } from '../common/errors';

export const KEY_NOT_FOUND = refusal(404, 'API key not found');
export const LAST_ADMIN_KEY = refusal(409, 'The last Admin key cannot be deleted');
export const ONLY_ADMIN_CREATES_KEYS = refusal(403, 'Only Admin keys can create API keys');
export const ONLY_ADMIN_LISTS_KEYS = refusal(403, 'Only Admin keys can list API keys');
export const ONLY_ADMIN_SEES_KEYS = refusal(403, 'Only Admin keys can view API keys');
export const ONLY_ADMIN_DELETES_KEYS = refusal(403, 'Only Admin keys can delete API keys');
export const ONLY_ADMIN_MANAGES_ORGANIZATION_KEYS = refusal(403, 'Only Admin keys can manage organization keys');
