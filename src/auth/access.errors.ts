import { refusal } from '../common/errors';

/** The header that goes with every 401. */
export const CHALLENGE = { 'WWW-Authenticate': 'ApiKey realm="dakkio"' };

/** One sentence for every key that does not open: which of the reasons it is would help a thief alone. */
export const UNAUTHORIZED = refusal(401, 'unauthorized', 'Invalid or missing API key');
export const ADDRESS_NOT_ALLOWED = refusal(403, 'address_not_allowed', 'API key is not allowed from this address');

export const NO_SELF_ROTATION = refusal(403, 'self_rotation_not_allowed', 'This key may not rotate itself');

export const READ_KEYS_CANNOT_WRITE = refusal(403, 'read_only_key', 'Read keys cannot modify data');
export const WRITE_ONLY = refusal(403, 'write_only_key', 'Write-only keys cannot read data');
export const SOURCE_NOT_YOURS = refusal(
  403,
  'data_source_not_accessible',
  'API key does not have access to this data source',
);

export const ONLY_ADMIN_CREATES_KEYS = refusal(403, 'admin_key_required', 'Only Admin keys can create API keys');
export const ONLY_ADMIN_LISTS_KEYS = refusal(403, 'admin_key_required', 'Only Admin keys can list API keys');
export const ONLY_ADMIN_SEES_KEYS = refusal(403, 'admin_key_required', 'Only Admin keys can view API keys');
export const ONLY_ADMIN_UPDATES_KEYS = refusal(403, 'admin_key_required', 'Only Admin keys can update API keys');
export const ONLY_ADMIN_ROTATES_KEYS = refusal(403, 'admin_key_required', 'Only Admin keys can rotate API keys');
export const ONLY_ADMIN_DELETES_KEYS = refusal(403, 'admin_key_required', 'Only Admin keys can delete API keys');
export const ONLY_ADMIN_MANAGES_ORGANIZATION_KEYS = refusal(
  403,
  'admin_key_required',
  'Only Admin keys can manage organization keys',
);
export const ONLY_ADMIN_CREATES_BUCKETS = refusal(403, 'admin_key_required', 'Only Admin keys can create buckets');
export const ONLY_ADMIN_LISTS_BUCKETS = refusal(403, 'admin_key_required', 'Only Admin keys can list buckets');
export const ONLY_ADMIN_SEES_BUCKETS = refusal(403, 'admin_key_required', 'Only Admin keys can access bucket details');
export const ONLY_ADMIN_UPDATES_BUCKETS = refusal(403, 'admin_key_required', 'Only Admin keys can update buckets');
export const ONLY_ADMIN_DELETES_BUCKETS = refusal(403, 'admin_key_required', 'Only Admin keys can delete buckets');
export const ONLY_ADMIN_DELETES_DATA = refusal(403, 'admin_key_required', 'Only Admin keys can delete data');
export const ONLY_ADMIN_SEES_ORGANIZATION = refusal(
  403,
  'admin_key_required',
  'Only Admin keys can access organization analytics',
);
export const ONLY_ADMIN_READS_AUDIT_LOG = refusal(403, 'admin_key_required', 'Only Admin keys can read the audit log');
