// npm test leaves this out: it starts servers again and again.
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { UptimeMonitor } from '../../src/alerting/evaluation/uptime-monitor';
import { Writer } from '../../src/database/writer';
import { LOOPBACK_OPEN } from '../support/alerts';
import { onlyByHand, rulesOf, sceneInEveryState, useLastingScene, withMovedClock } from '../support/lasting-scene';
import { makeBucket } from '../support/make';
import { startServer, stopProgram } from '../support/process';
import { MINUTE } from '../support/rules';
import type { TestApp } from '../support/test-app';

const lasting = useLastingScene();

it('adds no delay after the clock was set back', async () => {
  const { app } = await sceneInEveryState(lasting);
  const silent = async () => (await rulesOf(app)).get('silent');
  const evaluateDue = onlyByHand(app.app.get(RuleScheduler));
  const back = Date.now() - 300 * MINUTE;
  await evaluateDue(back, performance.now());
  expect(await silent()).toBe('ok');
  await evaluateDue(back + 16 * MINUTE, performance.now() + 16 * MINUTE);
  expect(await silent()).toBe('triggered');
  await app.stop();
});

describe('a clock that is set forwards', () => {
  const HOUR = 60 * MINUTE;

  it('does not count as silence; the time before and after it does', async () => {
    const { app, ...scene } = await lasting.start();
    await scene.makeRule('no data for 30 minutes', { name: 'silent' });
    await scene.send({ temperature: 20 });
    const evaluateDue = onlyByHand(app.app.get(RuleScheduler));
    const [wall, monotonic] = [Date.now(), performance.now()];
    const silent = async () => (await rulesOf(app)).get('silent');
    const at = async (minutes: number, skipped: number) => {
      await evaluateDue(wall + minutes * MINUTE + skipped, monotonic + minutes * MINUTE);
      return silent();
    };
    expect(await at(10, 0)).toBe('ok');
    expect(await at(10.1, HOUR)).toBe('ok');
    expect(await at(29, HOUR)).toBe('ok');
    expect(await at(31, HOUR)).toBe('triggered');
    await app.stop();
  });

  it('and back again leaves no downtime behind, also while the clock of the database is right', async () => {
    const { app, ...scene } = await lasting.start();
    await scene.makeRule('no data for 30 minutes', { name: 'silent' });
    await scene.send({ temperature: 20 });
    const evaluateDue = onlyByHand(app.app.get(RuleScheduler));
    const [wall, monotonic] = [Date.now(), performance.now()];
    const evaluateAt = (minutes: number, skipped: number) =>
      evaluateDue(wall + minutes * MINUTE + skipped, monotonic + minutes * MINUTE);
    await evaluateAt(1, 0);
    await evaluateAt(2, HOUR);
    await evaluateAt(3, 0);
    expect(await app.app.get(UptimeMonitor).downtimes()).toEqual([]);
    await evaluateAt(31, 0);
    expect((await rulesOf(app)).get('silent')).toBe('triggered');
    await app.stop();
  });

  it('and back again loses no silence', async () => {
    const { app, ...scene } = await lasting.start();
    await scene.makeRule('no data for 30 minutes', { name: 'silent' });
    await scene.send({ temperature: 20 });
    const evaluateDue = onlyByHand(app.app.get(RuleScheduler));
    const [wall, monotonic] = [Date.now(), performance.now()];
    for (const [minutes, skipped] of [
      [1, 0],
      [2, HOUR],
      [3, 0],
    ] as const)
      await evaluateDue(wall + minutes * MINUTE + skipped, monotonic + minutes * MINUTE);
    // The heartbeat is that of a machine whose clock was set back as well.
    await app.app.get(Writer).write((manager) => manager.query(`UPDATE server_heartbeats SET at = at + ${HOUR}`));
    await app.app.get(UptimeMonitor).recordHeartbeat();
    await evaluateDue(wall + 31 * MINUTE, monotonic + 31 * MINUTE);
    expect((await rulesOf(app)).get('silent')).toBe('triggered');
    await app.stop();
  });

  it('does not count as silence in a running server or after its restart', async () => {
    const { environment, moveClock, remove } = withMovedClock({ ...LOOPBACK_OPEN, DATABASE_URL: lasting.database.url });
    let server = await startServer(environment);
    const adminKey = /dakkio_a_[0-9A-Za-z]{36}/.exec(server.printed.stdout)?.[0] ?? '';
    const bucketId = await makeBucket({ call: server.call, adminKey } as TestApp);
    const callAdmin = async (method: string, path: string, body?: object) =>
      (await server.call(method, path, { key: adminKey, body })).body;
    const { dataSource } = await callAdmin('POST', `/api/buckets/${bucketId}/sources`, {
      name: 'S',
      schema: { n: 'number' },
    });
    const ids: string[] = [];
    for (const time of ['30 minutes', '3 seconds']) {
      const rule = { bucketId, dataSourceId: dataSource._id, name: time, condition: `no data for ${time}` };
      ids.push(
        (await callAdmin('POST', '/api/alerts', { ...rule, webhookUrl: `${lasting.receiver.url}/` })).alertRule
          ._id as string,
      );
    }
    await callAdmin('POST', '/api/data', { bucketId, dataSourceId: dataSource._id, values: { n: 1 } });
    moveClock(HOUR);
    const { body: first } = await lasting.receiver.waitFor(1);
    expect([first.data.alertName, first.data.currentValue]).toEqual(['3 seconds', 3]);
    await callAdmin('POST', '/api/data', { bucketId, dataSourceId: dataSource._id, values: { n: 1 } });
    await lasting.receiver.waitFor(2);
    expect(await stopProgram(server)).toBe(0);
    moveClock(3 * HOUR);
    server = await startServer(environment);
    const { body: again } = await lasting.receiver.waitFor(3);
    expect([again.data.alertName, again.event]).toEqual(['3 seconds', 'alert.triggered']);
    expect((await callAdmin('GET', `/api/alerts/${ids[0] ?? ''}`)).alertRule.state).toBe('ok');
    expect(await stopProgram(server)).toBe(0);
    remove();
  });
});
