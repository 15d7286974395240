import { refusal } from '../common/errors';

export const ALREADY_PROCESSED = refusal(409, 'This request was already processed', {
  apiKeyId: '507f1f77bcf86cd799439013',
});
/** The same for a list of what was made. */
export const MANY_ALREADY_PROCESSED = refusal(409, ALREADY_PROCESSED.message, {
  apiKeyIds: ['507f1f77bcf86cd799439013'],
});
export const KEY_REUSED = refusal(422, 'Idempotency-Key was used before with another request');
export const IDEMPOTENCY_KEY_INVALID = refusal(400, 'Idempotency-Key must be 1 to 255 visible ASCII characters');
