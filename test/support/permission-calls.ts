/** The resources that a call names. */
export interface Ids {
  readonly alertId: string;
  readonly deliveryId: string;
  readonly bucketId: string;
  readonly keyId: string;
  readonly sourceId: string;
}

/** How to call a route, and where it names its bucket and data source. Its decorator defines who may call it. */
export interface RouteCall {
  readonly body?: object | string | ((ids: Ids) => object);
  readonly query?: string;
  /** Whether its body or query names a bucket, which its path does not. */
  readonly namesBucket?: boolean;
  /** Whether its body names a data source. */
  readonly namesSource?: boolean;
  readonly success?: 200 | 201 | 204;
  /** Whether its errors have the form of InfluxDB, which knows no bucket that the key has no access to. */
  readonly isInflux?: true;
  /** Refused to Admin keys of other organizations. */
  readonly isOfFirst?: boolean;
  /** Whether it is for session keys alone: it is called with a new session of the key. */
  readonly bySession?: boolean;
}

const NAME = { name: 'Greenhouse' };
const NEW_KEY = { name: 'x', type: 'read' };
const NEW_SOURCE = { name: 'Climate', schema: { t: 'number' } };
const ALERT = { name: 'Too hot', condition: 't > 30', webhookUrl: 'https://example.com/' };
const IN_2024 = { startTime: '2024-01-01T00:00:00Z', endTime: '2024-01-02T00:00:00Z' };
const CREATES = { success: 201 } as const;
const IN_SOURCE = { namesBucket: true, namesSource: true } as const;
const LINES = { body: 'm f=1', namesBucket: true, isInflux: true, success: 204 } as const;
const named = ({ bucketId, sourceId }: Ids) => ({ bucketId, dataSourceId: sourceId });

/** How the permission matrix calls each route, by operation. */
export const CALLS: Record<string, RouteCall> = {
  createBucket: { body: NAME, ...CREATES },
  listBuckets: {},
  getBucket: {},
  updateBucket: { body: NAME },
  putBucket: { body: NAME },
  deleteBucket: {},
  getOwnApiKey: {},
  // A rotated key can be rotated again as long as its replacement was never used.
  rotateOwnApiKey: { body: { retireOnFirstUse: true }, ...CREATES },
  createSession: { ...CREATES },
  deleteSession: { bySession: true },
  createApiKey: { body: NEW_KEY, ...CREATES },
  createManyApiKeys: { body: { keys: [NEW_KEY] }, ...CREATES },
  revokeManyApiKeys: { body: { filter: { q: 'no such key' } } },
  rotateManyApiKeys: { body: { filter: { q: 'no such key' } }, ...CREATES },
  listApiKeys: {},
  getApiKey: {},
  getApiKeyUsage: {},
  updateApiKey: { body: NAME },
  rotateApiKey: { body: {}, ...CREATES },
  deleteApiKey: {},
  createAdminKey: { body: { name: 'Ops', type: 'admin' }, ...CREATES },
  revokeManyAdminKeys: { body: { filter: { q: 'no such key' } } },
  rotateManyAdminKeys: { body: { filter: { q: 'no such key' } }, ...CREATES },
  listAdminKeys: {},
  getAdminKey: {},
  getAdminKeyUsage: {},
  updateAdminKey: { body: NAME },
  rotateAdminKey: { body: {}, ...CREATES },
  deleteAdminKey: {},
  listAuditEvents: {},
  listApiKeyUsage: {},
  listAllDataSources: {},
  createDataSource: { body: NEW_SOURCE, ...CREATES },
  createManyDataSources: { body: { sources: [NEW_SOURCE] }, ...CREATES },
  listDataSources: {},
  getDataSource: {},
  updateDataSource: { body: NAME },
  deleteDataSource: {},
  ingestPoint: { body: (ids) => ({ ...named(ids), values: { t: 1 } }), ...IN_SOURCE, ...CREATES },
  ingestBatch: {
    body: ({ bucketId, sourceId }) => ({ bucketId, dataPoints: [{ dataSourceId: sourceId, values: { t: 1 } }] }),
    ...IN_SOURCE,
    ...CREATES,
  },
  ingestCsv: {
    body: 'time,t\n1700000000000,1\n',
    query: '?bucketId=:bucketId&dataSourceId=:sourceId',
    ...IN_SOURCE,
    ...CREATES,
  },
  writeBucketLines: { ...LINES, query: '?bucket=:bucketId' },
  writeDatabaseLines: { ...LINES, query: '?db=:bucketId' },
  writeLines: { ...LINES, query: '?db=:bucketId' },
  queryInfluxQL: { query: '?q=SHOW%20DATABASES', isInflux: true },
  runInfluxStatement: { query: '?q=CREATE%20DATABASE%20%22:bucketId%22', namesBucket: true, isInflux: true },
  queryData: { body: ({ bucketId }) => ({ bucketId }), namesBucket: true },
  exportData: { query: '?bucketId=:bucketId', namesBucket: true },
  getLatestData: { query: '?bucketId=:bucketId', namesBucket: true },
  streamData: { query: '?bucketId=:bucketId', namesBucket: true },
  createStreamTicket: { ...CREATES },
  deleteData: {
    body: ({ bucketId }) => ({ bucketId, startTime: '1980-01-01T00:00:00Z', endTime: '1990-01-01T00:00:00Z' }),
    namesBucket: true,
  },
  getOverview: {},
  getServerInfo: { isOfFirst: true },
  getMetrics: { isOfFirst: true },
  getBucketAnalytics: {},
  createAlertRule: { body: (ids) => ({ ...ALERT, ...named(ids) }), ...IN_SOURCE, ...CREATES },
  parseAlertCondition: { body: (ids) => ({ ...named(ids), condition: 't > 30' }), ...IN_SOURCE },
  previewAlertRule: { body: (ids) => ({ ...named(ids), condition: 't > 30', ...IN_2024 }), ...IN_SOURCE },
  listAlertRules: {},
  listAllAlertRules: {},
  listAllDeliveries: {},
  getAlertRule: {},
  updateAlertRule: { body: NAME },
  deleteAlertRule: {},
  listAlertHistory: {},
  rotateAlertSecret: {},
  testAlertRule: {},
  listAlertDeliveries: {},
  getAlertDelivery: {},
  replayAlertDelivery: {},
};
