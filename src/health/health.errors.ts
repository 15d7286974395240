import { refusal } from '../common/errors';

export const NOT_READY = refusal(503, 'not_ready', 'The server is not ready: <problem>', {
  status: 'unavailable',
  checks: { read: 'ok', write: 'full', data: 'ok' },
});
