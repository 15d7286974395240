import { BacklogSlice } from '../../src/alerting/evaluation/backlog-slice.entity';
import { notificationsIn, SLICE_LENGTH } from '../../src/alerting/evaluation/backlog-texts';
import { NotificationBacklog } from '../../src/alerting/evaluation/notification-backlog';
import { NotificationLog } from '../../src/alerting/evaluation/notification-log';
import { MAX_EVALUATIONS_IN_TRANSACTION } from '../../src/alerting/evaluation/rule-evaluator';
import { useAlertScene } from '../support/alert-tests';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from '../support/alerts';
import { startReceiver } from '../support/receiver';
import { createDatabase, startApp } from '../support/test-app';
import { until } from '../support/until';

/** More than one slice, and not two whole ones. */
const MANY = SLICE_LENGTH + 6;

const scene = useAlertScene();
const { call, manager, ownScene } = scene;

afterEach(() => jest.restoreAllMocks());

async function makeRules(own: AlertScene, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++)
    ids.push((await own.makeRule('temperature > 30', { name: `Rule ${index}`, webhookUrl: undefined }))._id as string);
  return ids;
}

/** The events in a rule's history, oldest first. */
async function historyOf(id: string): Promise<string[]> {
  const { body } = await call('GET', `/api/alerts/${id}/history?sort=asc`, { key: scene.writeKey });
  return (body.history as { event: string; reason?: string }[]).map(({ event, reason }) =>
    reason ? `${event} (${reason})` : event,
  );
}

const slicesOf = (sourceId: string) => manager().countBy(BacklogSlice, { sourceId });

/** What a crash right after the commit leaves. */
const crashAfterCommits = () =>
  jest.spyOn(scene.app.app.get(NotificationBacklog), 'writeOut').mockResolvedValue(undefined);

describe('notifications of many rules of a data source', () => {
  it('are written in steps, before the response', async () => {
    const own = await ownScene();
    const ids = await makeRules(own, MANY);
    const write = jest.spyOn(scene.app.app.get(NotificationLog), 'write');
    expect((await own.send({ temperature: 31 })).status).toBe(201);
    expect(write.mock.calls.map(([, notifications]) => notifications.length)).toEqual([SLICE_LENGTH, 6]);
    expect(await slicesOf(own.sourceId)).toBe(0);
    for (const id of ids) expect(await historyOf(id)).toEqual(['triggered']);
    expect((await own.send({ temperature: 20 })).status).toBe(201);
    for (const id of ids) expect(await historyOf(id)).toEqual(['triggered', 'resolved']);
  });

  it('are written with the point if they are few', async () => {
    const own = await ownScene();
    const [id = ''] = await makeRules(own, 3);
    const postponed = crashAfterCommits();
    expect((await own.send({ temperature: 31 })).status).toBe(201);
    expect(postponed).not.toHaveBeenCalled();
    expect(await historyOf(id)).toEqual(['triggered']);
  });

  it('wait in compressed form if the rules are evaluated before the transaction', async () => {
    const own = await ownScene();
    const ids = await makeRules(own, MANY);
    const postponed = crashAfterCommits();
    const dataPoints = Array.from({ length: MAX_EVALUATIONS_IN_TRANSACTION / SLICE_LENGTH + 1 }, (_, index) => ({
      ...{ dataSourceId: own.sourceId, values: { temperature: 31 }, timestamp: Date.now() - index * 1000 },
    }));
    const batch = { key: scene.writeKey, body: { bucketId: scene.bucketId, dataPoints } };
    expect((await call('POST', '/api/data/batch', batch)).status).toBe(201);
    const slices = await manager().find(BacklogSlice, {
      where: { sourceId: own.sourceId },
      order: { sequence: 'ASC' },
    });
    const all = slices.flatMap(({ notifications }) => notificationsIn(notifications));
    expect(all.map(({ event }) => event?.ruleId).sort()).toEqual([...ids].sort());
    expect(slices[0]?.notifications.length).toBeLessThan(JSON.stringify(all).length / 4);
    postponed.mockRestore();
    await scene.app.app.get(NotificationBacklog).writeOut(own.sourceId);
    for (const id of ids) expect(await historyOf(id)).toEqual(['triggered']);
  });

  it('stay in order when earlier ones still wait', async () => {
    const own = await ownScene();
    const ids = await makeRules(own, MANY);
    const { _id } = await own.makeRule('humidity > 50', { webhookUrl: undefined });
    crashAfterCommits();
    await own.send({ temperature: 31 });
    await own.send({ humidity: 60 });
    await own.send({ temperature: 20 });
    expect(await historyOf(_id)).toEqual([]);
    expect(await slicesOf(own.sourceId)).toBe(5);
    jest.restoreAllMocks();
    await scene.app.app.get(NotificationBacklog).writeOut(own.sourceId);
    expect(await slicesOf(own.sourceId)).toBe(0);
    for (const id of ids) expect(await historyOf(id)).toEqual(['triggered', 'resolved']);
    expect(await historyOf(_id)).toEqual(['triggered']);
  });

  it('are written before their rule is paused', async () => {
    const own = await ownScene();
    const ids = await makeRules(own, MANY);
    crashAfterCommits();
    await own.send({ temperature: 31 });
    await call('PATCH', `/api/alerts/${ids[0]}`, { key: scene.writeKey, body: { status: 'paused' } });
    expect(await historyOf(ids[0] ?? '')).toEqual(['triggered', 'resolved (paused)']);
    expect(await historyOf(ids[MANY - 1] ?? '')).toEqual(['triggered']);
  });

  it('are written before their rule is deleted, and the end of its alert is sent', async () => {
    const own = await ownScene();
    const ids = await makeRules(own, MANY - 1);
    const { _id } = await own.makeRule('temperature > 30');
    crashAfterCommits();
    await own.send({ temperature: 31 });
    expect((await call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey })).status).toBe(200);
    await scene.settled();
    expect(await scene.eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
    const { body } = await scene.receiver.waitFor(1);
    expect(body).toMatchObject({ event: 'alert.resolved', data: { alertId: _id, reason: 'deleted', sequence: 2 } });
    expect(await slicesOf(own.sourceId)).toBe(0);
    expect(await historyOf(ids[0] ?? '')).toEqual(['triggered']);
  });

  it('are deleted with their data source', async () => {
    const own = await ownScene();
    await makeRules(own, MANY);
    crashAfterCommits();
    await own.send({ temperature: 31 });
    const path = `/api/buckets/${scene.bucketId}/sources/${own.sourceId}`;
    expect((await call('DELETE', path, { key: scene.app.adminKey })).status).toBe(200);
    expect(await slicesOf(own.sourceId)).toBe(0);
  });

  it('are written later if writing them fails, and the point is stored nevertheless', async () => {
    const own = await ownScene();
    const ids = await makeRules(own, MANY);
    const log = scene.app.app.get(NotificationLog);
    const write = log.write.bind(log);
    const failing = jest.spyOn(log, 'write');
    failing.mockRejectedValue(new Error('No')).mockImplementationOnce(write);
    expect((await own.send({ temperature: 31 })).status).toBe(201);
    const counts = async () => {
      let count = 0;
      for (const id of ids) count += (await historyOf(id)).length;
      return count;
    };
    expect(await counts()).toBe(SLICE_LENGTH);
    failing.mockRestore();
    await scene.app.app.get(NotificationBacklog).writeOut(own.sourceId);
    expect(await counts()).toBe(MANY);
  });
});

it('writes what a crash has left at the next start', async () => {
  const receiver = await startReceiver();
  const database = await createDatabase();
  const own = await startAlertScene(receiver, LOOPBACK_OPEN, database);
  const ids = await makeRules(own, MANY);
  jest.spyOn(own.app.app.get(NotificationBacklog), 'writeOut').mockResolvedValue(undefined);
  expect((await own.send({ temperature: 31 })).status).toBe(201);
  await own.app.stop();
  const again = await startApp(LOOPBACK_OPEN, database);
  await until('the history is written', async () => {
    const { body } = await again.call('GET', `/api/alerts/${ids[MANY - 1]}/history`, { key: own.writeKey });
    return body.history.length === 1;
  });
  await again.stop();
  await database.remove();
  await receiver.close();
});
