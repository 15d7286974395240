import { refusal, type Refusal } from '../common/errors';

/** The header of every 401. */
export const CHALLENGE = { 'WWW-Authenticate': 'ApiKey realm="dakkio"' };
/** The same on routes that take a password, for programs that send it only when asked: see `awaitsBasicChallenge`. */
export const BASIC_CHALLENGE = { 'WWW-Authenticate': `Basic realm="Dakkio", ${CHALLENGE['WWW-Authenticate']}` };

/** The same reply for every key that is not valid: the reason would only help someone who guesses keys. */
export const UNAUTHORIZED = refusal(401, 'unauthorized', 'Invalid or missing API key');
export const ADDRESS_NOT_ALLOWED = refusal(403, 'address_not_allowed', 'API key is not allowed from this address');

export const NO_SELF_ROTATION = refusal(403, 'self_rotation_not_allowed', 'This key may not rotate itself');

export const SESSION_NOT_ROTATED = refusal(
  403,
  'session_key',
  'A session key cannot be rotated. Rotate the key that it was opened with',
);
export const SESSION_OPENS_NONE = refusal(
  403,
  'session_key',
  'A session key cannot open sessions. Use the key that it was opened with',
);
export const SESSION_KEY_REQUIRED = refusal(403, 'session_key_required', 'Only session keys can be signed out');

export const WRITE_ONLY = refusal(403, 'write_only_key', 'Write-only keys cannot read data');
export const SOURCE_NOT_YOURS = refusal(
  403,
  'data_source_not_accessible',
  'API key does not have access to this data source',
);

/** What Write and Read keys are answered on a route for Admin keys: "Only Admin keys can create buckets". */
export function onlyAdminKeysCan(action: string): Refusal {
  return refusal(403, 'admin_key_required', `Only Admin keys can ${action}`);
}

/** What Read keys are answered on a route for Admin and Write keys: "Read keys cannot modify data". */
export function readKeysCannot(action: string): Refusal {
  return refusal(403, 'read_only_key', `Read keys cannot ${action}`);
}

/** For routes that do not name their action. */
export const ADMIN_KEY_REQUIRED = onlyAdminKeysCan('use this route');
export const READ_KEYS_CANNOT_MODIFY = readKeysCannot('modify data');
