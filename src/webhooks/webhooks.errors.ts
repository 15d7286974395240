import { refusal } from '../common/errors';

export const DELIVERY_NOT_FOUND = refusal(404, 'delivery_not_found', 'Delivery not found');
export const NO_WEBHOOK_URL = refusal(
  409,
  'webhook_url_missing',
  'The alert rule has no webhook URL. Set its webhookUrl first',
);
export const DELIVERY_WAITING = refusal(409, 'delivery_pending', 'The delivery is still waiting to be sent');
