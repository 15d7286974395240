/** OpenAPI texts of the alert rule routes. */
import { BUCKET_NOT_FOUND, BUCKET_NOT_YOURS } from '../../buckets/buckets.errors';
import { SOURCE_NOT_YOURS } from '../../auth/access.errors';
import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../../common/errors';
import type { OperationDocs } from '../../common/openapi/openapi';
import { CONDITION_ERRORS } from '../conditions/condition.errors';
import * as errors from './alerts.errors';
import * as views from './alerts.views';
import { AlertHistory } from './history.views';

const OF_RULE = [errors.ALERT_RULE_NOT_FOUND];
const OF_LISTS = [BUCKET_NOT_YOURS, BUCKET_NOT_FOUND, SOURCE_NOT_YOURS, AFTER_UNKNOWN, AFTER_AND_OFFSET];

export const CREATE: OperationDocs = {
  id: 'createAlertRule',
  summary: 'Create an alert rule',
  description:
    'The rule evaluates each point of its data source from now on. The webhook secret is shown only in this reply. Without a ' +
    '`webhookUrl` nothing is sent: the state and history of the rule are in the API only.',
  status: 201,
  answer: views.AlertCreated,
  refusals: [...errors.OF_NAMED_SOURCES, ...CONDITION_ERRORS, ...errors.OF_URLS, errors.TOO_MANY_RULES],
};

export const GET: OperationDocs = {
  id: 'getAlertRule',
  summary: 'Get an alert rule with its state',
  status: 200,
  answer: views.AlertReply,
  refusals: OF_RULE,
};

export const UPDATE: OperationDocs = {
  id: 'updateAlertRule',
  summary: 'Change, pause or resume an alert rule',
  description:
    'Only the fields that are sent change. If the condition changes in meaning, or the rule is paused or resumed, the rule is ' +
    'reset to `ok`; if it was firing, `alert.resolved` is sent with a `reason`. Other changes, including a reworded condition, ' +
    'keep the state. A new URL is used at once, and switches a webhook on that was off. `"webhookUrl": null` removes the URL and ' +
    'the headers: queued messages fail.',
  status: 200,
  answer: views.AlertUpdated,
  refusals: [...OF_RULE, ...CONDITION_ERRORS, ...errors.OF_URLS],
};

export const DELETE: OperationDocs = {
  id: 'deleteAlertRule',
  summary: 'Delete an alert rule',
  description:
    'Its history and queued messages are deleted too. If it was firing, `alert.resolved` is sent with the reason `deleted`.',
  status: 200,
  answer: views.AlertDeleted,
  refusals: OF_RULE,
};

export const HISTORY: OperationDocs = {
  id: 'listAlertHistory',
  summary: 'List the history of an alert rule',
  description: 'When it was triggered and resolved, newest first. The history is kept for a year.',
  status: 200,
  answer: AlertHistory,
  refusals: [...OF_RULE, AFTER_AND_OFFSET],
};

export const ROTATE_SECRET: OperationDocs = {
  id: 'rotateAlertSecret',
  summary: 'Rotate the webhook secret of an alert rule',
  description:
    'For 24 hours deliveries are signed with the old and the new secret, so that the receiver can switch without downtime.',
  status: 200,
  answer: views.SecretRotated,
  refusals: OF_RULE,
};

export const LIST: OperationDocs = {
  id: 'listAlertRules',
  summary: 'List the alert rules of a bucket',
  description:
    'Oldest first, unless `sort` is sent. A key with a `dataSourceId` sees only the rules of that data source.',
  status: 200,
  answer: views.AlertList,
  refusals: OF_LISTS,
};

export const LIST_ALL: OperationDocs = {
  id: 'listAllAlertRules',
  summary: 'List the alert rules of all buckets that the key can access',
  description:
    'An Admin key gets those of the organization, a Write or Read key those of its bucket, and a key with a `dataSourceId` those of ' +
    'that data source. Oldest first, unless `sort` is sent.',
  status: 200,
  answer: views.AlertList,
  refusals: OF_LISTS,
};
