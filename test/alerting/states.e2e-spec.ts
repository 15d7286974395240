// npm test runs this on PostgreSQL too: states of rules are rows of each database.
import { Writer } from '../../src/database/writer';
import { useAlertScene } from '../support/alert-tests';
import { makeBucket, makeKey } from '../support/make';
import { MINUTE } from '../support/rules';

const scene = useAlertScene();
const { call, eventsOf, look, ownScene } = scene;

describe('states', () => {
  it('change with points and send deliveries', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature is greater than 30', { name: 'Hot' });
    const before = scene.receiver.received.length;
    await own.send({ temperature: 20 }, 3 * MINUTE);
    await own.send({ temperature: 31.5 }, 2 * MINUTE);
    expect(await own.rule(_id)).toMatchObject({ state: 'triggered', lastTriggeredAt: expect.any(String) });
    const triggered = await scene.receiver.waitFor(before + 1);
    const at = triggered.body.timestamp as string;
    expect(triggered.body).toEqual({
      event: 'alert.triggered',
      timestamp: at,
      bucketId: scene.bucketId,
      data: {
        alertId: _id,
        alertName: 'Hot',
        dataSourceId: own.sourceId,
        dataSourceName: 'Own',
        condition: 'temperature is greater than 30',
        currentValue: 31.5,
        threshold: 30,
        operator: 'gt',
        triggeredAt: at,
        repeat: 0,
        sequence: 1,
        dataPoint: { timestamp: at, values: { temperature: 31.5 } },
      },
    });
    await own.send({ temperature: 20 }, MINUTE);
    const resolved = await scene.receiver.waitFor(before + 2);
    expect(resolved.body).toMatchObject({ event: 'alert.resolved', data: { currentValue: 20, triggeredAt: at } });
    expect((await own.rule(_id)).state).toBe('cooldown');
    await look(Date.now() + 4 * MINUTE);
    expect((await own.rule(_id)).state).toBe('resolved');
    const { body } = await call('GET', `/api/alerts/${_id}/history`, { key: scene.readKey });
    expect(body.history.map(({ event, currentValue }: any) => [event, currentValue])).toEqual([
      ['resolved', 20],
      ['triggered', 31.5],
    ]);
  });

  it('wait for their duration on the timer, and fire once', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 for 5 minutes');
    const { body } = await own.send({ temperature: 31 });
    const at = Date.parse(body.dataPoint.timestamp);
    expect((await own.rule(_id)).state).toBe('pending');
    await look(at + 5 * MINUTE - 1);
    expect(await eventsOf(_id)).toEqual([]);
    await look(at + 6 * MINUTE);
    await look(at + 7 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
    expect((await own.rule(_id)).lastTriggeredAt).toBe(new Date(at + 5 * MINUTE).toISOString());
  });

  it('measure silence by the arrival of points, not by their timestamps', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('no data for 30 minutes');
    await own.send({ temperature: 1 }, 60 * MINUTE);
    const now = Date.now();
    await look(now + 29 * MINUTE);
    expect(await eventsOf(_id)).toEqual([]);
    await look(now + 31 * MINUTE);
    await look(now + 32 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
    await own.send({ temperature: 1 }, 48 * 60 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
  });

  it('are not silent when a point arrives during the evaluation, and ignore arrival times in the future', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('no data for 30 minutes');
    await own.send({ temperature: 1 });
    const receive = (at: number) =>
      scene.app.app.get(Writer).write((manager) =>
        manager.query(`UPDATE point_totals SET arrived_at = ${at}
          WHERE source = (SELECT number FROM data_sources WHERE id = '${own.sourceId}')`),
      );
    const later = Date.now() + 31 * MINUTE;
    await receive(later + 500);
    await look(later);
    expect(await eventsOf(_id)).toEqual([]);
    await receive(later + 300 * MINUTE);
    await look(later + 31 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it.each(['source', 'bucket'])('exclude the time in which their %s was archived from silence', async (what) => {
    const bucketId = await makeBucket(scene.app);
    const { key } = await makeKey(scene.app, bucketId, 'write');
    const schema = { temperature: 'number' };
    const made = await call('POST', `/api/buckets/${bucketId}/sources`, { key, body: { name: 'Own', schema } });
    const dataSourceId = made.body.dataSource._id as string;
    const wanted = {
      dataSourceId,
      name: 'Silent',
      condition: 'no data for 30 minutes',
      webhookUrl: `${scene.receiver.url}/`,
    };
    const id = (await call('POST', '/api/alerts', { key, body: wanted })).body.alertRule._id as string;
    const path = what === 'bucket' ? `/api/buckets/${bucketId}` : `/api/buckets/${bucketId}/sources/${dataSourceId}`;
    const become = (status: string) => call('PATCH', path, { key: scene.app.adminKey, body: { status } });
    const now = Date.now();
    expect((await become('archived')).status).toBe(200);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 29 * MINUTE);
    expect((await become('active')).status).toBe(200);
    clock.mockRestore();
    await look(now + 31 * MINUTE);
    expect(await eventsOf(id)).toEqual([]);
    await look(now + 60 * MINUTE);
    expect(await eventsOf(id)).toEqual(['alert.triggered']);
  });

  it('are evaluated on time when those of another source fail', async () => {
    const [broken, own] = [await ownScene(), await ownScene()];
    const ids = [];
    for (const each of [broken, own]) ids.push((await each.makeRule('no data for 30 minutes'))._id as string);
    const change = (sql: string) => scene.app.app.get(Writer).write((manager) => manager.query(sql));
    const schemaOf = `UPDATE data_sources SET schema = 'x' || schema WHERE id = '${broken.sourceId}'`;
    await change(schemaOf);
    const later = Date.now() + 31 * MINUTE;
    await look(later);
    expect(await Promise.all(ids.map(eventsOf))).toEqual([[], ['alert.triggered']]);
    expect(scene.app.logs.join('\n')).toContain(
      `The alert rules of data source ${broken.sourceId} could not be evaluated yet`,
    );
    await change(`UPDATE data_sources SET schema = substr(schema, 2) WHERE id = '${broken.sourceId}'`);
    await look(later);
    expect(await Promise.all(ids.map(eventsOf))).toEqual([['alert.triggered'], ['alert.triggered']]);
  });

  it('reset when their condition changes, and evaluate nothing while paused', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    const patch = (body: object) => call('PATCH', `/api/alerts/${_id}`, { key: scene.writeKey, body });
    await patch({ status: 'paused' });
    await own.send({ temperature: 31 });
    expect(await own.rule(_id)).toMatchObject({ status: 'paused', state: 'ok', lastTriggeredAt: null });
    await patch({ status: 'active' });
    await own.send({ temperature: 31 });
    expect((await own.rule(_id)).state).toBe('triggered');
    const { body } = await patch({ condition: 'temperature is above 40', name: 'Hotter' });
    expect(body.alertRule).toMatchObject({ name: 'Hotter', state: 'ok', parsedCondition: { value: 40 } });
    await own.send({ temperature: 41 });
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved', 'alert.triggered']);
    expect((await patch({ condition: 'temperature is' })).status).toBe(400);
  });
});
