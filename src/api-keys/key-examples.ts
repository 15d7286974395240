import { KeyCreated, KeysCreated } from './key.views';
import { KeyDeleted, KeyRotated, KeyUpdated, KeysRevoked, KeysRotated } from './key-change.views';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { CREATED_AT, EXPIRES_AT, KEY_TEXT } from './key-view-fields';

const BUCKET_KEY = { _id: EXAMPLE_IDS.apiKey, name: 'Living Room Sensor', type: 'write' };
const ADMIN_KEY = { _id: EXAMPLE_IDS.apiKey, name: 'Ops laptop', type: 'admin' };
const PAGINATION = { limit: 100, offset: 0, total: 1, hasMore: false };

/** Example replies for the OpenAPI document. Their keys have no restrictions, because no key has all of them. */
export const BUCKET_KEY_EXAMPLES = examplesFor(BUCKET_KEY, EXAMPLE_IDS.bucket, KEY_TEXT, 'dakkio_w_abc1...');
export const ADMIN_KEY_EXAMPLES = examplesFor(ADMIN_KEY, null, KEY_TEXT.replace('_w_', '_a_'), 'dakkio_a_abc1...');

function examplesFor(who: object, bucketId: string | null, key: string, keyPrefix: string) {
  const created = { ...who, key, bucketId, createdAt: CREATED_AT };
  const shown = { ...who, keyPrefix, bucketId, createdAt: CREATED_AT, lastUsedAt: '2024-01-15T11:30:00.000Z' };
  const bounded = { ...shown, enabled: true, expiresAt: EXPIRES_AT };
  return {
    created: { message: KeyCreated.message, apiKey: created },
    createdMany: { message: KeysCreated.message, apiKeys: [created] },
    list: { apiKeys: [shown], pagination: PAGINATION },
    one: { apiKey: bounded },
    updated: { message: KeyUpdated.message, apiKey: bounded },
    rotated: {
      message: KeyRotated.message,
      apiKey: { ...created, replaces: EXAMPLE_IDS.successor },
      replaces: { _id: EXAMPLE_IDS.successor, expiresAt: EXPIRES_AT },
    },
    revokedMany: { message: KeysRevoked.message, revokedKeys: [who] },
    rotatedMany: {
      message: KeysRotated.message,
      apiKeys: [{ ...created, replaces: EXAMPLE_IDS.successor }],
      replaces: [{ _id: EXAMPLE_IDS.successor, expiresAt: EXPIRES_AT }],
    },
    deleted: { message: KeyDeleted.message, deletedKey: who },
  };
}
