import { BUCKET_NOT_FOUND, SOURCE_NOT_FOUND } from '../buckets/buckets.errors';
import { AFTER_AND_OFFSET, AFTER_UNKNOWN } from '../common/errors';
import type { OperationDocs } from '../common/openapi/openapi';
import * as errors from './api-keys.errors';
import * as views from './api-keys.views';
import { KEYS_CSV_EXAMPLE } from './keys-csv';

const examples = views.BUCKET_KEY_EXAMPLES;

/** The Write and Read keys of a bucket, as the API's description shows them. */
export const docs = {
  create: {
    id: 'createApiKey',
    summary: 'Create a Write or Read key for a bucket',
    description:
      'A Write key ingests data, creates data sources and manages alerts; a Read key queries data and views analytics. ' +
      'Only this reply contains the full key: store it now.',
    status: 201,
    answer: views.KeyCreated,
    answerDescription: 'The key, shown only once',
    example: examples.created,
    refusals: [BUCKET_NOT_FOUND, SOURCE_NOT_FOUND, errors.WRITE_ONLY_FOR_WRITE_KEYS, errors.TOO_MANY_KEYS],
  },
  createMany: {
    id: 'createManyApiKeys',
    summary: 'Create up to 500 keys for a bucket at once',
    description:
      'Creates all of them or none, in one commit. Send JSON, or CSV with the columns `name` and `type` and a column for each ' +
      'other field that you need, separated by `,` or `;`. With `Accept: text/csv` the reply is CSV too, for flashing devices. ' +
      'Only this reply contains the full keys.',
    status: 201,
    answer: views.KeysCreated,
    answerDescription: 'The keys, shown only once, in the order of the request',
    answerCsv: KEYS_CSV_EXAMPLE,
    example: examples.createdMany,
    refusals: [BUCKET_NOT_FOUND, SOURCE_NOT_FOUND, errors.WRITE_ONLY_FOR_WRITE_KEYS, errors.TOO_MANY_KEYS],
  },
  list: {
    id: 'listApiKeys',
    summary: 'List the API keys of a bucket',
    description:
      'Oldest first. Full keys are never shown again: `keyPrefix` identifies a key. To page through a list that changes meanwhile, ' +
      'send the last `_id` of each page as `after` for the next one.',
    status: 200,
    answer: views.KeyList,
    example: examples.list,
    refusals: [BUCKET_NOT_FOUND, AFTER_UNKNOWN, AFTER_AND_OFFSET],
  },
  get: {
    id: 'getApiKey',
    summary: 'Get one API key of a bucket',
    description: 'Includes its restrictions. After a rotation, `replaces` and `replacedBy` name the other key.',
    status: 200,
    answer: views.KeyReply,
    example: examples.one,
    refusals: [BUCKET_NOT_FOUND, errors.KEY_NOT_FOUND],
  },
  update: {
    id: 'updateApiKey',
    summary: 'Change an API key of a bucket',
    description:
      'Changes the fields that you send; `null` removes a restriction. Once this reply is sent, every instance of the server ' +
      'rejects a disabled key. Type, bucket, `dataSourceId`, `writeOnly` and `selfRotation` cannot be changed. If the change ' +
      'restricts the key, `descendants` lists the active keys that it was rotated into; `line=true` changes them too.',
    status: 200,
    answer: views.KeyUpdated,
    example: examples.updated,
    refusals: [BUCKET_NOT_FOUND, errors.KEY_NOT_FOUND, errors.KEY_RETIRED, errors.LINE_FULL, errors.TOO_MANY_KEYS],
  },
  rotate: {
    id: 'rotateApiKey',
    summary: 'Rotate an API key of a bucket',
    description:
      'The new key has the same rights. The old key expires at the end of its grace period or, with `retireOnFirstUse`, when ' +
      'the new key is first used. GET on the old key shows when it expires and when it was last used.',
    status: 201,
    answer: views.KeyRotated,
    answerDescription: 'The new key, shown only once, and when the old one expires',
    example: examples.rotated,
    refusals: [
      BUCKET_NOT_FOUND,
      errors.KEY_NOT_FOUND,
      errors.RETIRE_NEEDS_GRACE,
      errors.KEY_ALREADY_ROTATED,
      errors.KEY_EXPIRED,
      errors.KEY_DISABLED,
      errors.LINE_FULL,
      errors.TOO_MANY_KEYS,
    ],
  },
  remove: {
    id: 'deleteApiKey',
    summary: 'Delete an API key of a bucket',
    description:
      'Once this reply is sent, every instance of the server rejects the key. `descendants` lists the active keys that it was ' +
      'rotated into; `line=true` deletes them too.',
    status: 200,
    answer: views.KeyDeleted,
    refusals: [BUCKET_NOT_FOUND, errors.KEY_NOT_FOUND],
  },
} satisfies Readonly<Record<string, OperationDocs>>;
