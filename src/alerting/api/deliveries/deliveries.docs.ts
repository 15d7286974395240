/** OpenAPI texts of the delivery routes. */
import { BUCKET_NOT_FOUND } from '../../../buckets/buckets.errors';
import { AFTER_AND_OFFSET } from '../../../common/errors';
import type { OperationDocs } from '../../../common/openapi/openapi';
import { DELIVERY_NOT_FOUND, DELIVERY_WAITING, NO_WEBHOOK_URL } from '../../../webhooks/webhooks.errors';
import { ALERT_RULE_NOT_FOUND } from '../alerts.errors';
import { AllDeliveriesList } from './all-deliveries.dto';
import * as dto from './deliveries.dto';

const OF_RULE = [ALERT_RULE_NOT_FOUND];

export const TEST: OperationDocs = {
  id: 'testAlertRule',
  summary: 'Send a test message to the webhook of an alert rule',
  description:
    'Signed like any other message, with `test: true`, and sent once. The reply contains the result. The state of the rule does not change.',
  status: 200,
  answer: dto.AlertTested,
  refusals: [...OF_RULE, NO_WEBHOOK_URL],
};

export const LIST: OperationDocs = {
  id: 'listAlertDeliveries',
  summary: 'List the deliveries of an alert rule',
  description: 'Newest first. Finished deliveries are kept for 30 days.',
  status: 200,
  answer: dto.DeliveryList,
  refusals: [...OF_RULE, AFTER_AND_OFFSET],
};

export const LIST_ALL: OperationDocs = {
  id: 'listAllDeliveries',
  summary: 'List the deliveries of all alert rules of the organization',
  description: 'Newest first, unless `sort=asc` is sent. Finished deliveries are kept for 30 days.',
  status: 200,
  answer: AllDeliveriesList,
  refusals: [BUCKET_NOT_FOUND, AFTER_AND_OFFSET],
};

export const GET: OperationDocs = {
  id: 'getAlertDelivery',
  summary: 'Get a delivery with its payload',
  status: 200,
  answer: dto.DeliveryReply,
  refusals: [...OF_RULE, DELIVERY_NOT_FOUND],
};

export const REPLAY: OperationDocs = {
  id: 'replayAlertDelivery',
  summary: 'Replay a delivery',
  description:
    'Sends it again under the same `webhook-id`, with all attempts. A webhook that was switched off is switched on.',
  status: 200,
  answer: dto.DeliveryReplayed,
  refusals: [...OF_RULE, DELIVERY_NOT_FOUND, DELIVERY_WAITING, NO_WEBHOOK_URL],
};
