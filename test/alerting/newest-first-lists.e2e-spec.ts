import { AuditRetention } from '../../src/audit/audit-retention';
import { newId } from '../../src/common/ids';
import { Writer } from '../../src/database/writer';
import { AlertEvent } from '../../src/alerting/evaluation/alert-event.entity';
import { Delivery } from '../../src/webhooks/delivery.entity';
import { makeAlert } from '../support/alerts';
import { makeBucket, makeOrganization, makeSource } from '../support/make';
import { ABSENT_ID, seen } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(
  async () => (server = await startApp({ DAKKIO_WEBHOOK_ALLOW: '127.0.0.1:9', DAKKIO_AUDIT_RETENTION_DAYS: '30' })),
);
afterAll(() => server.stop());

/** A list that gives the newest entries first. */
interface List {
  readonly key: string;
  readonly path: string;
  readonly name: string;
  /** Adds an entry and returns its id. */
  readonly add: () => Promise<string>;
  /** Removes an entry, where the list's entries can be removed one by one. */
  readonly remove?: (id: string) => Promise<unknown>;
  /** An id that belongs to another list of the same kind. */
  readonly foreign: string;
}

async function rule(): Promise<{ alertId: string; bucketId: string; deliveryId: string }> {
  const bucketId = await makeBucket(server);
  const sourceId = await makeSource(server, bucketId);
  return { ...(await makeAlert(server, bucketId, sourceId, 't > 30')), bucketId };
}

const write = (work: Parameters<Writer['write']>[0]) => server.app.get(Writer).write(work);

async function history(): Promise<List> {
  const { alertId, bucketId } = await rule();
  let at = 1_700_000_000_000;
  const addTo = async (ruleId: string) => {
    const id = newId();
    // Each pair happens within one millisecond.
    const event = {
      id,
      ruleId,
      bucketId,
      event: 'triggered',
      at: Math.floor((at += 0.5)),
      currentValue: '31',
    } as const;
    const more = { dataPoint: null, repeats: 0, reason: null, createdAt: Date.now() };
    await write((manager) => manager.insert(AlertEvent, { ...event, ...more }));
    return id;
  };
  return {
    ...{ key: server.adminKey, path: `/api/alerts/${alertId}/history`, name: 'history' },
    add: () => addTo(alertId),
    remove: (id) => write((manager) => manager.delete(AlertEvent, { id })),
    foreign: await addTo(newId()),
  };
}

async function deliveries(): Promise<List> {
  const [{ alertId, deliveryId }, other] = [await rule(), await rule()];
  const sample = await server.app.get(Writer).write((manager) => manager.findOneByOrFail(Delivery, { id: deliveryId }));
  await write((manager) => manager.delete(Delivery, { id: deliveryId }));
  let createdAt = 1_700_000_000_000;
  return {
    ...{ key: server.adminKey, path: `/api/alerts/${alertId}/deliveries`, name: 'deliveries' },
    async add() {
      const id = newId();
      const row = { ...sample, id, createdAt: Math.floor((createdAt += 0.5)) };
      await write((manager) => manager.insert(Delivery, row));
      return id;
    },
    remove: (id) => write((manager) => manager.delete(Delivery, { id })),
    foreign: other.deliveryId,
  };
}

async function auditOf(query: string): Promise<List> {
  const key = await makeOrganization(server, 'Audited');
  const idsOf = async (of: string) =>
    (
      (await server.call('GET', `/api/audit?action=bucket.created`, { key: of })).body.auditEvents as { _id: string }[]
    ).map(({ _id }) => _id);
  await makeBucket(server);
  const path = `/api/audit?${query}`;
  const add = async () => {
    await makeBucket(server, 'Audited', key);
    return (await idsOf(key))[0] ?? '';
  };
  // The creation of the organization and of its key come first.
  return { key, path, name: 'auditEvents', add, foreign: (await idsOf(server.adminKey))[0] ?? '' };
}
const audit = () => auditOf('startTime=1970-01-02T00:00:00Z&action=bucket.created');
const wholeAudit = () => auditOf('');

const LISTS = [
  ['alert history', history, 0],
  ['deliveries', deliveries, 0],
  ['filtered audit events', audit, 0],
  ['audit events', wholeAudit, 2],
] as const;

async function read({ key, path, name }: List, query: string) {
  const { status, body } = await server.call('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, { key });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return { ids: (body[name] as { _id: string }[]).map(({ _id }) => _id), pagination: body.pagination as object };
}

describe.each(LISTS)('the list of %s', (_what, make, before) => {
  let list: List;
  let ids: string[];
  beforeAll(async () => {
    list = await make();
    ids = [];
    for (let index = 0; index < 7; index++) ids.unshift(await list.add());
  });
  const pagination = (total: number, hasMore: boolean) => ({ limit: 3, offset: 0, total: total + before, hasMore });

  it('gives the newest first, and the oldest first with sort=asc', async () => {
    const { ids: all } = await read(list, 'limit=100');
    expect(all.slice(0, 7)).toEqual(ids);
    expect((await read(list, 'limit=100&sort=desc')).ids).toEqual(all);
    expect((await read(list, 'limit=100&sort=asc')).ids).toEqual(all.toReversed());
    expect((await read(list, 'limit=2&offset=1')).ids).toEqual(ids.slice(1, 3));
    expect((await read(list, `limit=2&sort=asc&after=${ids[5] ?? ''}`)).ids).toEqual([ids[4], ids[3]]);
  });

  it('continues with older entries by after= when new entries appear', async () => {
    expect(await read(list, 'limit=3')).toEqual({ ids: ids.slice(0, 3), pagination: pagination(7, true) });
    const newest = await list.add();
    const second = await read(list, `limit=3&after=${ids[2] ?? ''}`);
    expect(second).toEqual({ ids: ids.slice(3, 6), pagination: pagination(8, true) });
    const third = await read(list, `limit=3&after=${ids[5] ?? ''}`);
    expect([third.ids[0], third.pagination]).toEqual([ids[6], pagination(8, false)]);
    expect(third.ids).toHaveLength(1 + before);
    const last = third.ids.at(-1) ?? '';
    expect(await read(list, `limit=3&after=${last}`)).toEqual({ ids: [], pagination: pagination(8, false) });
    ids.unshift(newest);
  });

  it('continues from the position of a removed entry', async () => {
    if (!list.remove) return;
    await list.remove(ids[2] ?? '');
    expect((await read(list, `limit=3&after=${ids[2] ?? ''}`)).ids).toEqual(ids.slice(3, 6));
    expect((await read(list, `limit=3&sort=asc&after=${ids[2] ?? ''}`)).ids).toEqual([ids[1], ids[0]]);
  });

  it('treats the id of an entry of another list as unknown', async () => {
    const path = `${list.path}${list.path.includes('?') ? '&' : '?'}`;
    const [foreign, absent] = await Promise.all(
      [list.foreign, 'f'.repeat(24)].map((id) => server.call('GET', `${path}after=${id}`, { key: list.key })),
    );
    expect(foreign?.status).toBe(absent?.status);
    if (foreign?.status === 400) expect(foreign.body).toEqual(absent?.body);
  });

  it.each([
    [`after=${ABSENT_ID}&offset=1`, 'Send either after or offset'],
    ['after=1', 'Invalid after format'],
    ['sort=up', "sort must be 'asc' or 'desc'"],
  ])('refuses %s', async (query, message) => {
    const path = `${list.path}${list.path.includes('?') ? '&' : '?'}${query}`;
    const answer = await server.call('GET', path, { key: list.key });
    expect(seen(answer)).toEqual({ status: 400, body: { error: 'Validation Error', message } });
  });
});

it('refuses an audit event that was never in the list, and continues after one that retention removed', async () => {
  const list = await audit();
  const [old] = [await list.add(), await list.add()];
  const refused = await server.call('GET', `/api/audit?after=${list.foreign}`, { key: list.key });
  const message = 'after must be the _id of an entry of this list, or of one that was deleted from it';
  expect(seen(refused)).toEqual({ status: 400, body: { error: 'Validation Error', message } });
  expect(await server.app.get(AuditRetention).cut(Date.now() + 31 * 86_400_000)).toBeGreaterThan(0);
  expect((await read(list, `after=${old}`)).ids).toEqual([]);
  const added = [await list.add(), await list.add()];
  expect((await read(list, `sort=asc&after=${old}`)).ids).toEqual(added);
  expect((await read(list, '')).pagination).toMatchObject({ total: 2, hasMore: false });
  const never = await server.call('GET', `/api/audit?after=${'f'.repeat(24)}`, { key: list.key });
  expect(never.status).toBe(400);
});
