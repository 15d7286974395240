import { useAlertScene } from '../support/alert-tests';
import { MINUTE } from '../support/rules';

const scene = useAlertScene();
const { call, ownScene } = scene;

describe('a preview', () => {
  it('counts the notifications of fifty years of silence quickly', async () => {
    const own = await ownScene();
    const endTime = '2024-01-01T00:00:00.000Z';
    const { status, body } = await call('POST', '/api/alerts/preview', {
      key: scene.readKey,
      body: {
        dataSourceId: own.sourceId,
        condition: 'no data for 1 second',
        cooldownMinutes: 1,
        startTime: '1970-01-01T00:00:00.000Z',
        endTime,
      },
    });
    const minutes = Date.parse(endTime) / MINUTE;
    expect([status, body.triggered, body.events.length]).toEqual([200, minutes, 1000]);
    const peak = minutes * 60;
    expect(body.intervals).toEqual([{ from: '1970-01-01T00:00:01.000Z', to: null, peak, firings: minutes }]);
    expect(body.summary).toEqual({ intervals: 1, alerts: 1, totalSeconds: peak - 1, longestSeconds: peak - 1, peak });
  });

  it('lists when a condition with several comparisons was met, also within a cooldown', async () => {
    const own = await ownScene();
    const start = Date.UTC(2024, 0, 15, 10);
    const hot = [20, 35, 33, 20, 36, 20];
    const dataPoints = hot.map((temperature, index) => ({
      dataSourceId: own.sourceId,
      values: { temperature, humidity: 10 + index },
      timestamp: start + index * MINUTE,
    }));
    await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
    const times = { startTime: new Date(start).toISOString(), endTime: new Date(start + 5 * MINUTE).toISOString() };
    const condition = 'temperature > 30 and humidity < 50';
    const body = { dataSourceId: own.sourceId, condition, cooldownMinutes: 60, ...times };
    const { body: found } = await call('POST', '/api/alerts/preview', { key: scene.readKey, body });
    const at = (minute: number) => new Date(start + minute * MINUTE).toISOString();
    expect(found.intervals).toEqual([
      { from: at(1), to: at(3), peak: [35, 11], firings: 1 },
      { from: at(4), to: null, peak: [36, 14], firings: 0 },
    ]);
    expect(found.summary).toMatchObject({ intervals: 2, alerts: 1, peak: [36, 11] });
  });

  it('lists the notifications that the rule would have sent', async () => {
    const own = await ownScene();
    const start = Date.now() - 60 * MINUTE;
    const values = [20, 31, 31, 20, 20, 20, 20, 33, 20];
    const dataPoints = values.map((temperature, index) => ({
      dataSourceId: own.sourceId,
      values: { temperature },
      timestamp: start + index * 2 * MINUTE,
    }));
    await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
    const { status, body } = await call('POST', '/api/alerts/preview', {
      key: scene.readKey,
      body: {
        dataSourceId: own.sourceId,
        condition: 'temperature > 30',
        startTime: new Date(start).toISOString(),
        endTime: new Date(start + 60 * MINUTE).toISOString(),
      },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ dataPoints: 9, triggered: 2, resolved: 2, state: 'resolved' });
    expect(body.events.map((event: any) => [event.event, (Date.parse(event.timestamp) - start) / MINUTE])).toEqual([
      ['triggered', 2],
      ['resolved', 6],
      ['triggered', 14],
      ['resolved', 16],
    ]);
    const at = (minute: number) => new Date(start + minute * MINUTE).toISOString();
    expect(body.intervals).toEqual([
      { from: at(2), to: at(6), peak: 31, firings: 1 },
      { from: at(14), to: at(16), peak: 33, firings: 1 },
    ]);
    const summary = { intervals: 2, alerts: 2, totalSeconds: 360, longestSeconds: 240, peak: 33 };
    expect([body.firings, body.summary]).toEqual([2, summary]);
  });
});
