import { refusal } from '../../common/errors';

export const RATE_LIMITED = refusal(429, 'Rate limit exceeded. Resets at <time>');
