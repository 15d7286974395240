import { useAlertScene } from '../support/alert-tests';
import { MINUTE } from '../support/rules';

const scene = useAlertScene();
const { call, deliveriesOf, eventsOf, look, ownScene } = scene;

describe('alert rules', () => {
  it('evaluate late points at their own time', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 20, humidity: 40 }, 2 * MINUTE);
    const { body } = await own.send({ temperature: 35 }, 3 * MINUTE);
    const [triggered, resolved] = (await deliveriesOf(_id)).map(({ payload }) => JSON.parse(payload));
    const at = body.dataPoint.timestamp as string;
    const dataPoint = { timestamp: at, values: { temperature: 35 } };
    expect(triggered).toMatchObject({ event: 'alert.triggered', timestamp: at, data: { currentValue: 35, dataPoint } });
    expect(resolved).toMatchObject({ event: 'alert.resolved', data: { currentValue: 20, triggeredAt: at } });
    expect(await own.rule(_id)).toMatchObject({ state: 'cooldown', lastTriggeredAt: at });
  });

  it('evaluate points that arrive out of order', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const now = Date.now();
    const peaks = Array.from({ length: 10 }, (_, index) => now - (100 - 3 * index) * MINUTE);
    for (const peak of peaks) {
      await own.send({ temperature: 20 }, Date.now() - (peak + 2 * MINUTE));
      await own.send({ temperature: 31 }, Date.now() - peak);
    }
    const { body } = await call('GET', `/api/alerts/${_id}/history`, { key: scene.readKey });
    const triggered = body.history.filter(({ event }: any) => event === 'triggered');
    expect(triggered).toHaveLength(peaks.length);
    expect(body.history).toHaveLength(2 * peaks.length);
    for (const [index, { timestamp, currentValue }] of triggered.reverse().entries()) {
      expect(currentValue).toBe(31);
      expect(Math.abs(Date.parse(timestamp) - (peaks[index] as number))).toBeLessThan(MINUTE / 2);
    }
  });

  it('keep sent notifications after a late point', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 35 }, MINUTE);
    await own.send({ temperature: 20 }, 2 * MINUTE);
    expect((await own.rule(_id)).state).toBe('triggered');
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it('restart a pending duration when a late point shows an interruption', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 for 5 minutes');
    await own.send({ temperature: 31 }, 4 * MINUTE);
    const { body } = await own.send({ temperature: 31 }, MINUTE);
    await own.send({ temperature: 20 }, 2 * MINUTE);
    expect((await own.rule(_id)).state).toBe('pending');
    const from = Date.parse(body.dataPoint.timestamp);
    await look(from + 5 * MINUTE - 1);
    expect(await eventsOf(_id)).toEqual([]);
    await look(from + 5 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it('ignore points from before their creation', async () => {
    const own = await ownScene();
    await own.send({ temperature: 20, humidity: 85 }, MINUTE);
    const { _id } = await own.makeRule('temperature > 30 and humidity > 80');
    await own.send({ temperature: 31 });
    expect(await eventsOf(_id)).toEqual([]);
    await own.send({ humidity: 85 });
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it("join a late point with the other side's value at that time", async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 and humidity > 80');
    await own.send({ temperature: 20, humidity: 85 }, 9 * MINUTE);
    await own.send({ humidity: 40 }, 3 * MINUTE);
    await own.send({ temperature: 31 }, 6 * MINUTE);
    const sent = (await deliveriesOf(_id)).map(({ payload }) => JSON.parse(payload));
    expect(sent.map(({ event, data }) => [event, data.currentValue])).toEqual([
      ['alert.triggered', [31, 85]],
      ['alert.resolved', [31, 40]],
    ]);
  });

  it('ignore existing points and duplicates', async () => {
    const own = await ownScene();
    await own.send({ temperature: 35 }, 30 * MINUTE);
    await own.send({ temperature: 20 }, 20 * MINUTE);
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const startMillis = Date.now() - 40 * MINUTE;
    const dataPoints = [20, 35, 20].map((temperature, index) => ({
      ...{ dataSourceId: own.sourceId, values: { temperature }, timestamp: startMillis + index * MINUTE },
    }));
    for (let times = 0; times < 2; times++) {
      await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
      expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
    }
    await own.send({ temperature: 20 });
    expect(await eventsOf(_id)).toHaveLength(2);
  });

  it('ignore points more than a day older than the latest', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 20 });
    await own.send({ temperature: 35 }, 25 * 60 * MINUTE);
    expect(await eventsOf(_id)).toEqual([]);
    await own.send({ temperature: 35 }, 23 * 60 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
  });
});
