import { refusal } from '../common/errors';

export const DELIVERY_NOT_FOUND = refusal(404, 'Delivery not found');
export const NO_WEBHOOK_URL = refusal(409, 'The alert rule has no webhook URL. Set its webhookUrl first');
export const DELIVERY_WAITING = refusal(409, 'The delivery is still waiting to be sent');
