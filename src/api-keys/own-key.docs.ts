import type { OperationDocs } from '../common/openapi/openapi';
import * as errors from './api-keys.errors';
import { KeyRotated } from './key-change.views';
import { BUCKET_KEY_EXAMPLES } from './key-examples';
import { SelfReply } from './own-key.views';

/** A key's own routes, as the API's description shows them. */
export const docs = {
  self: {
    id: 'getOwnApiKey',
    summary: 'Get the key of this request',
    description:
      'Its type, its bucket, its restrictions and what it may call. Restrictions that are not set are left out. With a session key ' +
      'it describes the session, which has the restrictions of the key that it was opened with.',
    status: 200,
    answer: SelfReply,
  },
  rotate: {
    id: 'rotateOwnApiKey',
    summary: 'Rotate the key of this request',
    description:
      'For a device that renews its own key. With `retireOnFirstUse` the old key expires when the new one is first used. Until ' +
      'then the device can send the request again: the next new key replaces the one that it never received.',
    status: 201,
    answer: KeyRotated,
    answerDescription: 'The new key, shown only once, and when the old one expires',
    example: BUCKET_KEY_EXAMPLES.rotated,
    refusals: [
      errors.RETIRE_NEEDS_GRACE,
      errors.KEY_ALREADY_ROTATED,
      errors.LINE_FULL,
      errors.TOO_MANY_KEYS,
      errors.TOO_MANY_ADMIN_KEYS,
      errors.LAST_ADMIN_KEY_RESTRICTED,
    ],
  },
} satisfies Readonly<Record<string, OperationDocs>>;
