import { newId } from '../../src/common/ids';
import { Writer } from '../../src/database/writer';
import { Delivery, type DeliveryStatus } from '../../src/webhooks/delivery.entity';
import { ALL_RULES, AlertLists, RULES } from '../support/alert-lists';
import { makeBucket, makeKey } from '../support/make';
import { ABSENT_ID, BUCKET_NOT_FOUND, refused, seen } from '../support/refusals';
import type { TestApp } from '../support/test-app';

let server: TestApp;
let key: string;
let hall: string;
let yard: string;
const { call, ruleOf } = AlertLists.use((lists) => ({ server, key, hall, yard } = lists));

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
    expect(ofMakeAlert.map(({ alertName: name }) => name)).toEqual(ALL_RULES.toReversed());
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
