import { BUCKET_NOT_FOUND } from '../buckets/buckets.errors';
import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../common/errors';
import type { OperationDocs } from '../common/openapi/openapi';
import * as errors from './api-keys.errors';
import * as views from './api-keys.views';

const examples = views.ADMIN_KEY_EXAMPLES;

/** The organization's Admin keys, as the API's description shows them. */
export const docs = {
  create: {
    id: 'createAdminKey',
    summary: 'Create another Admin key for the organization',
    description: 'Only this reply contains the full key: store it now.',
    status: 201,
    answer: views.KeyCreated,
    example: examples.created,
    answerDescription: 'The key, shown only once',
    refusals: [errors.TOO_MANY_ADMIN_KEYS],
  },
  list: {
    id: 'listAdminKeys',
    summary: "List the organization's Admin keys, or all its keys",
    description:
      'The Admin keys, unless `type` or `bucketId` asks for others: `type=all` lists the Admin keys and the keys of all buckets. ' +
      'Oldest first, unless `sort` is sent.',
    status: 200,
    answer: views.KeyList,
    example: examples.list,
    refusals: [BUCKET_NOT_FOUND, AFTER_UNKNOWN, AFTER_AND_OFFSET],
  },
  get: {
    id: 'getAdminKey',
    summary: 'Get one Admin key of the organization',
    status: 200,
    answer: views.KeyReply,
    example: examples.one,
    refusals: [errors.KEY_NOT_FOUND],
  },
  update: {
    id: 'updateAdminKey',
    summary: 'Change an Admin key of the organization',
    description:
      'Changes the fields that you send; `null` removes a restriction. The last Admin key that the caller can use, which has no ' +
      'expiry and the current pepper, can neither be disabled nor get an expiry, a quota or addresses that exclude the caller.',
    status: 200,
    answer: views.KeyUpdated,
    example: examples.updated,
    refusals: [
      errors.KEY_NOT_FOUND,
      errors.KEY_RETIRED,
      errors.LAST_ADMIN_KEY,
      errors.LAST_ADMIN_KEY_RESTRICTED,
      errors.LINE_FULL,
      errors.TOO_MANY_ADMIN_KEYS,
    ],
  },
  rotate: {
    id: 'rotateAdminKey',
    summary: 'Rotate an Admin key of the organization',
    description: 'The old key stays valid for its grace period, as with the keys of a bucket.',
    status: 201,
    answer: views.KeyRotated,
    answerDescription: 'The new key, shown only once, and when the old one expires',
    example: examples.rotated,
    refusals: [
      errors.KEY_NOT_FOUND,
      errors.RETIRE_NEEDS_GRACE,
      errors.KEY_ALREADY_ROTATED,
      errors.KEY_EXPIRED,
      errors.KEY_DISABLED,
      errors.LINE_FULL,
      errors.TOO_MANY_ADMIN_KEYS,
      errors.LAST_ADMIN_KEY_RESTRICTED,
    ],
  },
  remove: {
    id: 'deleteAdminKey',
    summary: 'Delete an Admin key of the organization',
    description:
      'Once this reply is sent, the key is rejected. The last Admin key that the caller can use, which has no expiry and the current ' +
      'pepper, cannot be deleted.',
    status: 200,
    answer: views.KeyDeleted,
    example: examples.deleted,
    refusals: [errors.KEY_NOT_FOUND, errors.LAST_ADMIN_KEY],
  },
} satisfies Readonly<Record<string, OperationDocs>>;
