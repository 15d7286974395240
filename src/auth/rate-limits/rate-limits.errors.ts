import { refusal } from '../../common/errors';

export const RATE_LIMITED = refusal(429, 'rate_limit_exceeded', 'Rate limit exceeded. Resets at <time>');
