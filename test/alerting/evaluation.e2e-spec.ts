// npm test runs this on PostgreSQL too: states of rules are rows of each database.
import { DataSource } from 'typeorm';
import { readActiveRules } from '../../src/alerting/evaluation/loaded-rules';
import { PointObserver } from '../../src/ingest/point-observer';
import { PointStore } from '../../src/points/point-store';
import { useAlertScene } from '../support/alert-tests';
import type { AlertScene } from '../support/alerts';
import { MINUTE } from '../support/rules';

const scene = useAlertScene();
const { call, deliveriesOf, eventsOf, ownScene } = scene;

describe('alert rules', () => {
  it('send at most the last ten notifications of a batch', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const start = Date.now() - 500 * MINUTE;
    const dataPoints = Array.from({ length: 400 }, (_, index) => ({
      ...{ dataSourceId: own.sourceId, values: { temperature: index % 2 === 0 ? 31 : 20 } },
      timestamp: start + index * MINUTE,
    }));
    expect((await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } })).status).toBe(201);
    const sent = (await deliveriesOf(_id)).map(({ payload }) => JSON.parse(payload));
    expect(sent.map(({ event }) => event)).toEqual(Array(5).fill(['alert.triggered', 'alert.resolved']).flat());
    expect(sent.map(({ timestamp }) => (Date.parse(timestamp) - start) / MINUTE)).toEqual(
      Array.from({ length: 10 }, (_, index) => 390 + index),
    );
    expect((await own.rule(_id)).lastTriggeredAt).toBe(new Date(start + 398 * MINUTE).toISOString());
  });

  it('follow the newest point, however old it is', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    const timestamp = '2024-01-15T10:30:00.000Z';
    const point = { dataSourceId: own.sourceId, values: { temperature: 31 }, timestamp };
    await call('POST', '/api/data', { key: scene.writeKey, body: point });
    expect(await own.rule(_id)).toMatchObject({ state: 'triggered', lastTriggeredAt: timestamp });
    await own.send({ temperature: 20 });
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
  });

  it.each([
    [[31, 20, 31, 20], []],
    [[31, 20, 31], ['alert.triggered']],
  ])('send only the final state of old points in one batch: %j', async (values, sent) => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const batch = (temperatures: number[], startMillis: number) => {
      const dataPoints = temperatures.map((temperature, index) => ({
        ...{ dataSourceId: own.sourceId, values: { temperature }, timestamp: startMillis + index * 10 * MINUTE },
      }));
      return call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
    };
    expect((await batch(values, Date.UTC(2024, 0, 15))).status).toBe(201);
    expect(await eventsOf(_id)).toEqual(sent);
    await batch([20, 31, 20], Date.UTC(2024, 0, 16));
    expect(await eventsOf(_id)).toEqual(sent.length === 0 ? [] : [...sent, 'alert.resolved']);
  });

  it('evaluate every point of a batch in the order of time', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const now = Date.now();
    const points = [20, 31, 20, 35].map((temperature, index) => ({
      dataSourceId: own.sourceId,
      values: { temperature },
      timestamp: now - (10 - 2 * index) * MINUTE,
    }));
    const { status } = await call('POST', '/api/data/batch', {
      key: scene.writeKey,
      body: { dataPoints: points.reverse() },
    });
    expect(status).toBe(201);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved', 'alert.triggered']);
  });

  it('react to a single point and to a batch of several sources alike', async () => {
    const [one, other] = [await ownScene(), await ownScene()];
    const rules = [await one.makeRule('temperature > 30'), await other.makeRule('temperature > 30')];
    const pointOf = ({ sourceId }: AlertScene) => ({ dataSourceId: sourceId, values: { temperature: 31 } });
    const body = { dataPoints: [pointOf(one), pointOf(other)] };
    expect((await call('POST', '/api/data/batch', { key: scene.writeKey, body })).status).toBe(201);
    for (const { _id } of rules) expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it('use the last value of a field that a point lacks', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 and humidity > 80');
    await own.send({ humidity: 85 }, 2 * MINUTE);
    await own.send({ temperature: 31 }, MINUTE);
    const [delivery] = await deliveriesOf(_id);
    expect(JSON.parse(delivery?.payload ?? '').data).toMatchObject({
      currentValue: [31, 85],
      threshold: [30, 80],
      operator: 'and',
    });
  });
});

describe('cached rules', () => {
  interface Cached {
    readonly version: number;
    readonly rules: readonly { readonly rule: unknown }[];
  }
  interface Evaluator {
    readonly cache: { readonly cached: { get(sourceId: string): Cached | undefined } };
  }
  const cachedOf = (sourceId: string) => scene.app.app.get<Evaluator>(PointObserver).cache.cached.get(sourceId);
  const manager = () => scene.app.app.get(DataSource).manager;
  async function versionOf(sourceId: string): Promise<number> {
    const sql = `SELECT watch_version AS version FROM data_sources WHERE id = '${sourceId}'`;
    return Number((await manager().query<[{ version: number }]>(sql))[0].version);
  }

  it('are those stored, after each change of a state', async () => {
    const own = await ownScene();
    const conditions = [
      'temperature > 30',
      'temperature > 30 for 1 minute',
      'temperature < 0 or humidity > 5',
      'no data for 1 hour',
    ];
    for (const condition of conditions) await own.makeRule(condition, { cooldownMinutes: 1 });
    const start = Date.now() - 60 * MINUTE;
    for (const [index, temperature] of [20, 31, 32, 20, -1, 20, 31].entries()) {
      await own.send({ temperature }, Date.now() - start - index * 5 * MINUTE);
      const cached = cachedOf(own.sourceId);
      expect(cached?.version).toBe(await versionOf(own.sourceId));
      const stored = await readActiveRules(manager(), own.sourceId);
      expect(cached?.rules.map(({ rule }) => rule)).toStrictEqual(stored);
    }
  });

  it('are read again after a write that failed', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 20 }, 3 * MINUTE);
    const failing = jest.spyOn(scene.app.app.get(PointStore), 'append').mockRejectedValueOnce(new Error('disk'));
    const point = { dataSourceId: own.sourceId, values: { temperature: 31 }, timestamp: Date.now() - 2 * MINUTE };
    expect((await call('POST', '/api/data', { key: scene.writeKey, body: point })).status).toBe(500);
    failing.mockRestore();
    expect(cachedOf(own.sourceId)?.version).not.toBe(await versionOf(own.sourceId));
    await own.send({ temperature: 32 }, MINUTE);
    await own.send({ temperature: 20 }, 0);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
  });
});

it('is counted by analytics', async () => {
  const { body } = await call('GET', '/api/analytics/overview', { key: scene.app.adminKey });
  expect(body.overview.totals.alertRules).toBeGreaterThan(5);
  expect(body.overview.recentActivity.alertsTriggeredLast24h).toBeGreaterThan(3);
  const bucket = await call('GET', `/api/analytics/buckets/${scene.bucketId}?period=7d`, { key: scene.readKey });
  expect(bucket.body.analytics.alertActivity.totalTriggered).toBeGreaterThan(3);
});
