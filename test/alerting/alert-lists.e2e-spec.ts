import { setImmediate } from 'node:timers/promises';
import { newId } from '../../src/common/ids';
import { Writer } from '../../src/database/writer';
import { Delivery, type DeliveryStatus } from '../../src/webhooks/delivery.entity';
import { makeAlert } from '../support/alerts';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

const BUCKET_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this bucket');
const SOURCE_NOT_YOURS = refused(403, 'Forbidden', 'API key does not have access to this data source');

interface Rule {
  readonly id: string;
  readonly bucketId: string;
  readonly sourceId: string;
  readonly deliveryId: string;
}

let server: TestApp;
let key: string;
let hall: string;
let yard: string;
let rules: Record<string, Rule>;
beforeAll(async () => {
  server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9' });
  key = await makeOrganization(server, 'Alerts');
  [hall, yard] = [await makeBucket(server, 'Hall', key), await makeBucket(server, 'Yard', key)];
  const foreign = await makeBucket(server, 'Foreign');
  await makeAlert(server, foreign, await makeSource(foreign, server.adminKey), 't > 30', 'Too hot for others');
  rules = {};
  for (const [name, bucketId] of RULES) {
    const sourceId = await makeSource(bucketId());
    const made = await makeAlert({ ...server, adminKey: key }, bucketId(), sourceId, 't > 30', name);
    rules[name] = { id: made.alertId, deliveryId: made.deliveryId, bucketId: bucketId(), sourceId };
  }
  await call('PATCH', `/api/alerts/${ruleOf('zu heiß').id}`, { status: 'paused' });
  for (const name of ['Too hot 2', 'Too hot 10']) {
    const { bucketId, sourceId } = ruleOf(name);
    await call('POST', '/api/data', { bucketId, dataSourceId: sourceId, values: { t: 40 } });
    await nextMillisecond();
  }
});
afterAll(() => server.stop());

const RULES = [
  ['Too hot 10', () => hall],
  ['Too hot 2', () => yard],
  ['zu heiß', () => yard],
  ['Ärger 100%', () => hall],
] as const;
const ALL = RULES.map(([name]) => name);

/** So that two rules are not triggered at the same time. */
async function nextMillisecond(): Promise<void> {
  for (const now = Date.now(); Date.now() === now;) await setImmediate();
}
const ruleOf = (name: string) => rules[name] as Rule;
const call = (method: string, path: string, body?: object, as = key) => server.call(method, path, { key: as, body });
async function makeSource(bucketId: string, as = key): Promise<string> {
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { name: 'S', schema: { t: 'number' } }, as);
  return body.dataSource._id as string;
}
async function names(path: string, as = key): Promise<string[]> {
  const { status, body } = await call('GET', path, undefined, as);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return (body.alertRules as { name: string }[]).map(({ name }) => name);
}

describe('GET /api/alerts', () => {
  it('lists the rules of all buckets, oldest first, as their own routes show them', async () => {
    const { body } = await call('GET', '/api/alerts');
    expect((body.alertRules as { name: string }[]).map(({ name }) => name)).toEqual(ALL);
    expect(body.pagination).toEqual({ limit: 100, offset: 0, total: 4, hasMore: false });
    const one = await call('GET', `/api/alerts/${ruleOf('zu heiß').id}`);
    expect(body.alertRules[2]).toEqual(one.body.alertRule);
  });

  it.each([
    ['sort=desc', ALL.toReversed()],
    ['sort=name', ['Ärger 100%', 'Too hot 2', 'Too hot 10', 'zu heiß']],
    ['sort=-name', ['zu heiß', 'Too hot 10', 'Too hot 2', 'Ärger 100%']],
    ['sort=-lastTriggeredAt&limit=2', ['Too hot 10', 'Too hot 2']],
    ['sort=lastTriggeredAt', ['zu heiß', 'Ärger 100%', 'Too hot 2', 'Too hot 10']],
    ['state=triggered', ['Too hot 10', 'Too hot 2']],
    ['state=triggered&sort=desc&limit=1', ['Too hot 2']],
    ['state=ok&status=active', ['Ärger 100%']],
    ['status=paused', ['zu heiß']],
    ['state=cooldown', []],
    ['q=TOO', ['Too hot 10', 'Too hot 2']],
    [`q=${encodeURIComponent('HEIß')}`, ['zu heiß']],
    ['q=%25', ['Ärger 100%']],
    ['q=_', []],
    ['limit=2&offset=1', ['Too hot 2', 'zu heiß']],
  ])('%s', async (query, expected) => {
    expect(await names(`/api/alerts?${query}`)).toEqual(expected);
  });

  it('lists those of one bucket or data source', async () => {
    for (const query of ['', '&q=T', '&state=triggered', '&status=paused', '&sort=-name&limit=1']) {
      const found = await names(`/api/alerts?bucketId=${yard}${query}`);
      expect(found).toEqual(await names(`/api/buckets/${yard}/alerts?${query}`));
    }
    expect(await names(`/api/buckets/${yard}/alerts?sort=-name`)).toEqual(['zu heiß', 'Too hot 2']);
    const { sourceId } = ruleOf('zu heiß');
    for (const query of ['', '&q=zu', '&sort=name'])
      expect(await names(`/api/alerts?dataSourceId=${sourceId}${query}`)).toEqual(['zu heiß']);
    expect(await names(`/api/alerts?dataSourceId=${sourceId}&bucketId=${hall}`)).toEqual([]);
    expect(seen(await call('GET', `/api/alerts?bucketId=${ABSENT_ID}`))).toEqual(BUCKET_NOT_FOUND);
  });

  it('lists only what a key can access', async () => {
    const own = { ...server, adminKey: key };
    const { key: read } = await makeKey(own, yard, 'read');
    expect(await names('/api/alerts', read)).toEqual(['Too hot 2', 'zu heiß']);
    expect(await names('/api/alerts?q=10', read)).toEqual([]);
    expect(seen(await call('GET', `/api/alerts?bucketId=${hall}`, undefined, read))).toEqual(BUCKET_NOT_YOURS);
    const { sourceId } = ruleOf('zu heiß');
    const { key: bound } = await makeKey(own, yard, 'read', { dataSourceId: sourceId });
    for (const query of ['', '?sort=name', '?status=paused'])
      expect(await names(`/api/alerts${query}`, bound)).toEqual(['zu heiß']);
    const other = ruleOf('Too hot 2').sourceId;
    expect(seen(await call('GET', `/api/alerts?dataSourceId=${other}`, undefined, bound))).toEqual(SOURCE_NOT_YOURS);
    const [shown] = (await call('GET', '/api/alerts', undefined, read)).body.alertRules as { webhookUrl: string }[];
    expect(shown?.webhookUrl).toBe('http://127.0.0.1:9…');
  });

  it.each(['', 'sort=desc', 'sort=name', 'q=o', 'sort=-lastTriggeredAt'])(
    'continues after a row with "%s"',
    async (query) => {
      const all = await names(`/api/alerts?${query}`);
      for (const [index, name] of all.entries()) {
        const { body } = await call('GET', `/api/alerts?${query}&limit=1&after=${ruleOf(name).id}`);
        expect(body.alertRules).toMatchObject(all.slice(index + 1, index + 2).map((next) => ({ name: next })));
        expect(body.pagination).toMatchObject({ total: all.length, hasMore: index + 2 < all.length });
      }
    },
  );

  it.each([
    ['state=hot', "state must be 'ok', 'pending', 'triggered', 'cooldown' or 'resolved'"],
    ['status=off', "status must be 'active' or 'paused'"],
    ['sort=up', "sort must be 'asc', 'desc', 'name', '-name', 'lastTriggeredAt' or '-lastTriggeredAt'"],
    ['dataSourceId=1', 'Invalid data source ID format'],
    ['type=x', 'Unknown query parameter: type'],
  ])('refuses %s', async (query, message) => {
    expect(await call('GET', `/api/alerts?${query}`)).toMatchObject({ status: 400, body: { message } });
  });
});

describe('GET /api/deliveries', () => {
  interface Shown {
    readonly _id: string;
    readonly alertName: string;
    readonly status: string;
  }
  const deliveries = async (query: string) => {
    const { status, body } = await call('GET', `/api/deliveries?${query}`);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return body as { deliveries: Shown[]; pagination: object };
  };
  const add = async (rule: string, status: DeliveryStatus, createdAt: number) => {
    const { id: webhookId } = ruleOf(rule);
    const body = { event: 'alert.triggered', payload: '{}', summary: '{"title":"x","facts":[]}', sequence: 1 };
    const times = { createdAt, queuedAt: createdAt, attemptedAt: null };
    const row = { id: newId(), webhookId, ...body, status, attempts: 0, responseStatus: null, error: null, ...times };
    await server.app.get(Writer).write((manager) => manager.insert(Delivery, row));
    return row.id;
  };
  const NEWER = 1_000_000;

  it('lists the failed deliveries of all rules, newest first, with their rules', async () => {
    const { deliveries: found, pagination } = await deliveries('status=failed');
    const { alertId, alertName, bucketId, dataSourceId, ...delivery } = found[0] as never as Record<string, unknown>;
    expect({ alertId, alertName, bucketId, dataSourceId }).toEqual({
      alertId: ruleOf('Ärger 100%').id,
      alertName: 'Ärger 100%',
      bucketId: hall,
      dataSourceId: ruleOf('Ärger 100%').sourceId,
    });
    const own = await call('GET', `/api/alerts/${ruleOf('Ärger 100%').id}/deliveries?sort=asc&limit=1`);
    expect(delivery).toEqual(own.body.deliveries[0]);
    const ofMakeAlert = found.filter(({ _id }) => RULES.some(([name]) => ruleOf(name).deliveryId === _id));
    expect(ofMakeAlert.map(({ alertName: name }) => name)).toEqual(ALL.toReversed());
    expect(pagination).toMatchObject({ total: found.length, hasMore: false });
  });

  it('filters by status, bucket and the name of the rule, and pages both ways', async () => {
    const first = await add('zu heiß', 'dropped', NEWER);
    const second = await add('Ärger 100%', 'dropped', NEWER);
    const third = await add('zu heiß', 'dropped', NEWER + 1);
    const idsOf = async (query: string) => (await deliveries(query)).deliveries.map(({ _id }) => _id);
    expect(await idsOf('status=dropped')).toEqual([third, second, first]);
    expect(await idsOf('status=dropped&sort=asc')).toEqual([first, second, third]);
    expect(await idsOf(`status=dropped&bucketId=${yard}`)).toEqual([third, first]);
    expect(await idsOf('status=dropped&q=HEI')).toEqual([third, first]);
    expect(await idsOf('status=dropped&q=nothing')).toEqual([]);
    expect(await idsOf(`status=dropped&after=${third}&limit=1`)).toEqual([second]);
    expect(await idsOf(`status=dropped&sort=asc&after=${first}`)).toEqual([second, third]);
    expect(await idsOf('status=dropped&offset=1&limit=1')).toEqual([second]);
    const { pagination } = await deliveries(`status=dropped&after=${third}&limit=1`);
    expect(pagination).toEqual({ limit: 1, offset: 0, total: 3, hasMore: true });
    await server.app.get(Writer).write((manager) => manager.delete(Delivery, { id: third }));
    expect(await idsOf(`status=dropped&after=${third}`)).toEqual([second, first]);
  });

  it('lists deliveries of every status without one', async () => {
    const statuses = new Set((await deliveries('limit=1000')).deliveries.map(({ status }) => status));
    expect(statuses).toContain('failed');
    expect(statuses).toContain('dropped');
    expect((await deliveries('limit=1000')).deliveries.map(({ alertName }) => alertName)).not.toContain(
      'Too hot for others',
    );
  });

  it('counts a list that is longer than a slice, and ends at its end', async () => {
    const { id: webhookId } = ruleOf('Too hot 2');
    const sample = await server.app
      .get(Writer)
      .write((manager) => manager.findOneByOrFail(Delivery, { id: ruleOf('Too hot 2').deliveryId }));
    const { length } = await deliveriesOf(sample, webhookId, 1200);
    const page = await deliveries('status=delivered&limit=2');
    expect(page.pagination).toEqual({ limit: 2, offset: 0, total: length, hasMore: true });
    const last = await deliveries(`status=delivered&limit=1000&offset=${length - 1}`);
    expect([last.deliveries.length, last.pagination]).toEqual([
      1,
      { limit: 1000, offset: length - 1, total: length, hasMore: false },
    ]);
  });
  async function deliveriesOf(sample: Delivery, webhookId: string, count: number): Promise<Delivery[]> {
    const rows = Array.from({ length: count }, (_, index) => ({
      ...sample,
      ...{ id: newId(), webhookId, status: 'delivered' as const, createdAt: NEWER + index },
    }));
    await server.app.get(Writer).write(async (manager) => {
      for (let start = 0; start < count; start += 200) await manager.insert(Delivery, rows.slice(start, start + 200));
    });
    return rows;
  }

  it.each([
    ['status=pending', "status must be 'waiting', 'delivered', 'failed' or 'dropped'"],
    ['sort=name', "sort must be 'asc' or 'desc'"],
    [`after=${ABSENT_ID}&offset=1`, 'Send either after or offset'],
    ['state=x', 'Unknown query parameter: state'],
  ])('refuses %s', async (query, message) => {
    expect(await call('GET', `/api/deliveries?${query}`)).toMatchObject({ status: 400, body: { message } });
  });

  it('requires an Admin key, and finds no bucket of another organization', async () => {
    const { key: read } = await makeKey({ ...server, adminKey: key }, yard, 'read');
    expect(seen(await call('GET', '/api/deliveries', undefined, read))).toEqual(
      refused(403, 'Forbidden', 'Only Admin keys can list the deliveries of all buckets'),
    );
    const foreign = await makeBucket(server, 'Foreign');
    expect(seen(await call('GET', `/api/deliveries?bucketId=${foreign}`))).toEqual(BUCKET_NOT_FOUND);
  });
});
