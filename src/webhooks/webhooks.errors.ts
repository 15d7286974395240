import { refusal } from '../common/errors';

export const DELIVERY_NOT_FOUND = refusal(404, 'Delivery not found');
export const DELIVERY_WAITING = refusal(409, 'The delivery is still waiting to be sent');
