import { refusal } from '../common/errors';

/** One sentence for every key that does not open: which of the reasons it is would help a thief alone. */
export const UNAUTHORIZED = refusal(401, 'Invalid or missing API key');
export const ADDRESS_NOT_ALLOWED = refusal(403, 'API key is not allowed from this address');
