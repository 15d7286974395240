import { refusal } from '../common/errors';

export const TOO_MANY_QUERIES = refusal(
  503,
  'too_many_queries',
  'Too many queries are waiting. Retry-After says when to try again',
);
export const SERVER_STOPPING = refusal(503, 'server_stopping', 'The server is stopping. Please try again');
