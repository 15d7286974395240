import { AlertEvent } from '../../src/alerting/evaluation/alert-event.entity';
import { AlertRule } from '../../src/alerting/evaluation/alert-rule.entity';
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { Importer } from '../../src/ingest/importer';
import { useAlertScene } from '../support/alert-tests';
import type { AlertScene } from '../support/alerts';
import { makeImportScene } from '../support/import-scene';
import { onlyByHand } from '../support/lasting-scene';
import { makeKey } from '../support/make';
import { seen } from '../support/refusals';
import { MINUTE } from '../support/rules';

const scene = useAlertScene();
const { call, eventsOf, look, manager, ownScene } = scene;

type Values = Readonly<Record<string, number>>;

/** Stores points of this age in one quiet batch. */
async function sendQuietly({ sourceId, bucketId }: AlertScene, points: readonly (readonly [Values, number])[]) {
  const now = Date.now();
  const dataPoints = points.map(([values, agoMillis]) => {
    return { dataSourceId: sourceId, values, timestamp: now - agoMillis };
  });
  const body = { bucketId, dataPoints };
  const sent = await call('POST', '/api/data/batch?quiet=true', { key: scene.app.adminKey, body });
  expect(sent.status).toBe(201);
}

const rowOf = (id: string) => manager().findOneByOrFail(AlertRule, { id });
const historyOf = (id: string) => manager().countBy(AlertEvent, { ruleId: id });

describe('?quiet=true', () => {
  it.each(['', '/batch'])('is for Admin keys only: POST /api/data%s', async (path) => {
    const point = { dataSourceId: scene.sourceId, values: { temperature: 20 } };
    const body = { bucketId: scene.bucketId, ...(path === '' ? point : { dataPoints: [point] }) };
    const { key: writeOnly } = await makeKey(scene.app, scene.bucketId, 'write', { writeOnly: true });
    for (const key of [scene.writeKey, writeOnly]) {
      const refused = await call('POST', `/api/data${path}?quiet=true`, { key, body });
      const message = 'Only Admin keys can store points with quiet=true';
      expect(seen(refused)).toEqual({ status: 403, body: { error: 'Forbidden', message } });
      expect((await call('POST', `/api/data${path}?quiet=false`, { key, body })).status).toBe(201);
    }
    const key = scene.app.adminKey;
    expect((await call('POST', `/api/data${path}?quiet=true`, { key, body })).status).toBe(201);
    const wrong = await call('POST', `/api/data${path}?quiet=yes`, { key, body });
    expect([wrong.status, wrong.body.message]).toEqual([400, 'quiet must be true or false']);
  });

  it('stores and rolls up points, and fires no rule', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    const before = await rowOf(_id);
    await sendQuietly(own, [
      [{ temperature: 31 }, 2 * MINUTE],
      [{ temperature: 33 }, MINUTE],
    ]);
    const point = { bucketId: own.bucketId, dataSourceId: own.sourceId, values: { temperature: 35 } };
    await call('POST', '/api/data?quiet=true', { key: scene.app.adminKey, body: point });
    expect([await rowOf(_id), await historyOf(_id), await eventsOf(_id)]).toEqual([before, 0, []]);
    const body = { filters: { dataSourceId: own.sourceId }, aggregation: 'avg', groupBy: '1d' };
    const { body: answer } = await call('POST', '/api/data/query', { key: scene.readKey, body });
    const counts = answer.data.map(({ count }: any) => count as number);
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(3);
  });

  it('resolves no rule, and a later point does', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 31 }, 10 * MINUTE);
    const fired = await rowOf(_id);
    expect(fired.alertState.state).toBe('triggered');
    await sendQuietly(own, [[{ temperature: 20 }, 5 * MINUTE]]);
    await look(Date.now() + 1000);
    expect(await rowOf(_id)).toEqual(fired);
    await own.send({ temperature: 20 }, MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
  });

  it('neither starts nor interrupts a duration', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 for 5 minutes');
    await sendQuietly(own, [[{ temperature: 31 }, 20 * MINUTE]]);
    await own.send({ temperature: 31 }, 4 * MINUTE);
    expect((await own.rule(_id)).state).toBe('pending');
    await sendQuietly(own, [[{ temperature: 20 }, 3 * MINUTE]]);
    await own.send({ temperature: 31 });
    const now = Date.now();
    await look(now + MINUTE / 2);
    expect(await eventsOf(_id)).toEqual([]);
    await look(now + MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it('is history for late points, which are evaluated among it', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 20 }, MINUTE);
    await sendQuietly(own, [[{ temperature: 20 }, 4 * MINUTE]]);
    await own.send({ temperature: 31 }, 5 * MINUTE);
    const { body } = await call('GET', `/api/alerts/${_id}/history`, { key: scene.readKey });
    const [resolved, triggered] = body.history.map(({ timestamp }: any) => Date.parse(timestamp));
    expect(Math.round((resolved - triggered) / MINUTE)).toBe(1);
  });

  it('keeps quiet points of a commit from the rules, and shows them the live ones', async () => {
    const own = await ownScene();
    const hot = await own.makeRule('temperature > 30');
    const damp = await own.makeRule('humidity > 80');
    await Promise.all([
      sendQuietly(own, [[{ humidity: 90 }, 1000]]),
      own.send({ temperature: 31 }),
      sendQuietly(own, [[{ humidity: 95 }, 2000]]),
    ]);
    expect([await eventsOf(hot._id), await eventsOf(damp._id)]).toEqual([['alert.triggered'], []]);
  });
});

describe('missing data', () => {
  /** Runs work at a later time of the server's clocks, without periodic runs of the scheduler in between. */
  async function later<T>(millis: number, work: () => Promise<T>): Promise<T> {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + millis);
    try {
      return await work();
    } finally {
      clock.mockRestore();
    }
  }
  let lookLater: (millis: number) => Promise<void>;
  beforeAll(() => {
    const evaluateDue = onlyByHand(scene.app.app.get(RuleScheduler));
    lookLater = (millis) => evaluateDue(Date.now() + millis, performance.now() + millis);
  });

  it('is not ended or delayed by quiet points', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('no data for 30 minutes');
    await own.send({ temperature: 20 });
    await later(20 * MINUTE, () => sendQuietly(own, [[{ temperature: 20 }, 0]]));
    await lookLater(31 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
    await later(32 * MINUTE, () => sendQuietly(own, [[{ temperature: 20 }, 0]]));
    await lookLater(37 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.triggered']);
    await later(38 * MINUTE, () => own.send({ temperature: 20 }));
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.triggered', 'alert.resolved']);
  });

  it('is not ended or delayed by an import, and the overview shows when it ran', async () => {
    const source = await makeImportScene(scene.app, { temperature: 'number' });
    const { bucketId, sourceId } = source;
    const wanted = { bucketId, dataSourceId: sourceId, name: 'Silent', condition: 'no data for 30 minutes' };
    const made = await call('POST', '/api/alerts', { key: scene.app.adminKey, body: wanted });
    const path = source.file('history.csv', 'timestamp,temperature\n2024-01-15T10:00:00Z,20\n');
    const options = { path, bucketId, sourceId, skipsBad: false };
    const imported = await later(60 * MINUTE, async () => {
      await Importer.in(scene.app.app).run(
        options,
        () => undefined,
        () => false,
      );
      return new Date(Date.now()).toISOString();
    });
    await lookLater(61 * MINUTE);
    expect((await rowOf(made.body.alertRule._id)).alertState.state).toBe('triggered');
    const { body } = await call('GET', '/api/analytics/overview', { key: scene.app.adminKey });
    expect(body.overview.recentActivity.lastDataIngestion).toBe(imported);
    source.remove();
  });
});
