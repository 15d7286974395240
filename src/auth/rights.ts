import type { Refusal } from '../common/errors';
import * as errors from './access.errors';
import { KEY_TYPES, type KeyType } from './key-type';
import type { Right } from './right';

/** The right to call a route: method and path as its controller declares them. */
export interface RouteRight<Type extends KeyType = KeyType> extends Right<Type> {
  readonly route: string;
  /** The action whose right it takes too as long as the data source has points. */
  readonly withPoints?: 'deleteData';
}

/** Where a route differs from others for the same key types: unless it says so, write-only keys are refused. */
type Options = Partial<Pick<RouteRight, 'writeOnly' | 'bound' | 'withPoints' | 'selfRotation'>>;

const admins = (route: string, otherwise: Refusal): RouteRight<'admin'> => ({
  ...{ route, types: ['admin'], otherwise, writeOnly: false, bound: 'none' },
});
const writers = (route: string, options: Options = {}): RouteRight<'admin' | 'write'> => ({
  ...{ route, types: ['admin', 'write'], otherwise: errors.READ_KEYS_CANNOT_WRITE, writeOnly: false, bound: 'source' },
  ...options,
});
const anyKey = (route: string, options: Options = {}): RouteRight => ({
  ...{ route, types: KEY_TYPES, otherwise: undefined, writeOnly: false, bound: 'source' },
  ...options,
});

const SELF = { writeOnly: true, bound: 'all' } as const;
const KEYS = 'api/buckets/:bucketId/keys';
const SOURCES = 'api/buckets/:bucketId/sources';
const manage = (route: string) => admins(route, errors.ONLY_ADMIN_MANAGES_ORGANIZATION_KEYS);

/**
 * What each key may do: the right to every route that takes a key, by the operation's id in the API's description. The
 * guard and the description read it, and `docs/keys.md` shows it as a table.
 */
export const RIGHTS = {
  createBucket: admins('POST /api/buckets', errors.ONLY_ADMIN_CREATES_BUCKETS),
  listBuckets: admins('GET /api/buckets', errors.ONLY_ADMIN_LISTS_BUCKETS),
  getBucket: admins('GET /api/buckets/:bucketId', errors.ONLY_ADMIN_SEES_BUCKETS),
  updateBucket: admins('PATCH /api/buckets/:bucketId', errors.ONLY_ADMIN_UPDATES_BUCKETS),
  putBucket: admins('PUT /api/buckets/:bucketId', errors.ONLY_ADMIN_UPDATES_BUCKETS),
  deleteBucket: admins('DELETE /api/buckets/:bucketId', errors.ONLY_ADMIN_DELETES_BUCKETS),

  getOwnApiKey: anyKey('GET /api/keys/self', SELF),
  rotateOwnApiKey: anyKey('POST /api/keys/self/rotate', { ...SELF, selfRotation: true }),

  createApiKey: admins(`POST /${KEYS}`, errors.ONLY_ADMIN_CREATES_KEYS),
  createManyApiKeys: admins(`POST /${KEYS}/bulk`, errors.ONLY_ADMIN_CREATES_KEYS),
  revokeManyApiKeys: admins(`POST /${KEYS}/bulk/revoke`, errors.ONLY_ADMIN_DELETES_KEYS),
  rotateManyApiKeys: admins(`POST /${KEYS}/bulk/rotate`, errors.ONLY_ADMIN_ROTATES_KEYS),
  listApiKeys: admins(`GET /${KEYS}`, errors.ONLY_ADMIN_LISTS_KEYS),
  getApiKey: admins(`GET /${KEYS}/:keyId`, errors.ONLY_ADMIN_SEES_KEYS),
  getApiKeyUsage: admins(`GET /${KEYS}/:keyId/usage`, errors.ONLY_ADMIN_SEES_KEYS),
  updateApiKey: admins(`PATCH /${KEYS}/:keyId`, errors.ONLY_ADMIN_UPDATES_KEYS),
  rotateApiKey: admins(`POST /${KEYS}/:keyId/rotate`, errors.ONLY_ADMIN_ROTATES_KEYS),
  deleteApiKey: admins(`DELETE /${KEYS}/:keyId`, errors.ONLY_ADMIN_DELETES_KEYS),

  createAdminKey: manage('POST /api/keys'),
  revokeManyAdminKeys: manage('POST /api/keys/bulk/revoke'),
  rotateManyAdminKeys: manage('POST /api/keys/bulk/rotate'),
  listAdminKeys: manage('GET /api/keys'),
  getAdminKey: manage('GET /api/keys/:keyId'),
  getAdminKeyUsage: manage('GET /api/keys/:keyId/usage'),
  updateAdminKey: manage('PATCH /api/keys/:keyId'),
  rotateAdminKey: manage('POST /api/keys/:keyId/rotate'),
  deleteAdminKey: manage('DELETE /api/keys/:keyId'),

  listAuditEvents: admins('GET /api/audit', errors.ONLY_ADMIN_READS_AUDIT_LOG),

  createDataSource: writers(`POST /${SOURCES}`, { writeOnly: true, bound: 'none' }),
  createManyDataSources: writers(`POST /${SOURCES}/bulk`, { writeOnly: true, bound: 'none' }),
  listDataSources: anyKey(`GET /${SOURCES}`),
  getDataSource: anyKey(`GET /${SOURCES}/:sourceId`),
  updateDataSource: writers(`PATCH /${SOURCES}/:sourceId`),
  deleteDataSource: writers(`DELETE /${SOURCES}/:sourceId`, { withPoints: 'deleteData' }),

  ingestPoint: writers('POST /api/data', { writeOnly: true }),
  ingestBatch: writers('POST /api/data/batch', { writeOnly: true }),
  queryData: anyKey('POST /api/data/query'),
  getLatestData: anyKey('GET /api/data/latest'),
  deleteData: admins('DELETE /api/data', errors.ONLY_ADMIN_DELETES_DATA),

  getOverview: admins('GET /api/analytics/overview', errors.ONLY_ADMIN_SEES_ORGANIZATION),
  getBucketAnalytics: anyKey('GET /api/analytics/buckets/:bucketId'),

  createAlertRule: writers('POST /api/alerts'),
  previewAlertRule: anyKey('POST /api/alerts/preview'),
  listAlertRules: anyKey('GET /api/buckets/:bucketId/alerts'),
  getAlertRule: anyKey('GET /api/alerts/:alertId'),
  updateAlertRule: writers('PATCH /api/alerts/:alertId'),
  deleteAlertRule: writers('DELETE /api/alerts/:alertId'),
  listAlertHistory: anyKey('GET /api/alerts/:alertId/history'),
  rotateAlertSecret: writers('POST /api/alerts/:alertId/rotate-secret'),
  testAlertRule: writers('POST /api/alerts/:alertId/test'),
  listAlertDeliveries: anyKey('GET /api/alerts/:alertId/deliveries'),
  getAlertDelivery: anyKey('GET /api/alerts/:alertId/deliveries/:deliveryId'),
  replayAlertDelivery: writers('POST /api/alerts/:alertId/deliveries/:deliveryId/replay'),
};

export type Action = keyof typeof RIGHTS;

type TypeOf<Name extends Action> = (typeof RIGHTS)[Name]['types'][number];

/** The actions for keys of these types and of no others. */
export type ActionFor<Type extends KeyType> = {
  [Name in Action]: [Type, TypeOf<Name>] extends [TypeOf<Name>, Type] ? Name : never;
}[Action];
