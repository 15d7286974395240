import { makeAlert, type MadeAlert } from '../support/alerts';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { ABSENT_ID, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const SOURCE_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this data source');
const ALERT_NOT_FOUND = refused(404, 'Not Found', 'Alert rule not found');
const HIDDEN = 'Hidden';
const HOUR = 3_600_000;
const EVER = { startTime: '2020-01-01T00:00:00Z', endTime: '2100-01-01T00:00:00Z' };

let server: TestApp;
let bucketId: string;
let own: string;
let other: string;
let otherRule: MadeAlert;
let ownRule: MadeAlert;
let keys: Record<'write' | 'read' | 'writeOnly' | 'wholeBucket', string>;
beforeAll(async () => (server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' })));
beforeEach(async () => {
  bucketId = await makeBucket(server);
  own = await makeSource(server, bucketId, 'Own');
  other = await makeSource(server, bucketId, HIDDEN);
  const keyOf = async (type: 'write' | 'read', more: object) => (await makeKey(server, bucketId, type, more)).key;
  keys = {
    write: await keyOf('write', { dataSourceId: own }),
    read: await keyOf('read', { dataSourceId: own }),
    writeOnly: await keyOf('write', { dataSourceId: own, writeOnly: true }),
    wholeBucket: await keyOf('write', {}),
  };
  ownRule = await makeAlert(server, bucketId, own, 't > 30', 'Own rule');
  otherRule = await makeAlert(server, bucketId, other, 't > 30', `${HIDDEN} rule`);
  // Two points of its own, and three of the other source, whose rule fires twice.
  for (const [source, values] of Object.entries({ [own]: [1, 31], [other]: [31, 1, 32] }))
    for (const [index, t] of values.entries()) await store({ dataSourceId: source, values: { t } }, index);
});
afterAll(() => server.stop());

const call = (method: string, path: string, body?: unknown, key = keys.write) =>
  server.call(method, path, { key, body });
const store = (point: object, index: number) =>
  call('POST', '/api/data', { ...point, timestamp: Date.now() - HOUR + index * 600_000 }, keys.wholeBucket);
const query = (body: object, key = keys.read) => call('POST', '/api/data/query', body, key);
const pointsOf = async (source: string) =>
  (await query({ filters: { dataSourceId: source } }, keys.wholeBucket)).body.data as { values: object }[];

describe('a key that is bound to a data source sees', () => {
  it('only that source in lists and their totals', async () => {
    for (const key of [keys.read, keys.write]) {
      const { body: sources } = await call('GET', `/api/buckets/${bucketId}/sources?limit=1`, undefined, key);
      expect(sources.dataSources.map(({ _id }: { _id: string }) => _id)).toEqual([own]);
      expect(sources.pagination).toEqual({ limit: 1, offset: 0, total: 1, hasMore: false });
      const { body: rules } = await call('GET', `/api/buckets/${bucketId}/alerts?limit=1`, undefined, key);
      expect(rules.alertRules.map(({ name }: { name: string }) => name)).toEqual(['Own rule']);
      expect(rules.pagination).toEqual({ limit: 1, offset: 0, total: 1, hasMore: false });
    }
  });

  it('only the figures of that source in analytics', async () => {
    const path = `/api/analytics/buckets/${bucketId}?period=24h`;
    const { analytics } = (await call('GET', path, undefined, keys.read)).body;
    expect(analytics.summary).toEqual({
      ...{ totalDataPoints: 2, dataPointsInPeriod: 2, avgDataPointsPerDay: 2, dataSources: 1, activeAlerts: 1 },
    });
    expect(analytics.dataSourceStats.map(({ _id }: { _id: string }) => _id)).toEqual([own]);
    const perHour = analytics.ingestionRate.dataPointsPerHour as { count: number }[];
    expect(perHour.reduce((sum, { count }) => sum + count, 0)).toBe(2);
    expect(analytics.alertActivity).toEqual({ totalTriggered: 1, byRule: [{ name: 'Own rule', count: 1 }] });
    expect(JSON.stringify(analytics)).not.toMatch(new RegExp(`${HIDDEN}|${other}`));
    const whole = (await call('GET', path, undefined, keys.wholeBucket)).body.analytics;
    expect(whole.summary).toMatchObject({ totalDataPoints: 5, dataSources: 2, activeAlerts: 2 });
    expect(whole.alertActivity.byRule).toHaveLength(2);
  });

  it('only points of that source, for any query', async () => {
    const asked = [
      { downsampling: false },
      { aggregation: 'count' },
      { aggregation: 'avg', groupBy: 'hour' },
      { filters: { ...EVER, fields: ['t'], sort: 'desc' } },
    ];
    for (const body of asked) {
      const { data } = (await query(body)).body as { data: { dataSourceId: string }[] };
      expect(new Set(data.map(({ dataSourceId }) => dataSourceId))).toEqual(new Set([own]));
    }
    const { nextCursor } = (await query({ filters: { limit: 1, sort: 'asc' } }, keys.wholeBucket)).body.metadata;
    const { data } = (await query({ filters: { cursor: nextCursor as string, sort: 'asc' } })).body;
    expect(data.every(({ dataSourceId }: { dataSourceId: string }) => dataSourceId === own)).toBe(true);
    const { body: latest } = await call('GET', '/api/data/latest', undefined, keys.read);
    expect(latest.data).toMatchObject([{ dataSourceId: own, values: { t: 31 } }]);
    for (const filters of [{ dataSourceId: other }, { dataSourceIds: [own, other] }, { dataSourceId: ABSENT_ID }])
      expect(seen(await query({ filters }))).toEqual(SOURCE_NOT_YOURS);
    expect(seen(await call('GET', `/api/data/latest?dataSourceId=${other}`, undefined, keys.read))).toEqual(
      SOURCE_NOT_YOURS,
    );
  });

  it('404 for a rule of another data source, as for a missing one', async () => {
    const routes: [method: string, path: string, body?: object][] = [
      ['GET', ''],
      ['PATCH', '', { status: 'paused' }],
      ['DELETE', ''],
      ['GET', '/history'],
      ['POST', '/test'],
      ['POST', '/rotate-secret'],
      ['GET', '/deliveries'],
      ['GET', `/deliveries/${otherRule.deliveryId}`],
      ['POST', `/deliveries/${otherRule.deliveryId}/replay`],
    ];
    for (const [method, path, body] of routes)
      for (const id of [otherRule.alertId, ABSENT_ID])
        expect([path, seen(await call(method, `/api/alerts/${id}${path}`, body))]).toEqual([path, ALERT_NOT_FOUND]);
    // Also not through its own rule.
    const path = `/api/alerts/${ownRule.alertId}/deliveries/${otherRule.deliveryId}`;
    for (const [method, end] of [
      ['GET', ''],
      ['POST', '/replay'],
    ] as const)
      expect(seen(await call(method, path + end))).toEqual(refused(404, 'Not Found', 'Delivery not found'));
    const { body } = await call('GET', `/api/alerts/${otherRule.alertId}`, undefined, keys.wholeBucket);
    expect(body.alertRule).toMatchObject({ status: 'active', name: `${HIDDEN} rule` });
  });
});

describe('a key that is bound to a data source changes', () => {
  it('nothing of another data source, with the same error as for a missing one', async () => {
    const rule = { name: 'x', condition: 't > 1', webhookUrl: 'https://example.com/' };
    for (const id of [other, ABSENT_ID]) {
      const path = `/api/buckets/${bucketId}/sources/${id}`;
      const answers = [
        await call('GET', path),
        await call('PATCH', path, { status: 'archived' }),
        await call('DELETE', path),
        await call('POST', '/api/alerts', { ...rule, dataSourceId: id }),
        await call('POST', '/api/alerts/preview', { dataSourceId: id, condition: 't > 1', ...EVER }),
        await call('POST', '/api/alerts/parse', { dataSourceId: id, condition: 't > 1' }),
        await call('POST', '/api/data', { dataSourceId: id, values: { t: 1 } }),
        await call('POST', '/api/data', { dataSourceId: id, values: { t: 1 } }, keys.writeOnly),
        await call('POST', '/api/data/batch', {
          dataPoints: [{ values: { t: 7 } }, { dataSourceId: id, values: { t: 1 } }],
        }),
      ];
      for (const answer of answers) expect(seen(answer)).toEqual(SOURCE_NOT_YOURS);
    }
    expect(await pointsOf(other)).toHaveLength(3);
    // A partial batch stores nothing either if it has points of another source.
    const dataPoints = [{ values: { t: 7 } }, { dataSourceId: other, values: { t: 1 } }];
    expect(seen(await call('POST', '/api/data/batch?partial=true', { dataPoints }))).toEqual(SOURCE_NOT_YOURS);
    expect(await pointsOf(own)).toHaveLength(2);
  });

  it('its own data source, but cannot create another', async () => {
    const path = `/api/buckets/${bucketId}/sources`;
    expect((await call('PATCH', `${path}/${own}`, { name: 'Renamed' })).body.dataSource.name).toBe('Renamed');
    for (const key of [keys.write, keys.writeOnly])
      expect(seen(await call('POST', path, ['before the body is read'], key))).toEqual(SOURCE_NOT_YOURS);
    expect(seen(await call('DELETE', `${path}/${own}`))).toEqual(
      refused(403, 'Forbidden', 'Only Admin keys can delete data'),
    );
    await call('DELETE', '/api/data', { bucketId, dataSourceId: own, ...EVER }, server.adminKey);
    expect((await call('DELETE', `${path}/${own}`)).body.deletedResources).toEqual({ dataPoints: 0, alertRules: 1 });
    expect((await call('GET', path)).body).toMatchObject({ dataSources: [], pagination: { total: 0 } });
    expect(seen(await call('POST', '/api/data', { values: { t: 1 } }))).toEqual(
      refused(404, 'Not Found', 'Data source not found'),
    );
  });
});

describe('a key that is bound to a data source need not name it', () => {
  it('to ingest', async () => {
    for (const key of [keys.write, keys.writeOnly])
      for (const dataSourceId of [undefined, null, own, own.toUpperCase()]) {
        const { status, body } = await call('POST', '/api/data', { dataSourceId, values: { t: 5 } }, key);
        expect([status, body.dataPoint.dataSourceId]).toEqual([201, own]);
      }
    const dataPoints = [
      { values: { t: 1 }, timestamp: 1e12 },
      { dataSourceId: own, values: { t: 2 }, timestamp: 1e12 + 1 },
    ];
    const { body } = await call('POST', '/api/data/batch', { dataPoints });
    expect(body).toMatchObject({ inserted: 2, rejected: 0 });
    expect((await pointsOf(own)).length).toBeGreaterThan(4);
    expect(await pointsOf(other)).toHaveLength(3);
  });

  it('to create rules and preview conditions', async () => {
    const rule = { name: 'Mine', condition: 't > 1', webhookUrl: 'https://example.com/hook' };
    const { status, body } = await call('POST', '/api/alerts', rule);
    expect([status, body.alertRule.dataSourceId]).toEqual([201, own]);
    const path = `/api/alerts/${body.alertRule._id as string}`;
    expect((await call('PATCH', path, { condition: 't > 2' })).body.alertRule.condition).toBe('t > 2');
    expect((await call('POST', `${path}/rotate-secret`)).status).toBe(200);
    expect((await call('GET', `${path}/history`, undefined, keys.read)).body.history).toEqual([]);
    const preview = await call('POST', '/api/alerts/preview', { condition: 't > 30', ...EVER }, keys.read);
    expect([preview.status, preview.body]).toMatchObject([200, { dataPoints: 2, triggered: 1 }]);
    const parsed = await call('POST', '/api/alerts/parse', { condition: 't > 30' }, keys.read);
    expect([parsed.status, parsed.body.normalizedCondition]).toEqual([200, 't is greater than 30']);
    expect((await call('DELETE', path)).status).toBe(200);
  });

  it('while other keys must', async () => {
    const said = (message: string) => refused(400, 'Validation Error', message);
    const rule = { name: 'Mine', condition: 't > 1', webhookUrl: 'https://example.com/hook' };
    const ask = (path: string, body: object) => call('POST', path, body, keys.wholeBucket);
    expect(seen(await ask('/api/alerts', rule))).toEqual(said('dataSourceId is required'));
    expect(seen(await ask('/api/alerts/preview', { condition: 't > 1', ...EVER }))).toEqual(
      said('dataSourceId is required'),
    );
    expect(seen(await ask('/api/data', { values: { t: 1 } }))).toEqual(said('Invalid data source ID format'));
  });
});
