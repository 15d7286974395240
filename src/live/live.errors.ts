import { refusal } from '../common/errors';

export const TOO_MANY_STREAMS = refusal(
  503,
  'too_many_streams',
  'Too many streams are open. Retry-After says when to try again',
);
