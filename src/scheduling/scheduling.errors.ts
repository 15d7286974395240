import { refusal } from '../common/errors';

export const TOO_MANY_QUERIES = refusal(503, 'Too many queries are waiting. Retry-After says when to try again');
export const SERVER_STOPPING = refusal(503, 'The server is stopping. Please try again');
